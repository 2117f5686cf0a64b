"""The documents: list, look at, hand over, remove."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from rag.catalog import SourceRow
from rag.documents.folder import document_id, source_id
from rag.documents.formats import containers
from rag.documents.naming import clean_name
from rag.engine import LocalEngine
from rag.errors import FixFile
from rag.records import DocumentInfo, Span
from rag.reports import IngestReport
from rag.server.models import (
    ID,
    LATEST,
    DocumentsResponse,
    Filtered,
    FoundRequest,
    RememberedResponse,
    Removed,
    ReportResponse,
    SourcesResponse,
    TextResponse,
    Uploaded,
)
from rag.server.problems import Problem
from rag.server.routes.common import errors, said
from rag.server.service import Serving, unless_gone
from rag.uploads import UPLOADS, is_upload
from rag.watching import follow

router = APIRouter(tags=["documents"])
_EXAMPLE = {"example": "notes/landing.txt"}
Which = Annotated[str, Path(max_length=1000, description="Id or name of a document.", json_schema_extra=_EXAMPLE)]
SourceId = Annotated[str, Path(pattern=ID, description="Id of a source.", json_schema_extra={"example": "0" * 16})]
_FILE = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_TEXT = {"text/plain": {"schema": {"type": "string"}, "example": "The depot holds 340 pumps since May 2026."}}


@router.get(
    "/v1/documents",
    summary="List the documents that can be cited",
    response_model=None,
    responses={200: {"model": DocumentsResponse}, **errors(409, 422)},
)
async def documents(filtered: Annotated[Filtered, Query()], service: Serving) -> Response:
    """Return the documents that pass the filters, by name."""
    found = await service.read(lambda: service.engine.documents(filtered.filters()))
    return said({"documents": found})


@router.get(
    "/v1/sources",
    summary="List where documents came from",
    response_model=None,
    responses={200: {"model": SourcesResponse}, **errors(409)},
)
async def sources(service: Serving) -> Response:
    """Return folders and uploads; a folder's path is not told, only a hash of it."""
    rows = await service.read(service.engine.source_rows)
    return said({"sources": [_source(row) for row in rows], "max_file_bytes": service.rule.max_upload})


@router.get(
    "/v1/sources/{source}/files",
    summary="List what is remembered of a source's files",
    response_model=None,
    responses={200: {"model": RememberedResponse}, **errors(409, 422)},
)
async def files(source: SourceId, service: Serving) -> Response:
    """Return sizes, time stamps and versions, by which somebody who has the files sees what is new."""
    return said(await service.read(lambda: service.engine.remembered(source)))


@router.post(
    "/v1/sources/{source}/files",
    summary="Say what was found in a source's files",
    response_model=None,
    responses={200: {"model": Removed}, **errors(409, 422)},
)
async def settle(source: SourceId, found: FoundRequest, service: Serving) -> Response:
    """Remove the documents whose files are gone, and know again next time what did not change."""
    return said({"removed": await service.write(lambda: service.engine.settle(source, found.found()))})


@router.get(
    "/v1/documents/{id:path}/text",
    summary="Read a part of a document",
    response_model=None,
    responses={200: {"model": TextResponse | DocumentInfo}, **errors(404, 409, 422)},
)
async def text(
    id: Which,  # noqa: A002
    service: Serving,
    start: Annotated[int, Query(ge=0, le=2**40, description="First character.")] = 0,
    end: Annotated[
        int | None, Query(ge=0, le=2**40, description="Character behind the last; none: to the end.")
    ] = None,
    version: Annotated[str | None, Query(max_length=64, description="Only this version of it.")] = None,
) -> Response:
    """Return the characters that offsets of citations count: code points of the stored text.

    Where the whole path is a document's name, what is known of that document is returned.
    """
    return said(await service.read(lambda: _part_or_named(service.engine, id, start, end, version)))


@router.get(
    "/v1/documents/{id:path}",
    summary="Look at what is known of a document",
    response_model=None,
    responses={200: {"model": DocumentInfo}, **errors(404, 409, 422)},
)
async def document(id: Which, service: Serving) -> Response:  # noqa: A002
    """Return title, language, date, length and version of a document."""
    return said(await service.read(lambda: _find(service.engine, id)))


@router.put(
    "/v1/documents/{id:path}",
    summary="Hand over a document",
    response_model=None,
    openapi_extra={"requestBody": {"required": True, "content": {**_TEXT, **_FILE}}},
    responses={
        200: {
            "model": Uploaded | ReportResponse,
            "description": "It was known, and is changed or unchanged; or it holds documents, and this became of them.",
        },
        201: {"model": Uploaded, "description": "It is new."},
        **errors(404, 415, 422),
    },
)
async def put(
    id: Which,  # noqa: A002
    request: Request,
    service: Serving,
    folder: Annotated[str | None, Query(pattern=ID, description="Source that it belongs to; none: uploads.")] = None,
    modified: Annotated[
        int, Query(ge=0, le=LATEST, description="Time stamp of its file in nanoseconds; 0: none, or written just now.")
    ] = 0,
) -> Response:
    """Make the body the document of this name; it can be cited when the response is there.

    Questions go on meanwhile, and see the old version or the new one as a whole.
    """
    data = await request.body()
    try:
        name = clean_name(id, file=folder is not None)
        taken = await service.write(
            lambda: service.engine.upload(name, data, source=folder or UPLOADS, modified=modified)
        )
    except FixFile as error:
        kind = "unsupported-media-type" if error.skipped else "unusable-document"
        raise Problem(kind, str(error), hint=error.hint) from error
    if isinstance(taken, IngestReport):
        return said(taken)
    service.metrics.upload(taken.verdict)
    return said(taken, 201 if taken.verdict == "added" else 200)


@router.delete(
    "/v1/documents/{id:path}",
    summary="Remove a document",
    response_model=None,
    responses={200: {"model": Removed}, **errors(404, 409, 422)},
)
async def delete(
    id: Which,  # noqa: A002
    service: Serving,
    purge: Annotated[bool, Query(description="Leave no byte of its text in the index; takes longer.")] = False,
) -> Response:
    """Take a document out of every later answer, with what else came out of it, as out of a mail its attachments.

    The name of an archive takes out all that came out of that. The files themselves stay where they are.
    """
    chosen = await service.read(lambda: _to_remove(service.engine, id))
    removed = await service.write(lambda: service.engine.remove(*chosen, purge=purge))
    return said({"removed": removed})


@router.post(
    "/v1/sync",
    summary="Take in what changed in the folders that are followed",
    response_model=None,
    responses={200: {"model": ReportResponse}, **errors(409)},
)
async def sync(request: Request, service: Serving) -> Response:
    """Look for changes in the server's own folders; nothing in the request names one."""
    return said(await unless_gone(request, service.write(lambda: follow(service.engine))))


def _known(engine: LocalEngine, which: str) -> list[DocumentInfo]:
    return engine.known(document_id(UPLOADS, which)) or engine.known(which)


def _find(engine: LocalEngine, which: str) -> DocumentInfo:
    """Return the document of an id, of an upload's name, or of a name that only one has."""
    found = _known(engine, which)
    if len(found) > 1:
        raise Problem(
            "unknown-document", f"{len(found)} documents are named {which[:80]!r}.",
            hint="Use an id: " + ", ".join(d.id for d in found[:5]),
        )  # fmt: skip
    if not found:
        raise Problem("unknown-document", f"There is no document {which[:80]!r}.", hint="See GET /v1/documents.")
    return found[0]


def _to_remove(engine: LocalEngine, which: str) -> list[str]:
    """Return what the engine is to remove: the document that is meant, or a file that is none but holds some."""
    if _known(engine, which):
        return [_find(engine, which).id]
    inside = [document for document in engine.documents() if which in containers(document.name)]
    if len({document.source for document in inside}) == 1:
        return [which]
    # As with documents, a name means an upload before it means a file of a folder.
    return [document.id for document in inside if document.source == UPLOADS] or [_find(engine, which).id]


def _part_or_named(
    engine: LocalEngine, which: str, start: int, end: int | None, version: str | None
) -> dict[str, Any] | DocumentInfo:
    """Return a part of a document, unless the last word of the path belongs to a name: that of a row may be "text"."""
    whole = f"{which}/text"
    return _find(engine, whole) if _known(engine, whole) else _part(engine, which, start, end, version)


def _part(engine: LocalEngine, which: str, start: int, end: int | None, version: str | None) -> dict[str, Any]:
    found = _find(engine, which)
    last = found.length if end is None else min(end, found.length)
    if start > last:
        raise Problem("fix-input", f"{start}:{last} is no part of a document of {found.length} characters.")
    text = engine.text_of(found, Span(start, last)) if version in (None, found.version) else None
    if text is None:
        raise Problem(
            "unknown-document", f"{found.name} is stored in another version now.",
            hint="Leave the version out to read what is stored; the citation may have moved.",
        )  # fmt: skip
    return {
        "document_id": found.id, "version": found.version,
        "start": start, "end": last, "length": found.length, "text": text,
    }  # fmt: skip


def _source(row: SourceRow) -> dict[str, Any]:
    key = row.id if is_upload(row.root) else source_id(row.root)
    return {"id": row.id, "key": key, "whole": row.whole, "documents": row.documents}
