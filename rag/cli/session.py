"""The engine that a command works with: that of a running server, or the index opened here."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from rag.cli.output import here, note, report_lines, show_progress
from rag.environment import fingerprint, index_folder
from rag.errors import FixStorage, RetryLater
from rag.messages import Messages, messages
from rag.render import count

if TYPE_CHECKING:
    from rag.client import RemoteEngine
    from rag.engine import LocalEngine
    from rag.ownership import RunningServer
    from rag.records import Filters
    from rag.reports import IngestReport


def engine(
    *,
    index: Path | None,
    docs: Path | None = None,
    top: int | None = None,
    llm: str | None = None,
    prompts: Path | None = None,
    judge: bool | None = None,
    no_server: bool = False,
    once: bool = False,
) -> LocalEngine | RemoteEngine:
    """Return the engine: a server's where one answers from the index, so that nobody opens it twice.

    ``once``: a single question is asked, see ``rag.connect``.
    """
    if not no_server and (remote := of_server(index)) is not None:
        return remote
    from rag.engine import connect
    from rag.settings import load_settings

    settings = load_settings(docs=docs, index=index, top=top, llm=llm, prompts=prompts, judge=judge)
    return connect(settings, once=once)


def of_server(index: Path | None) -> RemoteEngine | None:
    """Return the engine of the server that answers from the index, where one runs."""
    folder = index_folder(index)
    if folder is None or not (folder / "server.json").exists():
        return None
    from rag.client import RemoteEngine, find

    server = find(folder)
    return None if server is None else RemoteEngine(server.url, server.token, top=_own_top(server), index=folder)


def note_no_model(engine: LocalEngine | RemoteEngine, question: str | None) -> None:
    """Say that what is asked of a model is asked of none, where that is so; quotes are given all the same."""
    from rag.engine import LocalEngine

    if isinstance(engine, LocalEngine) and engine.writer is None:
        note(_words_for(question).no_model)


def is_address(path: str) -> bool:
    """Say whether what was named is a page of the web, and no file."""
    return path.lower().startswith(("http://", "https://"))


def is_other_address(path: str) -> bool:
    """Say whether what was named is an address that is not fetched, and no file."""
    scheme, separator, _ = path.partition("://")
    named = bool(separator) and scheme.isascii() and scheme.replace("+", "").isalnum() and not is_address(path)
    return named and not Path(path).exists()


def narrowed(engine: LocalEngine | RemoteEngine, chosen: Filters, docs: Path | None) -> Filters:
    """Return the filters, narrowed to the folder that was named, if one was."""
    from dataclasses import replace

    return chosen if docs is None else replace(chosen, folders=engine.source_ids([docs]))


def left_out(engine: LocalEngine | RemoteEngine, chosen: Filters) -> dict[str, int]:
    """Return how many documents the filters set aside because they state no date or no language, as a receipt counts them."""
    by_date = bool(chosen.since or chosen.until) and not chosen.include_undated
    stored = engine.documents() if by_date or chosen.language else []
    undated = sum(document.date is None for document in stored) if by_date else 0
    unknown = sum(document.language is None for document in stored) if chosen.language else 0
    return {"undated_left_out": undated, "unknown_language_left_out": unknown}


def note_left_out(counted: dict[str, int], question: str | None = None) -> None:
    """Say in one line what ``left_out`` counted, if it is anything."""
    if any(counted.values()):
        words = _words_for(question)
        note(" ".join(count(getattr(words, name), number) for name, number in counted.items() if number))


def bring_up_to_date(
    engine: LocalEngine | RemoteEngine, question: str | None, docs: Path | None, *, no_sync: bool, quiet: bool
) -> None:
    """Index the folder where there is no index yet; otherwise take in what changed, and say so in the question's language.

    An index that another process is writing to, or that cannot be written, is asked as it is.
    """
    from rag.client import RemoteEngine

    if isinstance(engine, RemoteEngine):
        _refresh(engine, question, docs, no_sync=no_sync, quiet=quiet)
        return
    from rag.reading.questions import clean_question
    from rag.sources import default_docs, nothing_named

    # Said before minutes go into a first ingest.
    if question is not None:
        clean_question(question, engine.settings.max_question)
    if not engine.has_index:
        folder = default_docs(engine.settings)
        if folder is None:
            raise nothing_named()
        report = show_progress(engine.ingest_events(folder, sync=True), quiet=quiet)
        _tell(report, question, quiet=quiet)
        return
    folders = [engine.settings.docs] if engine.settings.docs is not None else engine.followed()
    if no_sync or not folders:
        return
    try:
        report = show_progress(engine.follow(*folders), quiet=quiet)
    except (RetryLater, FixStorage) as error:
        note(f"Answering from the index as it is: {error}")
    else:
        _tell_change(report, question, quiet=quiet)


def _refresh(engine: RemoteEngine, question: str | None, docs: Path | None, *, no_sync: bool, quiet: bool) -> None:
    """Have a server take in what changed; a folder that it does not know is sent to it."""
    from rag.sending import Sources

    if docs is not None and not Sources(engine).knows(docs):
        report = show_progress(engine.ingest_events(docs, sync=True), quiet=quiet)
        _tell_change(report, question, quiet=quiet, command=f"rag ingest {shlex.quote(str(docs))}")
    elif not no_sync:
        try:
            report = engine.refresh()
        except (RetryLater, FixStorage) as error:
            note(f"Answering from the index as it is: {error}")
        else:
            _tell_change(report, question, quiet=quiet)


def _own_top(server: RunningServer) -> int | None:
    """Return how many statements are set here, where that may be another number than at the server.

    Raises:
        FixSettings: what is set here is not usable.
    """
    if server.settings == fingerprint():
        return None
    from rag.settings import load_settings

    settings = load_settings()
    note("The server was started under other settings; all of them but --top hold. To use yours: --no-server")
    return settings.top


def _tell_change(
    report: IngestReport | None, question: str | None, *, quiet: bool, command: str = "rag doctor"
) -> None:
    """Say what became another; where nothing did, only how many files could not be read, for they were named before.

    ``command`` names them. A file that was touched only is read again, and nothing comes of it.
    """
    if report is None or report.anything or quiet:
        _tell(report, question, quiet=quiet)
    elif report.failed:
        words = _words_for(question)
        note(words.which_unread.format(count(words.unread, len(report.failed)), here(command)) + "\n")


def _tell(report: IngestReport | None, question: str | None, *, quiet: bool) -> None:
    if report is not None and not quiet:
        note("\n".join(report_lines(report, _words_for(question))) + "\n")


def _words_for(question: str | None) -> Messages:
    """Return the words in the question's language. It is looked at only where there is something to say: that may load a model."""
    from rag.text.language import detect

    return messages(detect(question) if question else None)
