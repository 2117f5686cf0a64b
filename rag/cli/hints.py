"""Hints that name the index which a command was told to use: without it the next one would look at another."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

_COMMANDS = re.compile(
    r"\brag (?>stop|status|compact|documents|doctor(?: --repair)?|serve --detach|remove DOCUMENT"
    r"|ingest F(?:ILE|OLDER)(?: --rebuild)?)(?![\w-]| --index)"
)


def of_index(hint: str, words: Sequence[str]) -> str:
    """Return a hint whose commands name the index that stands among the words of this command, if one does."""
    index = _index(words)
    return hint if index is None else _COMMANDS.sub(lambda found: f"{found[0]} --index {shlex.quote(index)}", hint)


def _index(words: Sequence[str]) -> str | None:
    for word, following in zip(words, [*words[1:], None], strict=True):
        if word == "--":
            return None
        if word == "--index":
            return following
        if word.startswith("--index="):
            return word.partition("=")[2]
    return None
