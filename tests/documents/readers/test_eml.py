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
from rag.place import places_of
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


HEAD = b"From: Anna Alt <a@example.org>\nTo: B <b@example.org>\nDate: Mon, 3 Mar 2025 09:12:00 +0100\nSubject: S\n"


def said(data: bytes) -> str:
    """Return a mail's own text, without its head."""
    found = inside("a.eml", data)[""]
    assert isinstance(found, Parsed)
    return found.text[found.head :].strip()


def parts(kind: str, *inner: bytes) -> bytes:
    body = b"".join(b"--B\n" + one + b"\n" for one in inner)
    return (
        HEAD
        + b"MIME-Version: 1.0\nContent-Type: multipart/"
        + kind.encode()
        + b'; boundary="B"\n\n'
        + body
        + b"--B--\n"
    )


def plain(text: str) -> bytes:
    return f"Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


def page(text: str) -> bytes:
    return f"Content-Type: text/html; charset=utf-8\n\n<p>{text}</p>\n".encode()


def test_text_on_both_sides_of_a_picture_is_read() -> None:
    picture = b'Content-Type: image/png\nContent-Disposition: inline; filename="a.png"\n\nPNG\n'

    assert said(parts("mixed", plain("Before."), picture, plain("After: 700 euros."))) == "Before.\n\nAfter: 700 euros."
    assert said(parts("mixed", plain("Before."), page("After."))) == "Before.\n\nAfter."


@pytest.mark.parametrize("text", [" ", "Use a viewer."])
def test_a_plain_text_that_says_nothing_gives_way_to_the_page(text: str) -> None:
    long = "All of it is in the page. " * 8

    assert said(parts("alternative", plain(text), page(long))) == long.strip()
    assert said(parts("alternative", plain("It costs 3 euros."), page("It costs 3 euros."))) == "It costs 3 euros."


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (b"", "Grüße aus Köln".encode("latin-1"), "Grüße aus Köln"),
        (b"Content-Type: text/plain; charset=us-ascii\n", "Grüße".encode(), "Grüße"),
        (b"Content-Type: text/plain; charset=iso-8859-1\n", "Grüße 5 € “ok”".encode("cp1252"), "Grüße 5 € “ok”"),
    ],
)
def test_what_names_the_wrong_encoding_is_read_all_the_same(head: bytes, body: bytes, expected: str) -> None:
    assert said(HEAD + head + b"\n" + body + b"\n") == expected


def test_odd_heads_lose_no_mail() -> None:
    assert said(b"\xef\xbb\xbf\n" + HEAD + b"\nText.\n") == "Text."
    assert said(HEAD.replace(b"B <b", b"=?utf-8?Q?x=0ASubject=3A_y?= <b") + b"\nText.\n") == "Text."
    found = inside("a.eml", HEAD.replace(b"Anna", "Jürgen".encode("latin-1")) + b"\nText.\n")[""]
    assert isinstance(found, Parsed)
    assert found.text.startswith("From: Jürgen Alt")


def test_parts_within_parts_end_somewhere() -> None:
    deep = plain("Deep.")
    for number in range(200):
        deep = (
            f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'.encode()
            + deep
            + f"--b{number}--\n".encode()
        )

    assert isinstance(inside("a.eml", HEAD + b"MIME-Version: 1.0\n" + deep)[""], Parsed)


def test_an_own_sentence_below_a_quoted_one_stands_under_nobody() -> None:
    found = inside("a.eml", HEAD + b"\nHi,\n\n> How long is it valid?\nIt is valid until May.\n")[""]
    assert isinstance(found, Parsed)

    assert [place.name for place in found.places] == [">", None]


def test_a_page_of_which_the_rest_would_be_lost_is_refused() -> None:
    deep = "<p>One.</p>" + "<blockquote>" * 300 + "<p>Deep.</p>" + "</blockquote>" * 300 + "<p>Last.</p>"

    with pytest.raises(FixFile, match="nested too deeply"):
        inside("a.html", f"<html><body>{deep}</body></html>".encode())
    with pytest.raises(FixFile, match="nested too deeply"):
        inside("a.eml", HEAD + b"Content-Type: text/html\n\n" + deep.encode() + b"\n")


def test_an_own_sentence_below_a_page_s_quotation_stands_under_nobody() -> None:
    page = (
        "<p>It took 47 minutes.</p><div>On Wed, Apr 9, 2025 at 3:00 PM Ivy Chan wrote:</div>"
        "<blockquote><p>How long did it take?</p><p>Thanks, <i>Ivy</i></p></blockquote><p>The disk was full.</p>"
    )
    found = inside("a.eml", HEAD + b"Content-Type: text/html\n\n" + page.encode() + b"\n")[""]
    assert isinstance(found, Parsed)

    def stands(words: str) -> list[str | None]:
        start = found.text.index(words)
        return [place.name for place in places_of(found.places, start, start + 3)]

    assert stands("How long") == stands("Thanks") == ["> On Wed, Apr 9, 2025 at 3:00 PM Ivy Chan wrote:"]
    assert stands("The disk") == stands("It took") == []


CALENDAR = """BEGIN:VCALENDAR\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
SUMMARY:Sitzung des Vorstands\\, Halle 3\r
DTSTART;TZID=Europe/Berlin:20250512T190000\r
DTEND;TZID=Europe/Berlin:20250512T210000\r
LOCATION:Rathaus\\, Zimmer 12\r
ORGANIZER;CN="Berg, Ann":mailto:ann@example.org\r
DESCRIPTION:Wir reden über den\r
  Umbau.\\nBitte die Pläne mitbringen.\r
BEGIN:VALARM\r
DESCRIPTION:Reminder\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""
SAID = (
    "Sitzung des Vorstands, Halle 3\nWhen: 2025-05-12, 19:00 – 21:00 (Europe/Berlin)\nWhere: Rathaus, Zimmer 12\nOrganizer: Berg, Ann"
    "\n\nWir reden über den Umbau.\nBitte die Pläne mitbringen."
)


def test_an_invitation_without_a_text_says_what_it_tells_the_calendar() -> None:
    alone = mail(text="")
    alone.set_content(CALENDAR, subtype="calendar")
    beside = mail(text="")
    beside.add_attachment(CALENDAR, subtype="calendar", filename="invite.ics")

    assert texts(alone) == texts(beside) == {"": SAID}
    assert texts(mail("Bis Montag.")) == {"": "Bis Montag."}


def test_an_invitation_with_a_text_is_that_text() -> None:
    both = mail("Bis Montag im Rathaus.")
    both.add_alternative(CALENDAR, subtype="calendar")

    assert texts(both) == {"": "Bis Montag im Rathaus."}
