"""A file becomes a document, with what it says of itself: title, language, date."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.parsed import Parsed
from rag.documents.reading import document_of, make_document, read_bytes, text_version
from rag.errors import FixFile
from rag.records import Document, DocumentInfo

BODY = "Der Minister sagte am Montag, die Frist sei nicht zu halten. Sie werde verschoben.\n"


def document(text: str, name: str = "a.md") -> Document:
    return make_document(text.encode(), identity="i", source="s", name=name)


def info(text: str, name: str = "a.md") -> DocumentInfo:
    return document(text, name).info


def title(text: str, name: str = "a.txt") -> str | None:
    return info(text, name).title


def front(yaml: str) -> DocumentInfo:
    return info(f"---\n{yaml}\n---\n\n# Überschrift im Text\n\n{BODY}")


def test_a_document_keeps_the_whole_text_and_its_hash() -> None:
    made = document(f"---\ntitle: T\n---\r\n{BODY}")
    assert made.text == f"---\ntitle: T\n---\n{BODY}"
    assert made.info.length == len(made.text)
    assert made.info.version == text_version(made.text) == hashlib.sha256(made.text.encode()).hexdigest()
    assert (made.info.id, made.info.source, made.info.name) == ("i", "s", "a.md")


def test_front_matter_states_title_language_and_date() -> None:
    made = front("title: 'Die  Frist'\nlang: en-GB\ndate: 2022-11-30T10:00:00Z\ntags: [a, b]")
    assert (made.title, made.language, made.date) == ("Die Frist", "en", dt.date(2022, 11, 30))


def test_half_a_character_in_a_title_is_replaced() -> None:
    assert front('title: "Die \\ud800 Frist"').title == "Die ? Frist"


@pytest.mark.parametrize("written", ["2022-11-30", "30.11.2022", "'30. November 2022'", "November 30, 2022"])
def test_a_date_in_front_matter_in_any_way_of_writing(written: str) -> None:
    assert front(f"published: {written}").date == dt.date(2022, 11, 30)


@pytest.mark.parametrize(
    ("written", "language"), [("no", "no"), ("DE", "de"), ("deu", "de"), ("en_US", "en"), ("Deutsch", "de")]
)
def test_a_language_in_front_matter(written: str, language: str) -> None:
    assert front(f"language: {written}").language == language


@pytest.mark.parametrize("written", ["2022", "yes", "1:30", "0x1F"])
def test_a_title_stays_what_was_written(written: str) -> None:
    assert front(f"title: {written}").title == written


@pytest.mark.parametrize(
    "yaml",
    [
        "title: [unclosed",
        "title: 'unclosed",
        "title: {a: b}",
        "title: [a, b]",
        "title:\n  - a",
        "date: !!timestamp foo\nlang: !!bool 1",
        "x: !!int ''",
        "x: !!python/object/apply:os.system [true]",
        "? [a]\n: b",
        "a: &a [*a]",
        "a: *unknown",
        "title: " + "[" * 5_000,
        "title: " + "{a: " * 4_000,
        "date: 2021-13-45",
        "language: 12",
        "\ttitle: x",
        "title: \x07",
    ],
)
def test_broken_or_odd_front_matter_states_nothing(yaml: str) -> None:
    made = front(f"k: v\n{yaml}")
    assert (made.title, made.language, made.date) == ("Überschrift im Text", "de", None)


@pytest.mark.parametrize("merge", ["[{}]", "{{<<: [{}]}}"])
def test_a_bomb_of_aliases_does_not_go_off(merge: str) -> None:
    levels = ["a0: &a0 {x: xxxxxxxxx}"]
    levels += [f"a{n}: &a{n} " + merge.format(",".join([f"*a{n - 1}"] * 10)) for n in range(1, 40)]
    started = time.monotonic()
    made = front("\n".join([*levels, "title: *a39", "date: *a39"]))
    assert time.monotonic() - started < 5
    assert (made.title, made.date) == ("Überschrift im Text", None)


def test_front_matter_without_an_end_is_text() -> None:
    assert info(f"---\ntitle: T\n\n# Titel\n\n{BODY}").title == "Titel"
    assert info("---\ntitle: T\n" + "x: y\n" * 100_000 + f"---\n{BODY}").title is None


def test_two_rules_around_text_are_no_front_matter() -> None:
    made = info(f"---\nEin kurzer Vorspann\n\n## Erster Teil\n\n{BODY}\n---\n\n# Zweiter Teil\n")
    assert made.title == "Erster Teil"


def test_front_matter_is_for_markdown_only() -> None:
    assert info(f"---\nlang: en\n---\n{BODY}", "a.txt").language == "de"


def test_what_stands_under_a_heading_of_markdown_is_told() -> None:
    text = "---\ntitle: x\n# no heading\n---\nBefore.\n# One ##\nText.\n```\n# code\n```\n### C#\n#\nEnd. #no\n"
    places = document(text, "notes.md").places

    assert [(text[p.start :].split("\n")[0], p.kind, p.name) for p in places] == [
        ("# One ##", "heading", "One"), ("### C#", "heading", "C#"), ("#", "heading", None),
    ]  # fmt: skip
    assert document(text, "notes.txt").places == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Die Frist #\n\nText.", "Die Frist"),
        ("Vorspann.\n\n## Die Frist\n", "Die Frist"),
        ("### Zu tief\n\nText.", "Zu tief"),
        ("**Die Frist**\n\nText.", "Die Frist"),
        ("```sh\n# install it\n```\n\n# Die Frist\n", "Die Frist"),
        ("#\n\n# Die Frist", "Die Frist"),
        ("# " + "lang " * 100 + "\n\n# Die Frist", "Die Frist"),
    ],
)
def test_the_title_of_markdown_is_its_first_heading(text: str, expected: str | None) -> None:
    assert title(text, "a.md") == expected


@pytest.mark.parametrize(
    "headline",
    [
        "NATO: Russland darf nicht gewinnen",
        "Was will Putin wirklich?",
        "Der Stand der NATO-Hilfe 2022",
        "Rede vom 3. Oktober 2021 in Berlin",
        "U.S. Pushes for Shift in Burden",
    ],
)
def test_a_first_line_that_is_no_sentence_is_the_title(headline: str) -> None:
    assert title(f"{headline}\n\n{BODY}") == headline
    assert title(f"{headline}\n{BODY}") == headline


@pytest.mark.parametrize("label", ["Betreff:", "Betreff :", "Subject:", "Betrifft:", "Betr.:"])
def test_a_letter_is_called_what_it_says_that_it_is_about(label: str) -> None:
    letter = f"Ostsee Versicherung AG\nAm Kai 3, 18055 Rostock\n\n{label} Ihr Schaden vom Mai\n\n{BODY}"

    assert title(letter) == title(letter, "a.md") == "Ihr Schaden vom Mai"
    assert title(f"Bericht zur Lage\n\nDer Subject: steht im Satz.\n\n{BODY}") == "Bericht zur Lage"


@pytest.mark.parametrize("stamp", ["Stand: 22.10.2021 17:40 Uhr", "Stand 22.10.2021", "Updated: November 30, 2022"])
def test_a_time_stamp_is_no_part_of_the_title(stamp: str) -> None:
    assert title(f'Treffen "Mehr Fähigkeiten" {stamp}\n\n{BODY}') == 'Treffen "Mehr Fähigkeiten"'


@pytest.mark.parametrize(
    "debris",
    [
        "1. Zum Inhalt springen\n  2. Zur Hauptnavigation springen",
        "Zum Inhalt springen",
        "Direkt zur Navigation",
        "Skip to main content",
        "Startseite > Politik > Ausland",
        "Home | News | Sport",
        "Wir verwenden Cookies auf dieser Seite",
        "PolitikEuropa",
        "* Politik Inland\n* Politik Ausland",
        "30. November 2022",
        "Stand: 30.11.2022",
        "Newsletter abonnieren",
    ],
)
def test_navigation_is_no_title(debris: str) -> None:
    assert title(f"{debris}\n\nRussland darf nicht gewinnen\n\n{BODY}") == "Russland darf nicht gewinnen"


@pytest.mark.parametrize(
    "text", [BODY, f"{BODY}\nZwischentitel im Text\n\n{BODY}", "wort " * 100, "Wort", "- Ein Punkt\n- Noch einer"]
)
def test_a_text_without_headline_has_no_title(text: str) -> None:
    assert title(text) is None


@pytest.mark.parametrize(
    "text", ["# a" + " " * 20_000 + "b\n", "# " + "# " * 10_000, "Stand " * 10_000, "> " * 10_000 + "\n"]
)
def test_a_hostile_first_line_takes_no_time(text: str) -> None:
    started = time.process_time()
    info(text + BODY)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf"])
def test_a_file_without_text_is_refused(data: bytes) -> None:
    with pytest.raises(FixFile, match="no text"):
        make_document(data, identity="i", source="s", name="a.txt")


@given(st.text(), st.sampled_from(["a.md", "a.txt"]))
def test_any_text_becomes_a_document_or_is_refused(text: str, name: str) -> None:
    try:
        made = document(text, name)
    except FixFile:
        return
    assert made.info.version == text_version(made.text)
    assert made.info.title is None or made.info.title.strip()


def test_reading_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(BODY)
    made = make_document(read_bytes(path, len(BODY.encode())), identity="i", source="s", name="a.txt")
    assert made.text == BODY


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 1001)
    with pytest.raises(FixFile, match="larger than") as refused:
        make_document(read_bytes(path, 1000), identity="i", source="s", name="a.txt")
    assert not refused.value.transient


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir])
def test_a_file_that_cannot_be_reached_may_come_back(tmp_path: Path, make: object) -> None:
    path = tmp_path / "a.txt"
    make(path)  # type: ignore[operator]
    with pytest.raises(FixFile) as refused:
        make_document(read_bytes(path, 1000), identity="i", source="s", name="a.txt")
    assert refused.value.transient


def test_a_date_is_of_the_text_then_of_the_title_then_of_the_files_name_then_of_its_making() -> None:
    made = Parsed("# Protokoll der Sitzung vom 12. März 2025\n\n" + BODY, created=dt.date(2019, 1, 2))

    def dated(text: str, name: str) -> dt.date | None:
        return document_of(replace(made, text=text), identity="i", source="s", name=name).info.date

    assert dated(f"# Protokoll vom 12. März 2025\n\nStand: 14.3.2025\n\n{BODY}", "a-2025-03-13.md") == dt.date(
        2025, 3, 14
    )
    assert dated(made.text, "a-2025-03-13.md") == dt.date(2025, 3, 12)
    assert dated(BODY, "a-2025-03-13.md") == dt.date(2025, 3, 13)
    assert dated(BODY, "a.md") == dt.date(2019, 1, 2)


def test_a_name_may_end_with_an_abbreviation() -> None:
    assert (
        title("Satzung des Vereins Hafenfreunde e. V.\n\nFassung vom 1. Juli 2024\n")
        == "Satzung des Vereins Hafenfreunde e. V."
    )


def test_the_day_of_signing_is_the_date_of_what_says_no_other() -> None:
    signed = f"{BODY * 30}\nLeipzig, den 19. Juli 2024\n"
    assert info(f"# Mietvertrag\n\n{signed}").date == dt.date(2024, 7, 19)
    assert info(f"# Protokoll der Sitzung vom 12. Juli 2024\n\n{signed}").date == dt.date(2024, 7, 12)
    assert info(signed, "vertrag-2024-07-18.md").date == dt.date(2024, 7, 18)
    made = Parsed(signed, created=dt.date(2026, 12, 1))
    assert document_of(made, identity="i", source="s", name="a.docx").info.date == dt.date(2024, 7, 19)
