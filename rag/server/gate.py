"""Before any route: is the request meant for us, who sends it, how often, and how much of it is there."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from urllib.parse import unquote_to_bytes, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.server import problems
from rag.server.auth import Caller, Keys
from rag.server.problems import Problem
from rag.server.rule import ServerRule

_KEPT = ("/v1/", "/mcp", "/metrics")
_READING = ("/v1/ask", "/v1/search", "/v1/verify", "/v1/standalone", "/v1/chat/completions")
_STRANGER = Caller("stranger", writes=False)


class Gate:
    """Wraps an application; what does not pass gets a problem and costs nothing."""

    def __init__(self, app: ASGIApp, rule: ServerRule, keys: Keys) -> None:
        self._app = app
        self._rule = rule
        self._keys = keys
        self._rates = Rates(rule.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
            body = _Body(receive, self._limit(scope), self._rule.patience)
            body.check(Headers(scope=scope))
        except Problem as refused:
            values = problems.of_error(refused, str(scope["beleg.request_id"]))
            openai = scope["path"].startswith(("/v1/chat", "/v1/models"))
            response = problems.response(values, dict(refused.headers or {}), openai=openai)
            await response(scope, receive, send)
            return
        await self._app(scope, body, send)

    def _check(self, scope: Scope) -> None:
        request = Request(scope)
        self._addressed(request)
        if not scope["path"].startswith(_KEPT) or request.method == "OPTIONS":
            return
        caller = self._caller(request)
        # Guessing keys is bounded too, by where the guesses come from.
        self._rates.take(caller if caller is not None else _STRANGER, request)
        if caller is None:
            raise Problem(
                "unauthorized", "An API key is needed." if not _bearer(request) else "The API key is not known.",
                hint="Send it as: Authorization: Bearer KEY", headers={"WWW-Authenticate": "Bearer"},
            )  # fmt: skip
        _check_name(scope)
        scope["beleg.caller"] = caller
        changes = request.method not in ("GET", "HEAD") and scope["path"].startswith("/v1/")
        if changes and scope["path"] not in _READING and not caller.writes:
            raise Problem("forbidden", f"The key {caller.name} may not change documents.", hint="Use one that may.")

    def _addressed(self, request: Request) -> None:
        """Refuse what a web page of somebody else's sends, under a name of its own or across origins."""
        host = request.headers.get("host", "")
        if self._rule.hosts and (urlsplit(f"//{host}").hostname or "") not in self._rule.hosts:
            raise Problem(
                "forbidden", "This server does not answer to that host name.",
                hint="Use its address, or add the name to serve_hosts.",
            )  # fmt: skip
        origin = request.headers.get("origin")
        if origin is None or request.method in ("GET", "HEAD", "OPTIONS") or origin in self._rule.origins:
            return
        if origin.partition("://")[2] != host:
            raise Problem(
                "forbidden", "Pages of other origins may not call this server.", hint="Add the origin to serve_origins."
            )

    def _caller(self, request: Request) -> Caller | None:
        known = self._keys.caller(key) if (key := _bearer(request)) else None
        if known is not None or self._keys.needed:
            return known
        return Caller("local")

    def _limit(self, scope: Scope) -> int:
        upload = scope["method"] == "PUT" and scope["path"].startswith("/v1/documents/")
        return self._rule.max_upload if upload else self._rule.max_body


def at_once(a_minute: int) -> int:
    """Return how many of the requests that a caller may send in a minute may come without a pause."""
    return max(5, a_minute // 6)


class Rates:
    """A bucket of requests for every caller, filled again all the time: so many a minute, and a share of them at once."""

    _MOST = 10_000

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._room = at_once(a_minute)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: Caller, request: Request) -> None:
        """Take one request out of the caller's bucket.

        Raises:
            Problem: it is empty (``rate-limited``).
        """
        if not self._a_minute or caller.owner:
            return
        address = request.client.host if request.client else ""
        name = f"{caller.name} {address}" if caller.name in ("local", "stranger") else caller.name
        now, per_second = time.monotonic(), self._a_minute / 60
        left, since = self._buckets.pop(name, (float(self._room), now))
        left = min(self._room, left + (now - since) * per_second)
        self._buckets[name] = (left - 1 if left >= 1 else left, now)
        while len(self._buckets) > self._MOST:
            self._buckets.popitem(last=False)
        if left < 1:
            wait = math.ceil((1 - left) / per_second)
            raise Problem(
                "rate-limited", f"More than {self._a_minute} requests a minute, or {self._room} at once.",
                hint=f"Try again in {wait} s.", headers={"Retry-After": str(wait)},
            )  # fmt: skip


class _Body:
    """A request's body as it comes in: no more than allowed, and not drop by drop."""

    def __init__(self, receive: Receive, limit: int, patience: float) -> None:
        self._receive = receive
        self._limit = limit
        self._patience = patience
        self._had = 0
        self._whole = False

    def check(self, headers: Headers) -> None:
        """Refuse a body that is announced as too large."""
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._limit:
            raise self._too_large()

    async def __call__(self) -> Message:
        """Return the next part."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._patience):
                message = await self._receive()
        except TimeoutError:
            raise Problem("too-slow", "The request did not come in time.", hint="Send it again.") from None
        if message["type"] == "http.request":
            self._had += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._had > self._limit:
                raise self._too_large()
        return message

    def _too_large(self) -> Problem:
        return Problem(
            "too-large", f"More than {self._limit:,} bytes are not taken.",
            hint="Split it, or raise max_file_mb in rag.toml for documents.",
        )  # fmt: skip


def _check_name(scope: Scope) -> None:
    """Refuse the path of a document where it is no text, or holds a line's end, which no route lets through.

    The path that routes are given has other characters in the place of what was no text.
    """
    if not scope["path"].startswith("/v1/documents/"):
        return
    try:
        whole = "\n" not in unquote_to_bytes(scope.get("raw_path", b"")).decode()
    except UnicodeDecodeError:
        whole = False
    if not whole:
        raise Problem(
            "fix-input", "The path holds what cannot be in a document's name.",
            hint="Write it in UTF-8, percent-encoded, without line ends.",
        )  # fmt: skip


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
