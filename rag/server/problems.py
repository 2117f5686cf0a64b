"""What goes wrong, as ``application/problem+json`` (RFC 9457) with a type, a hint and the request's id."""

from __future__ import annotations

import http
import logging
import math
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from rag.errors import BelegError, RetryLater
from rag.wire import PROBLEM, STATUS, problem_of

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("beleg.server")
_BY_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}


class Problem(HTTPException):
    """A request that is not served; ``name`` is one of ``wire.PROBLEMS``."""

    def __init__(self, name: str, detail: str, *, hint: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(STATUS[name], detail, headers)
        self.name = name
        self.hint = hint


def problem(name: str, detail: str, *, hint: str = "", request_id: str = "", **more: Any) -> dict[str, Any]:
    """Return the members of a problem."""
    status = STATUS[name]
    return {
        "type": PROBLEM + name,
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "hint": hint,
        "request_id": request_id,
        **more,
    }


def of_error(error: BelegError | Problem, request_id: str) -> dict[str, Any]:
    """Return one of our errors as a problem."""
    name = error.name if isinstance(error, Problem) else problem_of(error)
    detail = error.detail if isinstance(error, Problem) else str(error)
    return problem(name, detail, hint=error.hint, request_id=request_id)


def response(values: dict[str, Any], headers: dict[str, str] | None = None, *, openai: bool = False) -> JSONResponse:
    """Return a problem as a response; ``openai`` adds the member that an OpenAI client looks for."""
    headers = dict(headers or {})
    if values["status"] in (429, 503):
        headers.setdefault("Retry-After", "1")
    if openai:
        kind = values["type"].removeprefix(PROBLEM)
        said = " ".join(filter(None, (values["detail"], values["hint"])))
        values = {**values, "error": {"message": said, "type": kind, "param": None, "code": kind}}
    return JSONResponse(values, values["status"], headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of an application a problem."""

    async def ours(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, (BelegError, Problem))
        return response(of_error(error, id_of(request)), _headers(error), openai=_openai(request))

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        fields = [_field(one) for one in jsonable_encoder(error.errors(), exclude={"ctx", "input"})]
        hint = "See /docs for what is expected."
        if [one["field"] for one in fields] == ["body"] and not _says_json(request):
            fields = [{"field": "body", "message": "no JSON by its header Content-Type"}]
            hint = "Send JSON, with the header Content-Type: application/json."
        named = ", ".join(dict.fromkeys(one["field"] for one in fields))
        values = problem(
            "validation", f"The request is not usable: {named}.", hint=hint, request_id=id_of(request), errors=fields
        )
        return response(values, openai=_openai(request))

    async def other(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        name = _BY_STATUS.get(error.status_code, "fix-input")
        values = problem(name, str(error.detail), hint="See /docs for what there is.", request_id=id_of(request))
        return response(values, dict(error.headers or {}), openai=_openai(request))

    app.add_exception_handler(BelegError, ours)
    app.add_exception_handler(Problem, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, other)


def _headers(error: BelegError | Problem) -> dict[str, str]:
    """Return what is sent beside a problem: also how long a model's server asked to wait."""
    if isinstance(error, Problem):
        return dict(error.headers or {})
    if isinstance(error, RetryLater) and error.after is not None:
        return {"Retry-After": str(max(1, math.ceil(error.after)))}
    return {}


def _says_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _field(error: dict[str, Any]) -> dict[str, str]:
    """Return which part of a request is not usable, and why."""
    if error["type"] == "json_invalid":
        # Where it stands there is no field yet, but a position in the body.
        return {"field": "body", "message": f"no JSON from character {error['loc'][-1]} on"}
    return {"field": ".".join(map(str, error["loc"][1:] or error["loc"])), "message": str(error["msg"])}


def of_any(error: Exception, request_id: str) -> dict[str, Any]:
    """Return whatever went wrong as a problem; of what nobody thought of, only the log gets more."""
    if isinstance(error, (BelegError, Problem)):
        return of_error(error, request_id)
    _log.error("unforeseen", exc_info=error, extra={"request_id": request_id})
    return problem(
        "internal", "Something went wrong in the server.",
        hint="The server's log says more under this request id.", request_id=request_id,
    )  # fmt: skip


def id_of(request: Request) -> str:
    """Return the id that a request was given."""
    return str(request.scope.get("beleg.request_id", ""))


def _openai(request: Request) -> bool:
    return request.url.path.startswith(("/v1/chat", "/v1/models"))
