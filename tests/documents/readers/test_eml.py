"""Mails and what is attached to them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from email.message import EmailMessage

import pytest

from rag.documents.formats import Limits
from rag.documents.parsed import Parsed
from rag.documents.reading import document_of
from rag.errors import FixFile
from rag.records import Document
from tests.documents.mails import TEXT, attach, mail
from tests.documents.real import FILES, inside, parsed


def archive(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, data)
    return out.getvalue()


def texts(message: EmailMessage, limits: Limits = Limits()) -> dict[str, str]:  # noqa: B008
    found = inside("a.eml", message.as_bytes(), limits)
    return {name: one.text[one.head :].strip() if isinstance(one, Parsed) else str(one) for name, one in found.items()}


def document(message: EmailMessage) -> Document:
    parsed = inside("a.eml", message.as_bytes())[""]
    assert isinstance(parsed, Parsed)
    return document_of(parsed, identity="i", source="s", name="a.eml")


def test_files_of_every_format_are_documents_beside_the_message() -> None:
    message = mail()
    attach(message, (FILES / "chromium.pdf").read_bytes(), "Bericht 2024.pdf")
    attach(message, "Zwölf Kräne".encode("latin-1"), "notiz.txt", TEXT)
    attach(message, archive("ordner/hafen.md", b"# Hafen\n\nText."), "alles.zip")

    found = inside("a.eml", message.as_bytes())

    assert found["Bericht 2024.pdf"] == parsed("chromium.pdf")
    assert texts(message).keys() == {"", "Bericht 2024.pdf", "notiz.txt", "alles.zip/ordner/hafen.md"}
    assert texts(message)["notiz.txt"] == "Zwölf Kräne"


def test_pictures_are_passed_over_and_other_formats_are_named() -> None:
    message = mail()
    attach(message, b"\x89PNG", "logo.png", ("image", "png"))
    attach(message, b"BEGIN:VCALENDAR", "termin.ics")
    attach(message, b"%PDF-1.4 broken", "kaputt.pdf")
    attach(message, b"\x00" * 500, "binaer.txt")

    found = inside("a.eml", message.as_bytes())

    assert found.keys() == {"", "termin.ics", "kaputt.pdf", "binaer.txt"}
    refused = [found[name] for name in ("termin.ics", "kaputt.pdf", "binaer.txt")]
    assert all(isinstance(one, FixFile) for one in refused)
    assert [one.skipped for one in refused if isinstance(one, FixFile)] == [True, False, True]


def test_a_message_without_text_is_what_is_attached() -> None:
    alone = mail(text="")
    alone.make_mixed()
    attach(alone, b"Die Sonde landete.", "a.txt", TEXT)

    assert texts(alone) == {"a.txt": "Die Sonde landete."}
    assert texts(mail(text="")) == {"": ""}


def test_a_forwarded_message_is_a_mail_with_its_own_files() -> None:
    inner = mail("Das Innere.", subject="Angebot 3/4")
    attach(inner, b"Der Preis steht.", "preis.txt", TEXT)
    outer = mail("Siehe unten.")
    outer.add_attachment(inner)

    assert texts(outer) == {
        "": "Siehe unten.",
        "Angebot 3-4.eml": "Das Innere.",
        "Angebot 3-4.eml/preis.txt": "Der Preis steht.",
    }


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("../../etc/a.txt", "a.txt"),
        ("C:\\Temp\\a.txt", "a.txt"),
        ("..txt", "txt.txt"),
        ("u" * 400 + ".txt", "u" * 120 + ".txt"),
        (None, "1.txt"),
    ],
)
def test_a_name_leads_nowhere_and_is_never_missing(said: str | None, name: str) -> None:
    message = mail()
    attach(message, b"Text.", said, TEXT)

    (found,) = texts(message).keys() - {""}

    assert found == name


def test_two_files_of_one_name_are_two_documents() -> None:
    message = mail()
    for text in (b"Eins.", b"Zwei.", b"Drei."):
        attach(message, text, "a.txt", TEXT)

    assert texts(message) == {"": "Guten Tag.", "a.txt": "Eins.", "2-a.txt": "Zwei.", "3-a.txt": "Drei."}


def test_an_archive_in_a_mail_in_an_archive_stays_shut() -> None:
    message = mail()
    attach(message, archive("a.txt", b"Text."), "innen.zip")

    found = inside("aussen.zip", archive("brief.eml", message.as_bytes()))

    assert isinstance(found["brief.eml"], Parsed)
    assert "inside an archive" in str(found["brief.eml/innen.zip"])


def test_the_lines_of_the_head_are_text_and_tell_nothing_of_the_language() -> None:
    message = mail("Die Kräne kommen heute.", subject="The big one for you and me")
    message["To"], message["Cc"], message["Date"] = (
        "Tom Kern <tom@example.org>",
        "eva@example.org",
        "Wed, 05 Mar 2025 09:00:00 +0100",
    )

    found = document(message)

    head = (
        "From: anna@example.org\nTo: Tom Kern <tom@example.org>\nCc: eva@example.org\nDate: Wed, 05 Mar 2025 09:00:00 +0100\n"
        "Subject: The big one for you and me"
    )
    assert found.text == f"{head}\n\nDie Kräne kommen heute."
    assert (found.info.language, found.info.date) == ("de", dt.date(2025, 3, 5))


def test_what_a_mail_quotes_stands_under_who_wrote_it() -> None:
    line = "Am 03.03.2025 um 10:12 schrieb Petra:"
    plain = mail(f"Neu.\n\n{line}\n> Alt\n> und wahr.\n\nGruß\n")
    page = mail("")
    page.set_content(f"<p>Neu.</p><p>{line}</p><blockquote><p>Alt und wahr.</p></blockquote>", subtype="html")

    for message in (plain, page):
        found = document(message)
        assert ">" not in found.text.replace("<", ">").partition("Neu.")[2]
        (under,) = (place for place in found.places if place.name)
        assert (under.kind, under.name) == ("heading", f"> {line}")
        assert found.text[under.start :].startswith(line)
    assert document(plain).places[-1].name is None
