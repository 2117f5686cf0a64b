"""One file to one document: its text, and title, language and date where it states them."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.documents.decoding import decode
from rag.errors import FixFile
from rag.records import Document, DocumentInfo
from rag.text.dates import find_dates, stated_date
from rag.text.language import detect

READABLE = (".txt", ".text", ".md", ".markdown")
"""Suffixes of files that become documents; all others are named and skipped."""

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^#{1,2}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_STAMP = re.compile(r"\s*\b(?:Stand|Updated|Published|Veröffentlicht)\b:?\s.*\d.*$")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”“»)]*$")
_LIST_ITEM = re.compile(r"^\s*(?:\d{1,3}[.)]|[-*•])\s")
_TITLE_MAX = 250
_LANGUAGE = re.compile(r"^([a-z]{2,3})(?:[-_].*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a document says of itself; None where it does not."""

    title: str | None = None
    language: str | None = None
    date: dt.date | None = None


def read_document(path: Path, *, identity: str, source: str, name: str, limit: int) -> Document:
    """Read a file of at most ``limit`` bytes as the document ``identity`` of ``source``.

    Raises:
        FixFile: the file is too large, binary, undecodable, without text, gone or not permitted.
    """
    return make_document(_bytes(path, limit), identity=identity, source=source, name=name)


def make_document(data: bytes, *, identity: str, source: str, name: str) -> Document:
    """Turn the bytes of a file into a document; see ``read_document``."""
    text = decode(data)
    if not text.strip():
        raise FixFile("no text in it", hint="Remove the file, or put text into it.")
    markdown = name.lower().endswith((".md", ".markdown"))
    front = _front_matter(text) if markdown else _Stated()
    body = _FRONT_MATTER.sub("", text, count=1) if markdown else text
    info = DocumentInfo(
        id=identity,
        source=source,
        name=name,
        version=text_version(text),
        length=len(text),
        title=front.title or _title(body, markdown=markdown),
        language=front.language or detect(body),
        date=front.date or stated_date(body),
    )
    return Document(info, text)


def text_version(text: str) -> str:
    """Return the sha256 of a normalised text: the name of that version of a document."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _bytes(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise FixFile("vanished before it could be read", hint="Run the command again.", transient=True) from error
    except PermissionError as error:
        raise FixFile("no permission to read it", hint="Allow reading it, or leave it out.", transient=True) from error
    except OSError as error:
        raise FixFile(f"cannot be read: {error.strerror or error}", transient=True) from error
    if len(data) > limit:
        raise FixFile(
            f"larger than {limit / 1_000_000:.0f} MB",
            hint="Split the file, or raise max_file_mb in rag.toml (RAG_MAX_FILE_MB).",
        )
    return data


def _title(text: str, *, markdown: bool) -> str | None:
    """Return the document's own headline: a heading, or a first line that is not a sentence."""
    if markdown and (heading := _HEADING.search(text)):
        return heading[1]
    lines = text[:5_000].split("\n")
    for at, line in enumerate(lines[:20]):
        headline = _STAMP.sub("", line.strip())
        if not headline or len(headline) > _TITLE_MAX or _LIST_ITEM.match(line) or len(headline.split()) < 2:
            continue
        if _SENTENCE_END.search(headline):
            return None
        alone = (at == 0 or not lines[at - 1].strip()) and (at + 1 == len(lines) or not lines[at + 1].strip())
        if alone or at == 0:
            return headline
    return None


def _front_matter(text: str) -> _Stated:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return _Stated()
    import yaml

    try:
        keys = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError):
        return _Stated()
    if not isinstance(keys, dict):
        return _Stated()
    language = _LANGUAGE.match(str(keys.get("language") or keys.get("lang") or ""))
    title = keys.get("title")
    return _Stated(
        title=" ".join(str(title).split()) or None if title else None,
        language=language[1].lower() if language else None,
        date=_as_date(keys.get("date") or keys.get("published")),
    )


def _as_date(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    dates = find_dates(str(value)) if value is not None else []
    return dates[0].date if dates else None
