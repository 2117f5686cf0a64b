"""One file to one document: its text, and title, language and date where it states them."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rag.documents.chats import message_places
from rag.documents.decoding import decode, refuse_noise
from rag.documents.formats import format_of, is_markdown
from rag.documents.markdown import NAME_MAX, first_heading, marked_places
from rag.documents.parsed import Parsed
from rag.errors import FixFile
from rag.records import Document, DocumentInfo
from rag.text.closings import closing_date
from rag.text.dates import find_dates
from rag.text.filedates import named_date
from rag.text.language import detect
from rag.text.stated import gives_date, stated_date, titled_date

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_MATTER_MAX = 20_000
_KEY = re.compile(r"\s*(?:#|[\w\"'][^\n:]{0,60}:(?:\s|\Z))")
_STAMP = re.compile(
    r"\s\(?\b(?:Stand|Updated|Published|Veröffentlicht|Aktualisiert)\b(?::\s|\s(?:(?:am|on)\s)?(?=\d{1,2}[./]))[^\n]*\d.*\Z"
)
# What set a headline apart from the date behind it.
_DANGLING = " \t|•·–—-"
_SENTENCE_END = re.compile(r"(?<!\be\. V)(?<!\be\.V)(?<!\bInc)(?<!\bLtd)(?<!\bCo)(?<!\bCorp)[.…:][\"'”“»)]*\Z")
_LIST_ITEM = re.compile(r"\s*(?:\d{1,3}[.)]|[-*•])\s")
# What a letter or a mail says that it is about, whatever stands above.
_SUBJECT = re.compile(r"(?:Betreff|Betrifft|Betr\.|Subject)[ \t]*:[ \t]*(\S.*?)\s*")
# What a web page puts above its article: links that jump, trails of links, offers and consents.
_NAVIGATION = re.compile(
    r"(?:(?:direkt )?zu[mr]? .{0,40}\b(?:springen|inhalt|navigation|suche|seitenanfang)\Z"
    r"|(?:skip|jump|go|back) to\b|zurück zu|sie (?:sind|befinden sich) hier|you are here"
    r"|.{0,40}\bcookies?\b|.{0,20}\bnewsletter\b|anmelden\b|log ?in\b|sign (?:in|up)\b|teilen\b|share\b|drucken\b"
    r"|.*\s[>»›→]\s|.*\s[|·•]\s.*\s[|·•]\s)",
    re.IGNORECASE,
)
# Of a version's 64 digits, those that stand for the text alone, where the rest stands for what is said beside it.
_OF_TEXT = 48
_HEAD = 5_000
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?\Z", re.IGNORECASE)
_LANGUAGES = {"deu": "de", "ger": "de", "eng": "en"}


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a document says of itself; None where it does not."""

    title: str | None = None
    language: str | None = None
    date: dt.date | None = None
    author: str | None = None


class Parser(Protocol):
    """What reads files that are not plain text."""

    def parse(self, name: str, data: bytes) -> Iterator[tuple[str, Parsed | FixFile]]:
        """Yield the documents of a file by their names in it, ``""`` where the file is one document."""
        ...


def documents_in(data: bytes, name: str, parser: Parser) -> Iterator[tuple[str, Parsed | FixFile]]:
    """Yield name and text of each document in the bytes of a file, or why one cannot be read.

    Raises:
        FixFile: the file itself cannot be read.
        InstallExtra: its format needs a library that is not installed.
    """
    if _is_plain(name):
        yield name, Parsed(decode(data))
        return
    for inside, result in parser.parse(name, data):
        yield f"{name}/{inside}" if inside else name, result


def make_document(data: bytes, *, identity: str, source: str, name: str, parser: Parser | None = None) -> Document:
    """Turn the bytes of a file that is one document into it; plain text needs no ``parser``.

    Raises:
        FixFile: the file is binary, undecodable, without text, or costs more than the limits allow.
        InstallExtra: its format needs a library that is not installed.
    """
    parsed = next((one for _, one in documents_in(data, name, parser)), None) if parser else Parsed(decode(data))
    if not isinstance(parsed, Parsed):
        raise parsed or FixFile("no document in it")
    return document_of(parsed, identity=identity, source=source, name=name)


def document_of(parsed: Parsed, *, identity: str, source: str, name: str) -> Document:
    """Return what was read as a document; what the file states of itself goes before what its text shows.

    A language is the exception: pages are made from templates that name another, so the text decides.

    Raises:
        FixFile: there is no text in it, or none that can be stored.
    """
    text = parsed.text
    refuse_noise(text)
    if not text.strip():
        raise FixFile("no text in it", hint="Remove the file, or put text into it.")
    markdown = is_markdown(name)
    front, body = _front_matter(text) if markdown else (_Stated(), text[parsed.head :])
    rows = any(place.kind == "row" and not place.start for place in parsed.places[:1])
    title = front.title or parsed.title or (None if rows else _title(body, markdown=markdown))
    # What a row says is said of that row.
    stated = front.date or parsed.date or (None if rows else stated_date(body))
    signed = None if rows else closing_date(body)
    date = stated or titled_date(title) or named_date(name) or signed or parsed.created
    info = DocumentInfo(
        id=identity,
        source=source,
        name=name,
        version=text_version(text) if _is_plain(name) else _version(parsed, date),
        length=len(text),
        title=title,
        language=front.language or detect(body) or _code(parsed.language),
        date=date,
        author=front.author or parsed.author,
    )
    places = marked_places(text, len(text) - len(body)) if markdown else parsed.places
    return Document(info, text, places or (message_places(text) if _is_plain(name) else ()))


def text_version(text: str) -> str:
    """Return the sha256 of a normalised text: the name of that version of a document."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_version(version: str, text: str, name: str) -> bool:
    """Say whether a text is that of a version of the document of this name."""
    told = text_version(text)
    return version == told if _is_plain(name) else version[:_OF_TEXT] == told[:_OF_TEXT]


def _version(parsed: Parsed, date: dt.date | None) -> str:
    """Return the version of a document whose file says more than its text: other pages, another version.

    It begins as the text's own does, so that the text can be held against it.
    """
    beside = (parsed.places, parsed.title, parsed.author, parsed.language, date)
    return text_version(parsed.text)[:_OF_TEXT] + text_version(f"{beside}")[_OF_TEXT:]


def _is_plain(name: str) -> bool:
    found = format_of(name)
    return found is None or found.reader is None


def read_bytes(path: str | Path, limit: int) -> bytes:
    """Return the bytes of a file, if there are at most ``limit``.

    Raises:
        FixFile: the file is too large, gone or not permitted.
    """
    try:
        with Path(path).open("rb") as file:
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
    lines = text[:_HEAD].split("\n")
    if len(text) > _HEAD:
        lines.pop()
    if subject := next(filter(None, map(_SUBJECT.fullmatch, lines[:20])), None):
        return subject[1][:NAME_MAX]
    if markdown and (heading := first_heading(lines)):
        return heading
    for at, line in enumerate(lines[:20]):
        headline = _STAMP.sub("", line.strip("#*_ \t" if markdown else None)) if len(line) <= 2 * NAME_MAX else line
        headline = headline.rstrip(_DANGLING) or headline
        if len(headline) > NAME_MAX or len(headline.split()) < 2:
            continue
        if _LIST_ITEM.match(line) or _NAVIGATION.match(headline) or gives_date(headline):
            continue
        if _SENTENCE_END.search(headline):
            return None
        alone = (at == 0 or not lines[at - 1].strip()) and (at + 1 == len(lines) or not lines[at + 1].strip())
        if alone or at == 0:
            return headline
    return None


def _front_matter(text: str) -> tuple[_Stated, str]:
    """Return what the YAML between two rules at the top states, and the text behind it.

    Broken or hostile YAML states nothing; two rules around something else are text.
    """
    match = _FRONT_MATTER.match(text[:_FRONT_MATTER_MAX])
    if match is None or not _KEY.match(match[1]):
        return _Stated(), text
    import yaml

    try:
        # Every scalar stays a string ("no" is Norwegian, not False), no tag is obeyed.
        keys = yaml.load(match[1], Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError, ValueError):
        keys = {}
    if not isinstance(keys, dict):
        return _Stated(), text
    # Only strings are taken: a list of aliases of lists would be endless once it is written out.
    said = {key: value for key, value in keys.items() if isinstance(key, str) and isinstance(value, str)}
    dates = find_dates(said.get("date") or said.get("published") or "")
    stated = _Stated(
        # An escape may stand for half a character, which nothing can store.
        title=_line(said.get("title", "")),
        language=_code(said.get("language") or said.get("lang")),
        date=dates[0].date if dates else None,
        author=_line(said.get("author", "")),
    )
    return stated, text[match.end() :]


def _line(said: str) -> str | None:
    return " ".join(said.encode(errors="replace").decode().split())[:NAME_MAX] or None


def _code(language: str | None) -> str | None:
    """Return the ISO 639-1 code of a language that a document states."""
    match = _LANGUAGE.match(language or "")
    code = match[1].lower() if match else None
    return _LANGUAGES.get(code, code) if code else None
