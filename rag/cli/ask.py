"""``rag ask`` and ``rag search``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import options
from rag.cli.output import note, print_json, print_text, report_lines, show_progress, style
from rag.errors import FixStorage, RetryLater
from rag.render import render_answer, safe, wrap

if TYPE_CHECKING:
    from rag.engine import LocalEngine
    from rag.ingest import IngestReport

NOT_IN_DOCUMENTS = 3


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
    as_json: options.Json = False,
) -> None:
    """Answer a question with verified quotes, or say that the documents do not.

    With no index yet the folder is indexed first; otherwise what changed in it since is taken in.
    """
    from dataclasses import replace

    from rag.engine import connect
    from rag.pipeline import clean_question
    from rag.receipts import to_json

    chosen = options.filters(since, until, include_undated, source, language)
    text = _standard_input() if question == "-" else question
    with connect(options.settings(docs=docs, index=index, top=top)) as engine:
        # Said before minutes go into a first ingest.
        clean_question(text, engine.settings.max_question)
        _bring_up_to_date(engine, no_sync=no_sync, quiet=as_json)
        if docs is not None:
            chosen = replace(chosen, folders=engine.source_ids([docs]))
        answer = engine.ask(text, chosen)
    values = to_json(answer, candidates=explain)
    if not as_json:
        print_text(render_answer(answer, style(), explain=explain))
    if receipt is not None:
        _write(receipt, values)
    if as_json:
        print_json(values)
    if answer.status == "not_in_documents":
        raise typer.Exit(NOT_IN_DOCUMENTS)


def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    index: options.Index = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Passages, at most.")] = 10,
    since: options.Since = None,
    until: options.Until = None,
    include_undated: options.Undated = False,
    source: options.Source = None,
    language: options.Language = None,
    as_json: options.Json = False,
) -> None:
    """Show the passages that come nearest to a question, without answering it."""
    from rag.engine import connect
    from rag.receipts import plain

    chosen = options.filters(since, until, include_undated, source, language)
    with connect(options.settings(index=index)) as engine:
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


def _bring_up_to_date(engine: LocalEngine, *, no_sync: bool, quiet: bool) -> None:
    """Index the folder where there is no index yet; otherwise take in what changed, and say so.

    An index that another process is writing to, or that cannot be written, is asked as it is.
    """
    from rag.sources import default_docs, nothing_named

    if not engine.has_index:
        folder = default_docs(engine.settings)
        if folder is None:
            raise nothing_named()
        report = show_progress(engine.ingest_events(folder, sync=True), quiet=quiet)
        _tell(report, quiet=quiet)
        return
    folders = [engine.settings.docs] if engine.settings.docs is not None else engine.followed()
    if no_sync or not folders:
        return
    try:
        report = show_progress(engine.follow(*folders), quiet=quiet)
    except (RetryLater, FixStorage) as error:
        note(f"Answering from the index as it is: {error}")
    else:
        # A file that was touched only is read again, and nothing came of it.
        _tell(report if report and (report.anything or report.failed) else None, quiet=quiet)


def _tell(report: IngestReport | None, *, quiet: bool) -> None:
    if report is not None and not quiet:
        note("\n".join(report_lines(report)) + "\n")


def _write(path: Path, values: object) -> None:
    import json

    try:
        path.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise FixStorage(
            f"The receipt {path} cannot be written: {error.strerror}.", hint="Choose another place with --receipt."
        ) from error
