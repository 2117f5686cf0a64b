"""The OpenAPI document describes what the server does, and nothing that fits it brings the server down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi import checks

from tests.server.conftest import Served

# Not among them: that whatever fits is accepted. A question of punctuation fits, and is refused.
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance,
]  # fmt: skip
OPERATIONS = {
    ("post", "/v1/ask"), ("post", "/v1/standalone"), ("post", "/v1/search"), ("get", "/v1/documents"), ("get", "/v1/documents/{id}"),
    ("put", "/v1/documents/{id}"), ("delete", "/v1/documents/{id}"), ("get", "/v1/documents/{id}/text"),
    ("post", "/v1/verify"), ("post", "/v1/chat/completions"), ("get", "/v1/models"), ("get", "/v1/models/{id}"),
    ("get", "/v1/sources"), ("get", "/v1/sources/{source}/files"), ("post", "/v1/sources/{source}/files"), ("post", "/v1/sync"), ("get", "/healthz"), ("get", "/readyz"), ("get", "/metrics"),
}  # fmt: skip


def test_every_route_is_described_with_its_errors(site: Served) -> None:
    made = site.http.get("/openapi.json").json()
    operations = {(method, path): one for path, found in made["paths"].items() for method, one in found.items()}

    assert operations.keys() >= OPERATIONS
    for (_, path), operation in operations.items():
        assert operation["summary"]
        assert operation["description"]
        if path.startswith("/v1/"):
            for status in ("401", "429", "503"):
                assert list(operation["responses"][status]["content"]) == ["application/problem+json"]


def test_examples_are_real(serve: Callable[..., Served]) -> None:
    served = serve()
    made = served.http.get("/openapi.json").json()
    tried = 0
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
                for example in made["components"]["schemas"].get(name, {}).get("examples", ()):
                    assert kind == "application/json"
                    assert served.http.request(method, path, json=example).status_code == 200
                    tried += 1
    assert tried >= 3


def test_people_are_shown_the_same(site: Served) -> None:
    page = site.http.get("/docs")

    assert page.headers["content-type"].startswith("text/html")
    assert "script" not in page.text
    for _, path in OPERATIONS:
        assert path in page.text


def test_whatever_fits_the_description_is_answered_as_described(serve: Callable[..., Served]) -> None:
    fuzz(serve, examples=6)


@pytest.mark.soak
def test_a_great_deal_that_fits_is_answered_as_described(serve: Callable[..., Served]) -> None:
    fuzz(serve, examples=300)


def fuzz(serve: Callable[..., Served], examples: int) -> None:
    served = serve()
    schema = schemathesis.openapi.from_dict(served.http.get("/openapi.json").json())
    schema.config.update(base_url=served.url)
    seen: set[tuple[str, int]] = set()
    for result in schema.get_all_operations():
        operation: Any = result.ok()

        def check(case: Any) -> None:
            response = case.call(session=None, timeout=20)
            seen.add((case.operation.label, response.status_code))
            assert response.status_code < 500, (case.as_curl_command(), response.text)
            case.validate_response(response, checks=CHECKS)

        generated = operation.as_strategy()
        run = settings(
            max_examples=examples, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(_given(generated, check))  # fmt: skip
        run()
    assert {label for label, status in seen if status < 300} >= {"POST /v1/ask", "POST /v1/search", "GET /healthz"}
    assert httpx.get(f"{served.url}/readyz", trust_env=False).status_code == 200


def _given(strategy: Any, check: Callable[[Any], None]) -> Callable[[], None]:
    from hypothesis import given

    @given(strategy)
    def run(case: Any) -> None:
        check(case)

    return run
