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
_THOUGHTS = re.compile(r"\s*<think>.*?</think>", re.DOTALL)
_THINKING = re.compile(r"\s*(?:<(?:t(?:h(?:i(?:n(?:k(?:>.*)?)?)?)?)?)?)?\Z", re.DOTALL)


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
        self._text = ""
        self._past_thoughts = False
        # Where reading goes on, and the brackets that are open there, each with where it was opened.
        self._at = 0
        self._open: list[tuple[str, int]] = []
        self._in_string = False
        self._key = ""
        self._string_from = 0

    def feed(self, piece: str) -> list[Proposal]:
        """Return the statements that this piece completes."""
        self._text += piece
        if not self._past_thoughts:
            self._text = _THOUGHTS.sub("", self._text, count=1)
            if _THINKING.match(self._text):
                return []
            self._past_thoughts = True
        found: list[Proposal] = []
        while self._at < len(self._text):
            self._step(self._text[self._at], found)
            self._at += 1
        return found

    def _step(self, char: str, found: list[Proposal]) -> None:
        if self._in_string:
            if char == "\\":
                self._at += 1
            elif char == '"':
                self._in_string = False
                self._key = self._text[self._string_from : self._at]
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
        said = re.search(r'"answered"\s*:\s*(true|false)', self._text[self._open[0][1] : self._at])
        if said:
            self.answered = said[1] == "true"

    def _close(self, found: list[Proposal]) -> None:
        _, start = self._open.pop()
        if len(self._open) == 2 and self.formed and self._open[1][0] == "[" and self._text[start] == "{":
            proposal = _proposal(self._text[start : self._at + 1])
            if proposal is None:
                self.broken += 1
            else:
                found.append(proposal)
        elif not self._open:
            whole = _loads(self._text[start : self._at + 1])
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
