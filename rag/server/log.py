"""The outermost layer: a request's id, a line of JSON in the access log, the figures, safe headers."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.server import problems
from rag.server.metrics import Metrics

_access = logging.getLogger("beleg.access")
_GONE = 499
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Log:
    """Wraps an application; what a request asks, and any key it carries, is not logged."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        scope["beleg.request_id"] = request_id = _request_id(scope)
        said = {"status": _GONE, "bytes": 0}

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                said["status"] = message["status"]
                _complete(message, scope, request_id)
            elif message["type"] == "http.response.body":
                said["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - answered and logged, whatever it is
            refusal = problems.response(problems.of_any(error, request_id))
            if said["status"] == _GONE:
                await refusal(scope, receive, sending)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.request(scope["method"], route, said["status"], seconds)
            _access.info(
                "request",
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "path": scope["path"],
                    **said,
                    "ms": round(seconds * 1000, 2),
                    "caller": getattr(scope.get("beleg.caller"), "name", None),
                    "address": (scope.get("client") or ("",))[0],
                },
            )


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    _OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        values: MutableMapping[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **{key: value for key, value in vars(record).items() if key not in self._OWN},
        }
        if record.exc_info:
            values["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(values, ensure_ascii=True, default=str)


def _request_id(scope: Scope) -> str:
    given = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"x-request-id"), "")
    return given if _ID.fullmatch(given) else uuid.uuid4().hex


def _complete(message: Message, scope: Scope, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    headers["X-Request-ID"] = request_id
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if scope["path"].startswith("/v1/"):
        headers.setdefault("Cache-Control", "no-store")
