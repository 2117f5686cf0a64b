"""Mails: the message as its reader sees it, with subject, sender and date from its head, and the files attached to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime
from mimetypes import guess_extension
from pathlib import PurePosixPath

from rag.documents.decoding import decode
from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.inside import documents, readable, unreadable
from rag.errors import FixFile

_HEADS = ("From", "Date", "Subject", "Received", "Message-ID", "To")
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
    if own.text or not attached:
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
    """Return a message's text; the plain one where there are two."""
    builder = Builder(limits.characters)
    if body is not None and body.get_content_subtype() == "html":
        from rag.documents.readers import markup
        from rag.documents.readers.html import parse

        page = parse(_text(body))
        markup.build(page.find("body") if page.find("body") is not None else page, builder)
    elif body is not None:
        builder.lines(_text(body))
    name, address = parseaddr(str(message.get("From", "")))
    return builder.parsed(title=str(message.get("Subject", "")), author=name or address, date=_date(message))


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
