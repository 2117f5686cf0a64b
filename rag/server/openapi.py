"""The description of the interface: OpenAPI for programs, one plain page without scripts for people."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from rag.server.models import ProblemResponse, Receipt

router = APIRouter()
_REF = "#/components/schemas/{model}"
_STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}pre{overflow:auto;padding:.75rem;border:1px solid #8886;border-radius:.4rem}h2{margin-top:2.5rem}code{font-size:.9em}td{padding-right:1.5rem;vertical-align:top}"
_OPEN = {"/healthz", "/readyz"}


def install(app: FastAPI) -> None:
    """Give an application its OpenAPI document, with the errors' shape and the way of keys."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes,
                license_info=app.license_info,
            )  # fmt: skip
            parts = made.setdefault("components", {})
            parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            for model in (ProblemResponse, Receipt):
                schema = model.model_json_schema(ref_template=_REF)
                parts["schemas"] |= schema.pop("$defs", {}) | {model.__name__: schema}
            for path, operations in made["paths"].items():
                for operation in operations.values() if path not in _OPEN else ():
                    operation["security"] = [{}, {"key": []}]
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Show the OpenAPI document to a person."""
    made = request.app.openapi()
    parts = [f"<h1>{escape(made['info']['title'])} {escape(made['info']['version'])}</h1>"]
    parts += [f"<p>{escape(part)}</p>" for part in made["info"]["description"].split("\n\n")]
    parts += ['<p><a href="/openapi.json">openapi.json</a></p>']
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            parts += _operation(f"{method.upper()} {path}", operation, made)
    body = "\n".join(parts)
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Beleg: the interface</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><body>{body}</body></html>',
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
    )


def _operation(name: str, operation: dict[str, Any], made: dict[str, Any]) -> list[str]:
    parts = [f"<h2><code>{escape(name)}</code></h2>", f"<p><b>{escape(operation.get('summary', ''))}.</b> "]
    parts += [f"{escape(operation.get('description', ''))}</p>"]
    if rows := [_row(one) for one in operation.get("parameters", ())]:
        parts += ["<table>", *rows, "</table>"]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        example = content.get("example") or _example(content.get("schema", {}), made)
        if example is not None:
            shown = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=1)
            parts += [f"<p>{escape(kind)}</p><pre>{escape(shown)}</pre>"]
    answers = ", ".join(
        f"{code} {escape(said.get('description', ''))}" for code, said in operation["responses"].items()
    )
    return [*parts, f"<p>{answers}</p>"]


def _row(parameter: dict[str, Any]) -> str:
    where = escape(f"{parameter['name']} ({parameter['in']})")
    return f"<tr><td><code>{where}</code></td><td>{escape(parameter.get('description', ''))}</td></tr>"


def _example(schema: dict[str, Any], made: dict[str, Any]) -> Any:
    """Return the example of a named shape: the first one, or none."""
    name = schema.get("$ref", "").rpartition("/")[2]
    named = made["components"]["schemas"].get(name, {})
    return next(iter(named.get("examples", ())), None)
