"""``rag documents`` and ``rag show``."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import options, session
from rag.cli.output import note, print_json, print_text
from rag.documents.naming import printed
from rag.errors import FixInput
from rag.render import safe, safe_lines
from rag.wire import plain

if TYPE_CHECKING:
    from rag.records import DocumentInfo

_MOST_DIGITS = 12


def documents(
    index: options.Index = None,
    since: options.Since = None,
    until: options.Until = None,
    include_undated: options.Undated = False,
    source: options.Source = None,
    language: options.Language = None,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """List the documents that can be cited."""
    chosen = options.filters(since, until, include_undated, source, language)
    with session.engine(index=index, no_server=no_server) as engine:
        found, counted = engine.documents(chosen), session.left_out(engine, chosen)
    if as_json:
        print_json({"documents": [plain(document) for document in found], **counted})
        return
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for document in found:
        print_text(_row(document, columns))
    if not found:
        note("No documents.")
    session.note_left_out(counted)


def _row(d: DocumentInfo, columns: int | None) -> str:
    """Return a document's line; where columns are counted, its title takes what the rest leaves of them."""
    date = d.date.isoformat() if d.date else "-"
    row = f"{d.id}  {date:10}  {d.language or '-':3}  {d.length:>8,}  {printed(d.name)}"
    title = safe(d.title or "")
    room = len(title) if columns is None else max(columns - len(row) - 2, 0)
    return f"{row}  {title if len(title) <= room else title[: max(room - 1, 0)] + '…' * (room > 1)}".rstrip()


def show(
    document: Annotated[str, typer.Argument(help="Name or id; an unambiguous beginning is enough.")],
    span: Annotated[str | None, typer.Option("--span", help="Only these characters.", metavar="A:B")] = None,
    index: options.Index = None,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """Print a document as it is stored: the text that citations' offsets refer to."""
    with session.engine(index=index, no_server=no_server) as engine:
        found = engine.document(document)
    start, end = _span(span, len(found.text))
    text = found.text[start:end]
    if as_json:
        print_json({**plain(found.info), "start": start, "end": end, "text": text})
    else:
        # A program gets the very characters that offsets count, a terminal none that steer it.
        print_text(safe_lines(text) if sys.stdout.isatty() else text)


def _span(span: str | None, length: int) -> tuple[int, int]:
    if span is None:
        return 0, length
    first, colon, last = span.partition(":")
    if not colon or not all(len(part) < _MOST_DIGITS and (part.isdecimal() or not part) for part in (first, last)):
        raise FixInput(f"--span {span!r} is no span.", hint="Write it as START:END, such as 0:168.")
    start, end = int(first or 0), int(last or length)
    if start > end:
        raise FixInput(f"--span {span} ends before it begins.", hint="Write it as START:END, such as 0:168.")
    if end > length:
        raise FixInput(f"--span {span} lies outside the document, which has {length} characters.", hint="See rag show.")
    return start, end
