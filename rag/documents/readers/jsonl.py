"""JSON Lines: each line an article, under keys that the settings name."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from rag.documents.decoding import decode
from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.errors import FixFile
from rag.text.dates import find_dates

_USUAL = {
    "text": ("text", "body", "content"), "title": ("title", "headline"), "author": ("author", "authors"),
    "date": ("date", "published", "published_at"), "language": ("language", "lang"), "id": ("id", "url"),
}  # fmt: skip
_MOST_SHOWN = 12


def read_many(data: bytes, limits: Limits) -> Iterator[tuple[str, Parsed | FixFile]]:
    """Yield the articles by their ids, or else by the numbers of their lines.

    Raises:
        FixFile: the first line is no article, so the others will hardly be.
    """
    names: set[str] = set()
    left = limits.characters
    first = True
    for number, line in enumerate(decode(data).split("\n"), start=1):
        if not line.strip():
            continue
        # An article of another line may have this number for its id.
        name = str(number) if str(number) not in names else f"line {number}"
        try:
            article = _article(line, limits)
            name = _name(_value(article, "id", limits)) or name
            parsed = _parsed(article, limits, left)
        except FixFile as error:
            if first:
                raise FixFile(f"line {number}: {error}", hint=error.hint) from error
            yield name, error
            continue
        first = False
        left -= len(parsed.text)
        yield name, FixFile(f"line {number}: its id is there twice") if name in names else parsed
        names.add(name)


def _article(line: str, limits: Limits) -> dict[str, Any]:
    try:
        article = json.loads(line)
    except ValueError as error:
        raise FixFile(f"no JSON ({error})") from error
    if not isinstance(article, dict):
        raise FixFile("no JSON object")
    if _key(article, "text", limits) is None:
        keys = ", ".join(list(article)[:_MOST_SHOWN])
        raise FixFile(
            f"none of its keys ({keys}) is known to hold the text",
            hint='Name it in rag.toml: [jsonl] text = "KEY" (also title, date, author, language, id).',
        )
    return article


def _parsed(article: dict[str, Any], limits: Limits, left: int) -> Parsed:
    builder = Builder(max(left, 0))
    builder.lines(_value(article, "text", limits))
    return builder.parsed(
        title=_value(article, "title", limits),
        author=_value(article, "author", limits),
        language=_value(article, "language", limits),
        date=_date(_value(article, "date", limits)),
    )


def _key(article: dict[str, Any], what: str, limits: Limits) -> str | None:
    keys = (limits.fields[what],) if what in limits.fields else _USUAL[what]
    return next((key for key in keys if key in article), None)


def _value(article: dict[str, Any], what: str, limits: Limits) -> str:
    """Return what an article says under a key: text, a number, or a list of such."""
    key = _key(article, what, limits)
    value = article[key] if key is not None else None
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(one) for one in values if isinstance(one, (str, int, float)) and not isinstance(one, bool))


def _name(identity: str) -> str:
    """Return an id as a part of a name."""
    return "".join("_" if char in "/\\" or not char.isprintable() else char for char in identity.strip())[:150].strip(
        "."
    )


def _date(said: str) -> dt.date | None:
    dates = find_dates(said)
    return dates[0].date if dates else None
