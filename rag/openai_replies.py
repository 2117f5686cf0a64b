"""What compatible servers send, read: JSON values of any form to pieces of a reply, vectors and names.

They differ in what they send as in what they take. A form that cannot be read is ``Unreadable``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_MOST_TOKENS = 10**12
_MOST_DIGITS = 12
_LONGEST_NAME = 300
_KINDS: dict[type, str] = {str: "a text", list: "a list", dict: "an object", bool: "a truth value"}


class Unreadable(ValueError):
    """A server sent what cannot be read; the message says what it was."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One event of a streamed reply; ``tokens`` are those sent and received, ``finish`` why it ended."""

    text: str
    refusal: str
    finish: str | None
    tokens: tuple[int, int] | None
    model: str | None
    about: dict[str, Any]


def loaded(text: str) -> Any:
    """Return JSON's values. Raises Unreadable where it is none, or nested beyond what can be read."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise Unreadable("JSON that is nested too deeply") from error
    except ValueError as error:
        raise Unreadable(f"no JSON: {error}") from error


def piece(event: object) -> Piece:
    """Return an event of a stream, or a whole reply, as a piece."""
    if not isinstance(event, dict):
        raise Unreadable(f"{_kind(event)} in place of an event")
    values: dict[str, Any] = event
    choices = values.get("choices")
    choice: Any = choices[0] if isinstance(choices, list) and choices else {}
    if not isinstance(choice, dict):
        raise Unreadable(f"{_kind(choice)} in place of a choice")
    said: Any = choice.get("delta") or choice.get("message") or {}
    if not isinstance(said, dict):
        raise Unreadable(f"{_kind(said)} in place of what the model said")
    about = {key: values.get(key) for key in ("id", "created", "system_fingerprint")}
    return Piece(
        text=_text(said.get("content")),
        refusal=_text(said.get("refusal")),
        finish=_name(choice.get("finish_reason")),
        tokens=_tokens(values.get("usage")),
        model=_name(values.get("model")),
        about={key: value if isinstance(value, (str, int)) else None for key, value in about.items()},
    )


def vectors(value: object, count: int) -> list[list[float]]:
    """Return the vectors of a reply in the order of the texts, of which there were ``count``."""
    listed: Any = value.get("data") if isinstance(value, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Unreadable("no list of vectors")
    if not all(type(one.get("index")) is int for one in listed):
        raise Unreadable("vectors without the numbers of their texts")
    if sorted(one["index"] for one in listed) != list(range(count)):
        raise Unreadable(f"{len(listed)} vectors for {count} texts")
    by_index: dict[int, Any] = {one["index"]: one.get("embedding") for one in listed}
    return [_vector(by_index[at]) for at in range(count)]


def names(value: object) -> list[str]:
    """Return the names of models in a list of them; none where it is no such list."""
    listed: Any = value.get("data") if isinstance(value, dict) else value
    found: Iterable[Any] = listed if isinstance(listed, list) else ()
    return sorted(one["id"] for one in found if isinstance(one, dict) and isinstance(one.get("id"), str))


def _text(content: object) -> str:
    """Return a text; of one that comes in parts, those that are text."""
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list):
        parts: list[Any] = content
        texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
        return "".join(text for text in texts if isinstance(text, str))
    raise Unreadable(f"{_kind(content)} in place of a text")


def _name(value: object) -> str | None:
    return str(value)[:_LONGEST_NAME] if isinstance(value, str) and value else None


def _tokens(usage: object) -> tuple[int, int] | None:
    if not isinstance(usage, dict):
        return None
    values: dict[str, Any] = usage
    return _count(values.get("prompt_tokens")), _count(values.get("completion_tokens"))


def _count(value: object) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) <= _MOST_DIGITS:
        value = int(value)
    return value if type(value) is int and 0 <= value <= _MOST_TOKENS else 0


def _vector(value: object) -> list[float]:
    if not isinstance(value, list) or not value:
        raise Unreadable(f"{_kind(value)} in place of a vector")
    numbers: list[Any] = value
    try:
        vector = [float(one) for one in numbers if isinstance(one, (int, float))]
    except OverflowError:
        vector = []
    if len(vector) != len(numbers) or not all(map(math.isfinite, vector)):
        raise Unreadable("vectors that are none")
    return vector


def _kind(value: object) -> str:
    return "nothing" if value is None else _KINDS.get(type(value), "a number")
