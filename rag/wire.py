"""Records as JSON values and back, and errors as problems: what travels between a server and its client.

Both ways need the standard library only, so that a question to a running server costs no more than
it must.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from rag import errors

T = TypeVar("T")

PROBLEM = "urn:beleg:problem:"
"""What the type of every problem begins with (RFC 9457)."""

# Name of the problem, HTTP status and error: the first one of an error's class is what a server says.
PROBLEMS: tuple[tuple[str, int, type[errors.BelegError]], ...] = (
    ("fix-input", 400, errors.FixInput),
    ("validation", 422, errors.FixInput),
    ("unknown-document", 404, errors.FixInput),
    ("not-found", 404, errors.FixInput),
    ("unknown-model", 404, errors.FixInput),
    ("method-not-allowed", 405, errors.FixInput),
    ("too-large", 413, errors.FixInput),
    ("unsupported-media-type", 415, errors.FixFile),
    ("unusable-document", 422, errors.FixFile),
    ("too-slow", 408, errors.RetryLater),
    ("unauthorized", 401, errors.FixSettings),
    ("forbidden", 403, errors.FixSettings),
    ("rate-limited", 429, errors.RetryLater),
    ("add-documents", 409, errors.AddDocuments),
    ("retry-later", 503, errors.RetryLater),
    ("busy", 503, errors.RetryLater),
    ("deadline", 504, errors.RetryLater),
    ("rebuild-index", 500, errors.RebuildIndex),
    ("fix-storage", 503, errors.FixStorage),
    ("open-engine", 503, errors.OpenEngine),
    ("install-extra", 501, errors.InstallExtra),
    ("fix-model", 502, errors.FixModel),
    ("change-model", 502, errors.ChangeModel),
    ("shorten-request", 502, errors.ShortenRequest),
    ("fix-settings", 500, errors.FixSettings),
    ("internal", 500, errors.BelegError),
)
STATUS = {name: status for name, status, _ in PROBLEMS}

# What is one thing in both, and most of what there is: looked for first.
_JSON = frozenset({str, int, float, bool, type(None)})


def problem_of(error: errors.BelegError) -> str:
    """Return the name of the problem that an error is over HTTP."""
    named = {
        errors.FixSettings: "fix-settings", errors.FixFile: "unusable-document", errors.FixInput: "fix-input",
        errors.RetryLater: "retry-later",
    }  # fmt: skip
    for kind in type(error).__mro__:
        if kind in named:
            return named[kind]
        name = next((name for name, _, cls in PROBLEMS if cls is kind), None)
        if name is not None:
            return name
    return "internal"


def error_of(problem: dict[str, Any]) -> errors.BelegError:
    """Return a problem as the error that it was at the server; an unknown one as BelegError."""
    name = str(problem.get("type", "")).removeprefix(PROBLEM)
    cls = next((cls for known, _, cls in PROBLEMS if known == name), errors.BelegError)
    fields = "; ".join(f"{one['field']}: {one['message']}" for one in problem.get("errors", ()))
    said = str(problem.get("detail") or problem.get("title") or "The server refused the request.")
    made = cls(f"{said} {fields}".strip(), hint=str(problem.get("hint", "")))
    if isinstance(made, errors.FixFile):
        made.skipped = name == "unsupported-media-type"
    return made


def plain(value: Any) -> Any:
    """Return records, dates and tuples as JSON values."""
    if type(value) in _JSON:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def build(cls: type[T], values: Any) -> T:
    """Return the record that ``plain`` made these values of; keys that it does not know are passed over.

    Raises:
        ValueError: the values are not such a record.
    """
    try:
        return _build(cls, values)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {cls.__name__}: {error}") from error


def _build(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if hint is Any or origin is Literal:
        return value
    if origin in (Union, types.UnionType):
        return None if value is None else _build(next(a for a in get_args(hint) if a is not type(None)), value)
    if origin is tuple:
        inner = list(get_args(hint))
        if inner[1:] != [Ellipsis]:
            return tuple(_build(one, item) for one, item in zip(inner, value, strict=True))
        return tuple(_build(inner[0], item) for item in value)
    if origin is dict:
        return {key: _build(get_args(hint)[1], item) for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return _record(hint, value)
    if hint in (dt.date, dt.datetime):
        return hint.fromisoformat(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint):
        raise TypeError(f"{value!r} is no {hint.__name__}")
    return value


def _record(cls: Any, value: Any) -> Any:
    hints = _hints(cls)
    return cls(
        **{
            name: one if type(one := value[name]) is hint else _build(hint, one)
            for name, hint in hints.items()
            if name in value
        }
    )


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)
