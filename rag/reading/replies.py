"""A model's reply to statements, read while it is still being written.

The reply is one JSON object: ``{"answered": bool, "statements": [{"text": str, "ids": [int]}]}``. Each
statement is handed over as soon as its own object is closed, so half a statement is never seen. What
stands around the object (a code fence, a model's thoughts) is passed over.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "answered": {"type": "boolean"},
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "ids": {"type": "array", "items": {"type": "integer"}},
                },
                "required": ["text", "ids"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["answered", "statements"],
    "additionalProperties": False,
}

_MOST_DIGITS = 6
_THINKS, _THOUGHT = "<think>", "</think>"
_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A statement as the model wrote it, and the numbers that it gave as evidence."""

    text: str
    ids: tuple[int, ...]


class ReplyReader:
    """Takes a reply piece by piece; ``answered`` is None until the reply has said so.

    ``broken`` counts statements that were not of the form asked for; ``formed`` says whether there
    was an object of the form at all.
    """

    def __init__(self) -> None:
        self.answered: bool | None = None
        self.formed = False
        self.broken = 0
        # Characters, because a text that grows by small pieces would be copied with each.
        self._text: list[str] = []
        self._past_thoughts = self._thinking = False
        self._held = ""
        # Where reading goes on, and the brackets that are open there, each with where it was opened.
        self._at = 0
        self._open: list[tuple[str, int]] = []
        self._in_string = False
        self._key = ""
        self._string_from = 0
        self._begun_in = -1

    def feed(self, piece: str) -> list[Proposal]:
        """Return the statements that this piece completes."""
        self._text += piece if self._past_thoughts else self._beyond_thoughts(piece)
        found: list[Proposal] = []
        while self._at < len(self._text):
            self._step(self._text[self._at], found)
            self._at += 1
        return found

    def _beyond_thoughts(self, piece: str) -> str:
        """Return what of a piece is reply; before it may stand a model's thoughts. Each character is looked at once."""
        text, at = self._held + piece, 0
        while True:
            if self._thinking:
                end = text.find(_THOUGHT, at)
                if end < 0:
                    # The end may be cut in two.
                    self._held = text[max(at, len(text) - len(_THOUGHT) + 1) :]
                    return ""
                self._thinking, at = False, end + len(_THOUGHT)
            blank = _BLANKS.match(text, at)
            at = blank.end() if blank else at
            if text.startswith(_THINKS, at):
                self._thinking, at = True, at + len(_THINKS)
            elif _THINKS.startswith(rest := text[at : at + len(_THINKS)]):
                self._held = rest
                return ""
            else:
                self._past_thoughts = True
                return text[at:]

    def _between(self, start: int, end: int) -> str:
        return "".join(self._text[start:end])

    def _step(self, char: str, found: list[Proposal]) -> None:
        if self._in_string:
            if char == "\\":
                self._at += 1
            elif char == '"':
                self._in_string = False
                self._key = self._between(self._string_from, self._at)
        elif char == '"' and self._open:
            self._in_string, self._string_from = True, self._at + 1
        elif char == "{" or (char == "[" and self._open):
            if char == "[" and len(self._open) == 1 and self._key == "statements":
                self._begin()
            self._open.append((char, self._at))
        elif char in "}]" and self._open:
            self._close(found)

    def _begin(self) -> None:
        """Take note that the list of statements begins, and of what was said before it."""
        self.formed = True
        start = self._open[0][1]
        # An object that has several such lists is not read again with each.
        before = "" if start == self._begun_in else self._between(start, self._at)
        self._begun_in = start
        said = re.search(r'"answered"\s{0,99}:\s{0,99}(true|false)', before)
        if said:
            self.answered = said[1] == "true"

    def _close(self, found: list[Proposal]) -> None:
        _, start = self._open.pop()
        if len(self._open) == 2 and self.formed and self._open[1][0] == "[" and self._text[start] == "{":
            proposal = _proposal(self._between(start, self._at + 1))
            if proposal is None:
                self.broken += 1
            else:
                found.append(proposal)
        elif not self._open:
            whole = _loads(self._between(start, self._at + 1))
            if isinstance(whole, dict) and isinstance(whole.get("answered"), bool):
                self.formed = True
                self.answered = whole["answered"]


def _proposal(text: str) -> Proposal | None:
    values = _loads(text)
    if (
        not isinstance(values, dict)
        or not isinstance(values.get("text"), str)
        or not isinstance(values.get("ids"), list)
    ):
        return None
    ids = [_number(one) for one in values["ids"]]
    return Proposal(values["text"], tuple(one for one in ids if one is not None)) if None not in ids else None


def _number(value: object) -> int | None:
    """Return an id; some models write it as a string, in brackets or not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**_MOST_DIGITS else -1
    if isinstance(value, str) and value.strip("[] ").isdecimal() and len(value) < _MOST_DIGITS:
        return int(value.strip("[] "))
    return None


def _loads(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
