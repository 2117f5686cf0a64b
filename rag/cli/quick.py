"""``rag ask`` in its plainest form, without the libraries that parse commands.

Loading those takes several times as long as the answer of a running server. So where the words are a
question and nothing but the options below, it is asked at once: the server that answers from the index,
or the index itself. In every other case, and where the server was started under other settings, the
whole command line takes over, from the beginning.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from rag.cli.output import fail, present
from rag.environment import fingerprint, index_folder
from rag.errors import BelegError
from rag.ownership import running_server

if TYPE_CHECKING:
    from rag.client import RemoteEngine
    from rag.engine import LocalEngine

_MOST = 20
# What is imported stays, so that looking for what can be thrown away, as often as Python does, finds
# nothing: it takes a tenth of the time of a question that is asked once.
_SELDOM = (100_000, 20, 20)


@dataclass(slots=True)
class _Words:
    question: str = ""
    index: Path | None = None
    docs: Path | None = None
    top: int | None = None
    no_sync: bool = False
    no_server: bool = False
    as_json: bool = False


def ask(words: Sequence[str]) -> int | None:
    """Answer, and return the exit code; None where this is not for the short way."""
    asked = _parse(words)
    folder = index_folder(asked.index) if asked is not None else None
    if asked is None or folder is None:
        return None
    server = None if asked.no_server else running_server(folder)
    if server is not None and server.settings != fingerprint():
        return None
    gc.set_threshold(*_SELDOM)
    from rag.cli import session
    from rag.records import Filters

    try:
        with session.engine(
            index=asked.index, docs=asked.docs, top=asked.top, no_server=asked.no_server, once=True
        ) as engine:
            if server is None:
                _prepare(engine)
            session.bring_up_to_date(engine, asked.question, asked.docs, no_sync=asked.no_sync, quiet=asked.as_json)
            chosen = session.narrowed(engine, Filters(), asked.docs)
            return present(engine.stream(asked.question, chosen, top=asked.top), as_json=asked.as_json)
    except BelegError as error:
        return fail(error, as_json=asked.as_json)


def _prepare(engine: LocalEngine | RemoteEngine) -> None:
    """Import Chroma, where it is needed, while the question is embedded; what both import has been imported by now."""
    from rag.engine import LocalEngine

    def begin() -> None:
        # What is wrong with it is said where it is used.
        with suppress(ImportError):
            import_module("chromadb")

    if isinstance(engine, LocalEngine) and engine.has_index and engine.needs_chroma:
        Thread(target=begin).start()


def _parse(words: Sequence[str]) -> _Words | None:
    """Return what plain words mean; None where one is not plain."""
    if not words or words[0] != "ask":
        return None
    asked = _Words()
    rest = list(words[1:])
    while rest:
        word = rest.pop(0)
        value = rest[0] if rest and not rest[0].startswith("-") else ""
        if word in ("--json", "--no-sync", "--no-server"):
            setattr(asked, {"--json": "as_json"}.get(word, word[2:].replace("-", "_")), True)
        elif word in ("--index", "--docs") and value:
            setattr(asked, word[2:], Path(rest.pop(0)))
        elif word == "--top" and value.isdecimal() and 1 <= int(value) <= _MOST:
            asked.top = int(rest.pop(0))
        elif not word.startswith("-") and word and not asked.question:
            asked.question = word
        else:
            return None
    return asked if asked.question else None
