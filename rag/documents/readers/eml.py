"""Mails: the message as its reader sees it, the lines of its head first, and the files attached to it.

What it quotes of earlier mails stands under who wrote that when, without the marks of quoting.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime
from mimetypes import guess_extension
from operator import attrgetter
from pathlib import PurePosixPath

from rag.documents.decoding import decode
from rag.documents.formats import Limits
from rag.documents.parsed import NAME_MAX, Builder, Parsed, clean_text, one_line
from rag.documents.readers import invitation
from rag.documents.readers.inside import documents, readable, unreadable
from rag.errors import FixFile
from rag.place import Place
from rag.text.threads import parts

_HEADS = ("From", "Date", "Subject", "Received", "Message-ID", "To")
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_LONGEST_NAME = 120
# What some programs put before the first line of a head.
_BLANK = re.compile(rb"\A(?:\xef\xbb\xbf)?[\r\n]*")
_LOOSE = frozenset({"us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1"})
# A plain text shorter than a page by more than this says only that there is the page; markup takes much of one.
_SAYS_LESS = 8
_CALENDAR = "text/calendar"
# Parts within parts that are looked into.
_DEEPEST = 50
# Pictures and signatures are part of how a message looks or is checked; to name each as skipped would be noise.
_BESIDE = ("image/", "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")


def read_many(data: bytes, limits: Limits) -> Iterator[tuple[str, Parsed | FixFile]]:
    """Yield the message, under no name, and the files attached to it; one without text of its own is these alone."""
    message = message_from_bytes(_BLANK.sub(b"", data), policy=default)
    assert isinstance(message, EmailMessage)
    if not any(head in message for head in _HEADS):
        raise FixFile("not a mail, though its name says so")
    yield from _mail(message, limits)


def _mail(message: EmailMessage, limits: Limits) -> Iterator[tuple[str, Parsed | FixFile]]:
    bodies = list(_bodies(message))
    if not any(_text(body).strip() for body in bodies):
        # An invitation that says all that it says to the calendar.
        bodies += [part for part in _leaves(message) if part.get_content_type() == _CALENDAR]
    attached = [part for part in _attached(message, bodies) if not part.get_content_type().startswith(_BESIDE)]
    own = _message(message, bodies, limits)
    if len(own.text) > own.head or not attached:
        yield "", own
    names: set[str] = set()
    for number, part in enumerate(attached, start=1):
        name = _name(part, number)
        while name in names:
            name = f"{number}-{name}"
        names.add(name)
        inner = _forwarded(part)
        if inner is not None:
            for inside, result in _mail(inner, limits):
                yield f"{name}/{inside}" if inside else name, result
        elif (refused := unreadable(name, limits)) is not None:
            yield name, refused
        else:
            payload = part.get_payload(decode=True)
            yield from documents(name, payload if isinstance(payload, bytes) else b"", limits)


def _message(message: EmailMessage, bodies: Sequence[MIMEPart], limits: Limits) -> Parsed:
    """Return a message's head and its texts."""
    builder = Builder(limits.characters)
    builder.lines("\n".join(f"{head}: {said}" for head in _SHOWN if (said := one_line(_said(message, head)))))
    head = builder.length
    pages = [body.get_content_subtype() == "html" for body in bodies]
    told = [body.get_content_type() == _CALENDAR for body in bodies]
    quotes: list[str] = []
    for body, page, calendar in zip(bodies, pages, told, strict=True):
        if page:
            quotes += _build(_text(body), builder)
        elif calendar:
            builder.lines(clean_text("\n".join(invitation.lines(_text(body)))))
        else:
            _write(clean_text(_text(body)), builder)
    name, address = parseaddr(_said(message, "From"))
    made = builder.parsed(title=_said(message, "Subject"), author=name or address, date=_date(message))
    # Where a page's quotation begins, only the line above it tells; it ends with its element.
    quoted = [part for part in parts(made.text[head:]) if part.under] if pages and all(pages) else []
    more = [Place(head + part.start, "heading", None, part.under[:NAME_MAX]) for part in quoted]
    over = [Place(at, "heading") for at in _behind(made.text, quotes)] if quoted else []
    places = {place.start: place for place in sorted((*made.places, *over, *more), key=attrgetter("start"))}
    return replace(made, places=tuple(places.values()), head=head)


def _build(page: str, builder: Builder) -> list[str]:
    """Add a page, and return the texts of its quotations, without white space."""
    from rag.documents.readers import markup
    from rag.documents.readers.html import parse

    root = parse(page)
    markup.build(root.find("body") if root.find("body") is not None else root, builder)
    outer = (quote for quote in root.iter("blockquote") if next(quote.iterancestors("blockquote"), None) is None)
    return [solid for quote in outer if (solid := "".join("".join(quote.itertext()).split()))]


def _behind(text: str, quotes: Sequence[str]) -> Iterator[int]:
    """Yield where a text goes on behind each of some quotations that are found in it."""
    kept = [at for at, sign in enumerate(text) if not sign.isspace()]
    solid = "".join(text[at] for at in kept)
    for quote in quotes:
        end = solid.find(quote) + len(quote)
        if len(quote) <= end < len(kept):
            yield kept[end]


def _bodies(part: MIMEPart, levels: int = _DEEPEST) -> Iterator[MIMEPart]:
    """Yield the parts that are read as a message's text, in their order: of alternatives one, of all others each."""
    kind = part.get_content_type()
    if not levels:
        return
    if kind == "multipart/alternative":
        ways = [list(_bodies(one, levels - 1)) for one in part.iter_parts()]
        told = [(sum(len(_text(one).strip()) for one in way), way) for way in ways if way]
        longest = max((length for length, _ in told), default=0)
        # The plain one, unless it only says that there is another.
        yield from next((way for length, way in told if length * _SAYS_LESS >= longest), [])
    elif part.is_attachment() or part.get_filename():
        return
    elif part.get_content_maintype() == "multipart":
        inner = list(part.iter_parts())
        for one in inner[:1] if kind == "multipart/related" else inner:
            yield from _bodies(one, levels - 1)
    elif kind in ("text/plain", "text/html"):
        yield part


def _said(message: EmailMessage, head: str) -> str:
    """Return what a line of the head says, also where it was written in bytes that a head may not hold."""
    raw = next((str(value) for name, value in message.raw_items() if name.lower() == head.lower()), "")
    if not raw.isascii():
        return _west(raw.encode("utf-8", "surrogateescape"))
    try:
        return str(message.get(head, ""))
    except ValueError:
        return raw


def _write(text: str, builder: Builder) -> None:
    """Add a message's own text, and what it quotes under who wrote that."""
    under = ""
    for part in parts(text):
        if part.under != under:
            builder.under(part.under or None)
            under = part.under
        builder.lines(part.lead)
        builder.lines(part.text)


def _attached(message: EmailMessage, bodies: Sequence[MIMEPart]) -> Iterator[MIMEPart]:
    """Yield what a message carries besides its text."""
    for part in _leaves(message):
        if all(part is not body for body in bodies) and (
            part.is_attachment() or part.get_filename() or _forwarded(part) is not None
        ):
            yield part


def _leaves(message: EmailMessage) -> Iterator[MIMEPart]:
    """Yield the parts of a message that hold no parts; what a forwarded message carries is that message's own."""
    pending: list[MIMEPart] = [message]
    while pending:
        part = pending.pop()
        if part.get_content_maintype() == "multipart":
            pending += reversed(list(part.iter_parts()))
        else:
            yield part


def _forwarded(part: MIMEPart) -> EmailMessage | None:
    inner = next(part.iter_parts(), None) if part.get_content_type() == "message/rfc822" else None
    return inner if isinstance(inner, EmailMessage) else None


def _name(part: MIMEPart, number: int) -> str:
    """Return the name that its sender gave a file, without folders; a forwarded message is called by its subject."""
    inner = _forwarded(part)
    said = part.get_filename() or (str(inner.get("Subject", "")).replace("/", "-") if inner is not None else "")
    name = PurePosixPath(" ".join(readable(said).rpartition("/")[2].split()).lstrip("."))
    if inner is not None and name.suffix.lower() != ".eml":
        return f"{name.name[:_LONGEST_NAME] or number}.eml"
    return (name.stem[:_LONGEST_NAME] or str(number)) + (name.suffix or guess_extension(part.get_content_type()) or "")


def _text(part: MIMEPart) -> str:
    """Return a part's text. What names no encoding, or an old one of the west, may be in UTF-8 or in that of Windows all the same."""
    payload = part.get_payload(decode=True)
    told = (part.get_content_charset() or "us-ascii").lower()
    if isinstance(payload, bytes) and told in _LOOSE and not payload.isascii():
        return _west(payload)
    try:
        return str(part.get_content())
    except LookupError:
        # An encoding that nobody knows.
        return decode(payload) if isinstance(payload, bytes) else ""


def _west(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _date(message: EmailMessage) -> dt.date | None:
    try:
        return parsedate_to_datetime(_said(message, "Date")).date()
    except (TypeError, ValueError):
        return None
