"""Mails to test with, as Python's library writes them."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

TEXT = ("text", "plain")
BINARY = ("application", "octet-stream")


def mail(text: str = "Guten Tag.", subject: str = "Kräne") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["From"] = subject, "anna@example.org"
    if text:
        message.set_content(text)
    return message


def attach(message: EmailMessage, data: bytes, name: str | None, kind: tuple[str, str] = BINARY) -> None:
    message.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
