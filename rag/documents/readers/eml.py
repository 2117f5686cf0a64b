"""Mails: the message as its reader sees it; subject, sender and date from its head. Attachments are left out."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime

from rag.documents.decoding import decode
from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.errors import FixFile

_HEADS = ("From", "Date", "Subject", "Received", "Message-ID", "To")


def read(data: bytes, limits: Limits) -> Parsed:
    """Return a message's text; the plain one where there are two."""
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    if not any(head in message for head in _HEADS):
        raise FixFile("not a mail, though its name says so")
    body = message.get_body(("plain", "html"))
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
