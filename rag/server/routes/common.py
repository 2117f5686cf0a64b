"""What OpenAPI says of every route's errors, and how values become a response."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Response

from rag.server.models import ProblemResponse
from rag.server.problems import MEDIA_TYPE
from rag.wire import plain

_SAID = {
    400: "The request cannot be used.",
    401: "An API key is needed.",
    403: "The key, the host name or the origin may not do this.",
    404: "There is no such thing.",
    408: "The request did not come in time.",
    409: "There is no document yet.",
    413: "The body is too large.",
    415: "Not a format that is read.",
    422: "A field is not usable; errors names it.",
    429: "Too many requests.",
    500: "The index must be made anew, or something unforeseen.",
    501: "An optional part is not installed.",
    502: "The language model refused or did not do what was asked.",
    503: "Busy, or the index is being written; Retry-After says when.",
    504: "It took too long.",
}
_ALWAYS = (400, 401, 403, 408, 413, 429, 500, 501, 502, 503, 504)


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return the errors of a route for OpenAPI: those that any may have, and its own."""
    schema = {"schema": {"$ref": f"#/components/schemas/{ProblemResponse.__name__}"}}
    return {code: {"description": _SAID[code], "content": {MEDIA_TYPE: schema}} for code in sorted({*_ALWAYS, *codes})}


def said(values: Any, status: int = 200) -> Response:
    """Return records as JSON, as they are; no model is asked to check them again."""
    body = json.dumps(plain(values), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(body.encode("utf-8", "backslashreplace"), status, media_type="application/json")
