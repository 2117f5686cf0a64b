"""The page for people: one document, its scripts, style and fonts, all from this package.

It holds no secret and needs no key; what it asks the server for does. Its policy lets it load
nothing from elsewhere and run nothing that stands in a text.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Request, Response

from rag import __version__

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Kept by the browser, but asked for again: after an upgrade nobody has half of the old page.
    "Cache-Control": "no-cache",
}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    kind: str
    tag: str


@router.get("/")
def page(request: Request) -> Response:
    """Return the page."""
    return _respond(request, _files()["index.html"])


@router.get("/page/{name:path}")
def part(request: Request, name: str) -> Response:
    """Return one of the page's parts: only what stands in the package can be named."""
    found = _files().get(name)
    return Response(status_code=404, headers=_HEADERS) if found is None else _respond(request, found)


def _respond(request: Request, file: _File) -> Response:
    headers = {**_HEADERS, "ETag": file.tag}
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.kind, headers=headers)


@cache
def _files() -> dict[str, _File]:
    return dict(_walk(files("rag.server").joinpath("page"), ""))


def _walk(folder: Traversable, above: str) -> list[tuple[str, _File]]:
    found: list[tuple[str, _File]] = []
    for item in folder.iterdir():
        name = f"{above}{item.name}"
        if item.is_dir():
            found += _walk(item, f"{name}/")
        elif (kind := _KINDS.get(name[name.rfind(".") :])) is not None:
            content = item.read_bytes()
            digest = hashlib.sha256(__version__.encode() + content).hexdigest()
            found.append((name, _File(content, kind, f'"{digest[:20]}"')))
    return found
