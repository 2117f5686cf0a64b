"""Mails: the message as its reader sees it, the lines of its head first, and the files attached to it.

What it quotes of earlier mails stands under who wrote that when, without the marks of quoting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
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
from rag.documents.readers.inside import documents, readable, unreadable
from rag.errors import FixFile
from rag.place import Place
from rag.text.threads import parts

_HEADS = ("From", "Date", "Subject", "Received", "Message-ID", "To")
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_LONGEST_NAME = 120
# Pictures and signatures are part of how a message looks or is checked; to name each as skipped would be noise.
_BESIDE = ("image/", "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")


def read_many(data: bytes, limits: Limits) -> Iterator[tuple[str, Parsed | FixFile]]:
    """Yield the message, under no name, and the files attached to it; one without text of its own is these alone."""
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    if not any(head in message for head in _HEADS):
        raise FixFile("not a mail, though its name says so")
    yield from _mail(message, limits)


def _mail(message: EmailMessage, limits: Limits) -> Iterator[tuple[str, Parsed | FixFile]]:
    body = message.get_body(("plain", "html"))
    attached = [part for part in _attached(message, body) if not part.get_content_type().startswith(_BESIDE)]
    own = _message(message, body, limits)
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


def _message(message: EmailMessage, body: MIMEPart | None, limits: Limits) -> Parsed:
    """Return a message's head and text; the plain one where there are two."""
    builder = Builder(limits.characters)
    builder.lines("\n".join(f"{head}: {said}" for head in _SHOWN if (said := one_line(str(message.get(head, ""))))))
    head = builder.length
    page = body is not None and body.get_content_subtype() == "html"
    if body is not None and page:
        from rag.documents.readers import markup
        from rag.documents.readers.html import parse

        root = parse(_text(body))
        markup.build(root.find("body") if root.find("body") is not None else root, builder)
    elif body is not None:
        _write(clean_text(_text(body)), builder)
    name, address = parseaddr(str(message.get("From", "")))
    subject = str(message.get("Subject", ""))
    made = builder.parsed(title=subject, author=name or address, date=_date(message))
    # A page marks nothing that it quotes: there it is the line alone that tells.
    quoted = (part for part in parts(made.text[head:]) if page and part.under)
    more = [Place(head + part.start, "heading", None, part.under[:NAME_MAX]) for part in quoted]
    places = {place.start: place for place in sorted((*made.places, *more), key=attrgetter("start"))}
    return replace(made, places=tuple(places.values()), head=head)


def _write(text: str, builder: Builder) -> None:
    """Add a message's own text, and what it quotes under who wrote that."""
    under = ""
    for part in parts(text):
        if part.under != under:
            builder.under(part.under or None)
            under = part.under
        builder.lines(part.lead)
        builder.lines(part.text)


def _attached(message: EmailMessage, body: MIMEPart | None) -> Iterator[MIMEPart]:
    """Yield what a message carries besides its text; what a forwarded message carries is that message's own."""
    pending: list[MIMEPart] = [message]
    while pending:
        part = pending.pop()
        if part.get_content_maintype() == "multipart":
            pending += reversed(list(part.iter_parts()))
        elif part is not body and (part.is_attachment() or part.get_filename() or _forwarded(part) is not None):
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
    try:
        return str(part.get_content())
    except LookupError:
        # An encoding that nobody knows.
        payload = part.get_payload(decode=True)
        return decode(payload) if isinstance(payload, bytes) else ""


def _date(message: EmailMessage) -> dt.date | None:
    try:
        return parsedate_to_datetime(str(message.get("Date", ""))).date()
    except (TypeError, ValueError):
        return None
