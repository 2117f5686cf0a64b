"""``rag ask`` and ``rag ingest`` in their plainest form, without the libraries that parse commands.

Loading those takes several times as long as the answer of a running server. So where the words are a
question and nothing but the options below, it is asked at once: the server that answers from the index,
or the index itself. What a running server takes in is sent to it at once, too. In every other case, and
where the server was started under other settings, the whole command line takes over, from the beginning.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from rag.cli.output import fail, present, present_report, show_progress
from rag.environment import fingerprint, index_folder
from rag.errors import BelegError
from rag.ownership import running_server
from rag.priority import step_back

if TYPE_CHECKING:
    from rag.client import RemoteEngine
    from rag.engine import LocalEngine

_MOST = 20
# What is imported stays, so that looking for what can be thrown away, as often as Python does, finds
# nothing: it takes a tenth of the time of a question that is asked once.
_SELDOM = (100_000, 20, 20)


@dataclass(slots=True)
class _Words:
    """Words that stand for themselves, flags that are set, and options with their values."""

    alone: list[str]
    flags: set[str]
    values: dict[str, str]

    def path(self, option: str) -> Path | None:
        return Path(self.values[option]) if option in self.values else None


def run(words: Sequence[str]) -> int | None:
    """Do what the words say, and return the exit code; None where this is not for the short way."""
    ways = {"ask": _ask, "ingest": _ingest}
    return ways[words[0]](words[1:]) if words and words[0] in ways else None


def _ask(words: Sequence[str]) -> int | None:
    asked = _parse(words, {"--json", "--no-sync", "--no-server"}, {"--index", "--docs", "--top"})
    if asked is None or len(asked.alone) != 1:
        return None
    index, docs, as_json = asked.path("--index"), asked.path("--docs"), "--json" in asked.flags
    top = asked.values.get("--top")
    folder = index_folder(index)
    if folder is None or not (top is None or (top.isdecimal() and 1 <= int(top) <= _MOST)):
        return None
    no_server = "--no-server" in asked.flags
    server = None if no_server else running_server(folder)
    if server is not None and server.settings != fingerprint():
        return None
    gc.set_threshold(*_SELDOM)
    from rag.cli import session
    from rag.records import Filters

    chosen = None if top is None else int(top)
    try:
        with session.engine(index=index, docs=docs, top=chosen, no_server=no_server, once=True) as engine:
            if server is None:
                _prepare(engine)
            session.bring_up_to_date(engine, asked.alone[0], docs, no_sync="--no-sync" in asked.flags, quiet=as_json)
            filters = session.narrowed(engine, Filters(), docs)
            return present(engine.stream(asked.alone[0], filters, top=chosen), as_json=as_json)
    except BelegError as error:
        return fail(error, as_json=as_json)


def _ingest(words: Sequence[str]) -> int | None:
    said = _parse(words, {"--sync", "--dry-run", "--strict", "--json"}, {"--index"})
    if said is None or not said.alone:
        return None
    from rag.cli import session

    if any(session.is_address(word) or session.is_other_address(word) for word in said.alone):
        return None
    index, as_json = said.path("--index"), "--json" in said.flags
    folder = index_folder(index)
    server = None if folder is None else running_server(folder)
    if server is None or server.settings != fingerprint():
        return None
    gc.set_threshold(*_SELDOM)
    step_back()
    try:
        with session.engine(index=index) as engine:
            files = [Path(word) for word in said.alone]
            events = engine.ingest_events(*files, sync="--sync" in said.flags, dry_run="--dry-run" in said.flags)
            report = show_progress(events, quiet=as_json)
            assert report is not None
            return present_report(report, as_json=as_json, strict="--strict" in said.flags)
    except BelegError as error:
        return fail(error, as_json=as_json)


def _prepare(engine: LocalEngine | RemoteEngine) -> None:
    """Import Chroma, where it is needed, while the question is embedded; what both import has been imported by now."""
    from rag.engine import LocalEngine

    def begin() -> None:
        # What is wrong with it is said where it is used.
        with suppress(ImportError):
            import_module("chromadb")

    if isinstance(engine, LocalEngine) and engine.has_index and engine.needs_chroma:
        Thread(target=begin).start()


def _parse(words: Sequence[str], flags: Collection[str], options: Collection[str]) -> _Words | None:
    """Return what plain words mean; None where one is not plain."""
    found = _Words([], set(), {})
    rest = iter(words)
    for word in rest:
        if word in flags:
            found.flags.add(word)
        elif word in options and (value := next(rest, "")) and not value.startswith("-"):
            found.values[word] = value
        elif word in options or word.startswith("-") or not word:
            return None
        else:
            found.alone.append(word)
    return found
