"""``rag ask`` in its plainest form, to a running server, without the libraries that parse commands.

Loading those takes several times as long as the answer. So where the words are a question and
nothing but the options below, and a server of this version answers under these very settings, it is
asked at once. In every other case the whole command line takes over, from the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.cli.output import fail, present
from rag.environment import fingerprint, index_folder
from rag.errors import BelegError
from rag.ownership import running_server

_MOST = 20


@dataclass(slots=True)
class _Words:
    question: str = ""
    index: Path | None = None
    top: int | None = None
    no_sync: bool = False
    as_json: bool = False


def ask(words: Sequence[str]) -> int | None:
    """Answer, and return the exit code; None where this is not for the short way."""
    asked = _parse(words)
    folder = index_folder(asked.index) if asked is not None else None
    server = running_server(folder) if folder is not None else None
    if asked is None or server is None or server.settings != fingerprint():
        return None
    from rag.cli.session import bring_up_to_date
    from rag.client import RemoteEngine, find

    try:
        assert folder is not None
        find(folder)
        engine = RemoteEngine(server.url, server.token)
        bring_up_to_date(engine, asked.question, None, no_sync=asked.no_sync, quiet=asked.as_json)
        return present(engine.stream(asked.question, top=asked.top), as_json=asked.as_json)
    except BelegError as error:
        return fail(error, as_json=asked.as_json)


def _parse(words: Sequence[str]) -> _Words | None:
    """Return what plain words mean; None where one is not plain."""
    if not words or words[0] != "ask":
        return None
    asked = _Words()
    rest = list(words[1:])
    while rest:
        word = rest.pop(0)
        if word == "--json":
            asked.as_json = True
        elif word == "--no-sync":
            asked.no_sync = True
        elif word == "--index" and rest and not rest[0].startswith("-"):
            asked.index = Path(rest.pop(0))
        elif word == "--top" and rest and rest[0].isdecimal() and 1 <= int(rest[0]) <= _MOST:
            asked.top = int(rest.pop(0))
        elif not word.startswith("-") and word and not asked.question:
            asked.question = word
        else:
            return None
    return asked if asked.question else None
