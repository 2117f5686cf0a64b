"""``rag ask`` and ``rag search``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rag.cli import options, session
from rag.cli.output import note, present, print_json, print_text, style
from rag.render import safe, wrap
from rag.wire import plain


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    docs: options.Docs = None,
    index: options.Index = None,
    top: Annotated[int | None, typer.Option("--top", help="Statements, at most.", show_default="3")] = None,
    since: options.Since = None,
    until: options.Until = None,
    include_undated: options.Undated = False,
    source: options.Source = None,
    language: options.Language = None,
    no_sync: Annotated[bool, typer.Option("--no-sync", help="Do not look for changed documents first.")] = False,
    receipt: Annotated[Path | None, typer.Option("--receipt", help="Write the answer's receipt here.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show candidates, scores and what was dropped.")] = False,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """Answer a question with verified quotes, or say that the documents do not.

    With no index yet the folder is indexed first; otherwise what changed in it since is taken in.
    """
    from dataclasses import replace

    chosen = options.filters(since, until, include_undated, source, language)
    text = _standard_input() if question == "-" else question
    with session.engine(index=index, docs=docs, top=top, no_server=no_server) as engine:
        session.bring_up_to_date(engine, text, docs, no_sync=no_sync, quiet=as_json)
        if docs is not None:
            chosen = replace(chosen, folders=engine.source_ids([docs]))
        answer = engine.ask(text, chosen, top=top)
    raise typer.Exit(present(answer, explain=explain, receipt=receipt, as_json=as_json))


def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    index: options.Index = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Passages, at most.")] = 10,
    since: options.Since = None,
    until: options.Until = None,
    include_undated: options.Undated = False,
    source: options.Source = None,
    language: options.Language = None,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """Show the passages that come nearest to a question, without answering it."""
    chosen = options.filters(since, until, include_undated, source, language)
    with session.engine(index=index, no_server=no_server) as engine:
        hits = engine.search(question, chosen, limit=limit)
    if as_json:
        print_json({"question": question, "hits": [plain(hit) for hit in hits]})
        return
    shown = style()
    for number, hit in enumerate(hits, start=1):
        span = hit.chunk.span
        print_text(shown.bold(f"{number}. {safe(hit.document.name)} {span.start}–{span.end}  {hit.score:.3f}"))
        print_text("\n".join(wrap(safe(hit.text), shown.width, "   ")))
    if not hits:
        note("Nothing found.")


def _standard_input() -> str:
    return sys.stdin.buffer.read().decode("utf-8", "replace") if sys.stdin is not None else ""
