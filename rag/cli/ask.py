"""``rag ask`` and ``rag search``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import options
from rag.cli.output import note, print_json, print_text, report_lines, show_progress, style
from rag.errors import FixStorage, RetryLater
from rag.render import render_rest, render_statement, safe, safe_lines, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rag.engine import LocalEngine
    from rag.ingest import IngestReport
    from rag.pipeline import Prompted
    from rag.records import Answer, AnswerEvent, Filters

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
    llm: options.Llm = None,
    prompts: options.Prompts = None,
    judge: options.Judge = False,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Print what the model would be sent, and send nothing.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Answer a question with verified quotes, or say that the documents do not.

    With no index yet the folder is indexed first; otherwise what changed in it since is taken in.
    With a model (--llm, RAG_LLM) it writes the answer, and every statement is checked against the
    documents before it is shown.
    """
    from rag.engine import connect
    from rag.reading.questions import clean_question
    from rag.receipts import to_json

    chosen = options.filters(since, until, include_undated, source, language)
    text = _standard_input() if question == "-" else question
    with connect(
        options.settings(docs=docs, index=index, top=top, llm=llm, prompts=prompts, judge=judge or None)
    ) as engine:
        # Said before minutes go into a first ingest.
        clean_question(text, engine.settings.max_question)
        chosen = bring_up_to_date(engine, chosen, docs, no_sync=no_sync, quiet=as_json)
        if show_prompt:
            _print_prompt(engine.prompt(text, chosen), as_json=as_json)
            return
        answer = tell(engine.stream(text, chosen), explain=explain, quiet=as_json)
    values = to_json(answer, candidates=explain)
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


def tell(events: Iterable[AnswerEvent], *, explain: bool = False, quiet: bool = False) -> Answer:
    """Print an answer as it comes, each statement when it has been verified; return it."""
    from rag.records import AnswerDone, StatementReady

    shown = style()
    for event in events:
        if isinstance(event, StatementReady) and not quiet:
            print_text(render_statement(event.statement, shown))
        if isinstance(event, AnswerDone):
            if not quiet:
                print_text(render_rest(event.answer, shown, explain=explain))
            return event.answer
    raise AssertionError("a stream ends with AnswerDone")


def _print_prompt(prompted: Prompted, *, as_json: bool) -> None:
    from rag.receipts import plain

    judgement = prompted.judgement
    if as_json:
        print_json({**plain(prompted), "would_be_sent": judgement.answers})
        return
    for message in prompted.messages:
        print_text(f"--- {message.role} ---\n{safe_lines(message.content)}\n")
    if not judgement.answers:
        note(f"It would not be sent: the documents hardly answer this ({judgement.probability:.2f}, see threshold).")


def bring_up_to_date(
    engine: LocalEngine, chosen: Filters, docs: Path | None, *, no_sync: bool = False, quiet: bool = False
) -> Filters:
    """Take the documents in as a question expects it, and return its filters, limited to ``docs``."""
    from dataclasses import replace

    _bring_up_to_date(engine, no_sync=no_sync, quiet=quiet)
    return chosen if docs is None else replace(chosen, folders=engine.source_ids([docs]))


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
