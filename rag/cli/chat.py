"""``rag chat``: questions one after another, follow-ups included."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import options, session
from rag.cli.output import error_json, note, note_error, print_text, tell
from rag.errors import BelegError, FixInput
from rag.render import safe_lines

if TYPE_CHECKING:
    from rag.conversation import Conversation

_HELP = "Ask a question and follow up. /new forgets the conversation, /quit (or Ctrl-D) ends it."
_BY_ITSELF = (
    "(Taken by itself: a follow-up needs a model that makes it a whole question. To name one: rag chat --llm MODEL)"
)
_WORDS = {"/quit", "/exit", "/new", "/help"}


@dataclass(slots=True)
class _Alone:
    """Whether it is still to be said that a follow-up was taken by itself: once, and not where a model answers."""

    to_say: bool


def chat(
    docs: options.Docs = None,
    index: options.Index = None,
    top: Annotated[int | None, typer.Option("--top", help="Statements, at most.", show_default="3")] = None,
    since: options.Since = None,
    until: options.Until = None,
    include_undated: options.Undated = False,
    source: options.Source = None,
    language: options.Language = None,
    llm: options.Llm = None,
    prompts: options.Prompts = None,
    judge: options.Judge = False,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """Ask questions one after another, under the same rules as rag ask.

    A follow-up ("And in 2021?") is rewritten by the model into a question that stands alone, which
    is shown; without a model every question has to stand alone, and is taken so. Questions may come from a pipe, one a
    line; with --json each answer is a receipt on a line of its own. If one of them failed, the
    exit code is 1.

    Where a server answers from the index, it is asked, with its own model, unless --llm, --prompts, --judge or
    --no-server say otherwise.
    """
    from rag.conversation import Conversation
    from rag.engine import LocalEngine

    chosen = options.filters(since, until, include_undated, source, language)
    here = no_server or llm is not None or prompts is not None or judge
    with session.engine(
        index=index, docs=docs, top=top, llm=llm, prompts=prompts, judge=judge or None, no_server=here
    ) as engine:
        if judge or prompts is not None:
            session.note_no_model(engine, None)
        session.bring_up_to_date(engine, None, docs, no_sync=False, quiet=as_json)
        conversation = Conversation(engine, session.narrowed(engine, chosen, docs), top=top)
        interactive = sys.stdin is not None and sys.stdin.isatty() and not as_json
        without = isinstance(engine, LocalEngine) and engine.writer is None
        if interactive:
            note(f"{_HELP} Without a model (--llm) each question must stand alone." if without else _HELP)
        # Whether a server has a model is seen by its answers.
        by_itself = _Alone(not as_json and (without or not isinstance(engine, LocalEngine)))
        failed = False
        for line in _lines(interactive=interactive):
            failed = not _answer(conversation, line, by_itself, as_json=as_json) or failed
    if failed and not interactive:
        raise typer.Exit(1)


def _answer(conversation: Conversation, line: str, alone: _Alone, *, as_json: bool) -> bool:
    """Answer one line; say whether that went well. An error ends the question, not the conversation."""
    from rag.conversation import follows_on

    try:
        if line.startswith("/"):
            _obey(conversation, line)
            return True
        question = conversation.standalone(line)
        if question != " ".join(line.split()):
            if not as_json:
                note(f"({safe_lines(question)})")
        elif alone.to_say and conversation.turns and follows_on(question):
            note(_BY_ITSELF)
            alone.to_say = False
        answer = tell(conversation.ask(question), quiet=as_json)
        alone.to_say = alone.to_say and answer.model is None
    except BelegError as error:
        if as_json:
            print_text(json.dumps(error_json(error)))
        else:
            note_error(error)
        return False
    if as_json:
        from rag.receipts import to_json

        print_text(json.dumps(to_json(answer)))
    else:
        print_text("")
    return True


def _obey(conversation: Conversation, word: str) -> None:
    if word not in _WORDS:
        raise FixInput(f"There is no command {word}.", hint=_HELP)
    if word == "/new":
        conversation.forget()
    elif word == "/help":
        note(_HELP)


def _lines(*, interactive: bool) -> Iterator[str]:
    """Yield what is typed or piped, line by line, until it ends or is ended."""
    while (line := _typed() if interactive else _piped()) is not None:
        if line.strip() in ("/quit", "/exit"):
            return
        if line.strip():
            yield line.strip()


def _typed() -> str | None:
    # Line editing and history, where the platform has them.
    from contextlib import suppress
    from importlib import import_module

    with suppress(ImportError):
        import_module("readline")
    try:
        return input("> ")
    except EOFError:
        note("")
        return None


def _piped() -> str | None:
    line = sys.stdin.buffer.readline() if sys.stdin is not None else b""
    return line.decode("utf-8", "replace") if line else None
