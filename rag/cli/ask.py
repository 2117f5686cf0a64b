"""``rag ask`` and ``rag search``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import options, session
from rag.cli.output import note, present, print_json, print_text, standard_input, style
from rag.documents.naming import printed
from rag.render import safe, safe_lines, wrap
from rag.wire import plain

if TYPE_CHECKING:
    from rag.pipeline import Prompted


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
        bool,
        typer.Option(
            "--show-prompt",
            help="Print what the model would be sent; it is not asked. An embedding server and a reranker are, if set.",
        ),
    ] = False,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """Answer a question with verified quotes, or say that the documents do not.

    With no index yet the folder is indexed first; otherwise what changed in it since is taken in.
    With a model (--llm, RAG_LLM) it writes the answer, and every statement is checked against the
    documents before it is shown.
    """
    from rag.engine import LocalEngine

    chosen = options.filters(since, until, include_undated, source, language)
    text = standard_input().decode("utf-8", "replace") if question == "-" else question
    # A model that is named here answers here: a server has settings of its own.
    here = no_server or show_prompt or llm is not None or prompts is not None or judge
    with session.engine(
        index=index, docs=docs, top=top, llm=llm, prompts=prompts, judge=judge or None, no_server=here, once=True
    ) as engine:
        if judge or prompts is not None:
            session.note_no_model(engine, text)
        session.bring_up_to_date(engine, text, docs, no_sync=no_sync, quiet=as_json)
        chosen = session.narrowed(engine, chosen, docs)
        if show_prompt and isinstance(engine, LocalEngine):
            _print_prompt(engine.prompt(text, chosen), as_json=as_json)
            return
        events = engine.stream(text, chosen, top=top)
        code = present(events, explain=explain, receipt=receipt, as_json=as_json)
    raise typer.Exit(code)


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
    with session.engine(index=index, no_server=no_server, once=True) as engine:
        hits, counted = engine.search(question, chosen, limit=limit), session.left_out(engine, chosen)
    if as_json:
        print_json({"question": question, "hits": [plain(hit) for hit in hits], **counted})
        return
    shown = style()
    for number, hit in enumerate(hits, start=1):
        span = hit.chunk.span
        print_text(shown.bold(f"{number}. {printed(hit.document.name)} {span.start}–{span.end}  {hit.score:.3f}"))
        print_text("\n".join(wrap(safe(hit.text), shown.width, "   ")))
    if not hits:
        note("Nothing found.")
    session.note_left_out(counted, question)


def _print_prompt(prompted: Prompted, *, as_json: bool) -> None:
    judgement = prompted.judgement
    if as_json:
        print_json({**plain(prompted), "would_be_sent": judgement.answers})
        return
    for message in prompted.messages:
        print_text(f"--- {message.role} ---\n{safe_lines(message.content)}\n")
    if not judgement.answers:
        note(f"It would not be sent: the documents hardly answer this ({judgement.probability:.2f}, see threshold).")
