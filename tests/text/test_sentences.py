"""Paragraphs and sentences are spans: in order, apart, and nothing but white space between them."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.records import Span
from rag.text.sentences import paragraph_spans, sentence_spans, strip

PIECES = st.sampled_from(
    [
        *("Vitamin B", "z. B.", "Dr. Ä.", "U.S.", "3. Oktober", "Mio.", "www.a.de/b?c", "„Ja.“", "»Nein!«"),
        *(
            "- ",
            "1. ",
            "| ",
            "# ",
            "---",
            "```",
            "\n",
            "\n\n",
            "\u00a0",
            "\u202f",
            "\u3000",
            "\u2028",
            "\x85",
            "\x0b",
            "\x1c",
        ),
        *(".", "?!", "…", "。", "\u0301", "\u200d", "👩\u200d🚀", "\u00ad", "x" * 130, "\ud800"),
    ]
)
TEXTS = st.text() | st.lists(PIECES, max_size=25).map("".join)
LANGUAGES = st.sampled_from(["de", "en", "fr", "uk", "zh", "xx", None])


def check_cover(text: str, spans: Iterable[Span], within: Span) -> None:
    at = within.start
    for span in spans:
        assert at <= span.start < span.end <= within.end
        assert not text[at : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        at = span.end
    assert not text[at : within.end].strip()


def paragraphs(text: str) -> list[str]:
    return [span.of(text) for span in paragraph_spans(text)]


def sentences(text: str, language: str = "de") -> list[str]:
    return [span.of(text) for span in sentence_spans(text, Span(0, len(text)), language)]


def test_code_is_one_paragraph_up_to_a_blank_line_and_apart_from_what_stands_about_it() -> None:
    assert paragraphs("Do this:\n```sh\nrun it\n- no item\n| no row\n\nagain\n```\nThen rest.") == [
        "Do this:", "```sh\nrun it\n- no item\n| no row", "again\n```", "Then rest.",
    ]  # fmt: skip


def test_the_items_of_a_programme_and_a_numbered_heading_stand_alone() -> None:
    assert paragraphs("18:00 Uhr Eröffnung\n18:30 Uhr Konzert\n7 p.m. Führung") == [
        "18:00 Uhr Eröffnung", "18:30 Uhr Konzert", "7 p.m. Führung",
    ]  # fmt: skip
    assert paragraphs("§ 6 Fälligkeit\nDie Steuer wird am 15. Februar fällig.")[0] == "§ 6 Fälligkeit"
    wrapped = (
        "Für Hunde gilt, wie es auch für Katzen in\n§ 6 Absatz zwei dieser Satzung steht und in\n18 Uhr Folgendes."
    )
    assert paragraphs(wrapped) == [wrapped]


def test_what_follows_a_row_of_a_table_is_no_part_of_it() -> None:
    assert paragraphs("| a | b |\n| 1 | 2 |\nThe end.") == ["| a | b |", "| 1 | 2 |", "The end."]


@given(TEXTS)
def test_paragraphs_cover_the_text(text: str) -> None:
    check_cover(text, paragraph_spans(text), Span(0, len(text)))


@given(TEXTS, LANGUAGES)
@example("Vitamin B\u00a0.", "de")
@example("\u0301", "de")
@example("A. \u3000.", None)
def test_sentences_cover_their_paragraph(text: str, language: str | None) -> None:
    for paragraph in paragraph_spans(text):
        check_cover(text, sentence_spans(text, paragraph, language), paragraph)


@pytest.mark.parametrize("piece", ["wort ", "x", "Ein Satz. ", "A. ", "(", "\u0301"])
def test_a_giant_line_is_cut_without_loss(piece: str) -> None:
    text = piece * 30_000
    spans = sentence_spans(text, Span(0, len(text)), "de")
    check_cover(text, spans, Span(0, len(text)))
    assert max(span.end - span.start for span in spans) <= 10_000


def test_a_sentence_across_a_window_stays_whole() -> None:
    sentence = "Das Treffen endete am 3. Oktober in Brüssel."
    text = " ".join([sentence] * 1_000)
    assert set(sentences(text)) == {sentence}


def test_time_does_not_grow_with_the_square() -> None:
    started = time.monotonic()
    sentences("„" * 200_000)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "sentence",
    [
        "Am 3. Oktober feiert Deutschland.",
        "Das kostet z. B. 2,4 Mio. Euro im Jahr.",
        "Laut Dr. Ä. Müller gilt § 5 Abs. 2 nicht.",
        "Um 17.40 Uhr begann es.",
    ],
)
def test_german_abbreviations_and_ordinals_end_nothing(sentence: str) -> None:
    assert sentences(f"{sentence} Danach war Schluss.") == [sentence, "Danach war Schluss."]


def test_an_english_abbreviation_ends_nothing() -> None:
    assert len(sentences("The U.S. government paid. Europe did not.", "en")) == 2


def test_may_is_no_abbreviation() -> None:
    text = "Pay by 23 May. Pay in cash. It closes in May. Orders of 3 May 2024 and of May are free."
    assert [span.of(text) for span in sentence_spans(text, Span(0, len(text)), "en")] == [
        "Pay by 23 May.",
        "Pay in cash.",
        "It closes in May.",
        "Orders of 3 May 2024 and of May are free.",
    ]


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000", "\n", "\x0b", "\x1c"])
def test_every_kind_of_space_may_stand_between_sentences(space: str) -> None:
    assert sentences(f"Er kam.{space}Sie ging.") == ["Er kam.", "Sie ging."]


def test_a_wrapped_paragraph_is_one() -> None:
    text = "Die Frist erscheint einigen europäischen\nOffiziellen als unrealistisch.\n\nNeuer Absatz."
    assert paragraphs(text) == [text.split("\n\n")[0], "Neuer Absatz."]


def test_a_date_at_the_start_of_a_wrapped_line_is_no_list_item() -> None:
    text = "Das Treffen der Außenminister in Bukarest endete am\n30. November mit einer Erklärung."
    assert paragraphs(text) == [text]


def test_a_dash_at_the_start_of_a_wrapped_line_is_no_list_item() -> None:
    text = "Europa soll den Großteil der Fähigkeiten\n– von Aufklärung bis zu Raketen – übernehmen."
    assert paragraphs(text) == [text]


@pytest.mark.parametrize(
    "lines",
    [
        ["Einkauf", "- Milch", "- Eier"],
        ["Das ist zu tun:", "1. Aufklärung", "2) Raketen"],
        ["- Lieferung der neuen Systeme bis Ende 2027", "- Ausbildung der Mannschaften"],
        ["1. Lieferung der neuen Systeme bis Ende 2027", "2. Ausbildung der Mannschaften"],
        ["# Titel", "Text darunter."],
        ["Text darüber", "## Titel"],
        ["| a | b |", "| c | d |"],
        ["Kurz.", "x " * 100 + "y", "Wieder kurz."],
    ],
)
def test_lines_that_are_paragraphs_of_their_own(lines: list[str]) -> None:
    assert paragraphs("\n".join(lines)) == lines


def test_a_heading_underlined_keeps_its_line() -> None:
    assert paragraphs("Titel\n=====\nText.") == ["Titel\n=====", "Text."]


def test_where_lines_are_not_wrapped_each_is_a_paragraph() -> None:
    long = "Ein langer Absatz, den kein Editor umbrochen hat. " * 5
    lines = [long.strip(), "Bernd Riegert Bukarest", "30. November 2022", long.strip()]
    assert paragraphs("\n".join(lines)) == lines


def test_wrapped_lines_among_those_that_are_not_are_one_paragraph() -> None:
    long = "Der Vorstand hat gestern über das Angebot gesprochen. " * 4
    wrapped = (
        "gern bieten wir Ihnen an: 800 Exemplare, 48 Seiten plus Umschlag,\nRückendrahtheftung, zum Preis von 1.870 Euro."
        " Bei 650 Stück wären\nes 1.640 Euro. Im Jahr darauf kosten sie mit der Bindung nur noch\n1.500 Euro."
    )
    listed = "Notizen zum Angebot der Druckerei von gestern\n- eins mehr als im letzten Jahr und dann\n- zwei"
    text = f"{long}\n{long}\n\n{wrapped}\n\n{listed}\nViele Grüße\nBritta"

    found = [span.of(text) for span in paragraph_spans(text)]
    assert found[2] == wrapped
    assert found[3:] == [*listed.split("\n"), "Viele Grüße", "Britta"]


def test_one_long_address_does_not_part_a_wrapped_text() -> None:
    wrapped = "Die Frist erscheint einigen europäischen\nOffiziellen als unrealistisch."
    text = f"{wrapped}\n\nhttps://example.org/{'a' * 150}\n\n{wrapped}"
    assert paragraphs(text)[0] == wrapped
    assert paragraphs(text)[-1] == wrapped


def test_one_long_line_does_not_part_the_other_paragraphs() -> None:
    wrapped = "Die Frist erscheint einigen europäischen\nOffiziellen als unrealistisch."
    text = "\n\n".join([wrapped, "lang " * 40, *[wrapped] * 8])
    assert paragraphs(text).count(wrapped) == 9


@pytest.mark.parametrize(("text", "span"), [("", None), (" \n\u00a0", None), (" a b\n", Span(1, 4)), ("a", Span(0, 1))])
def test_strip_keeps_offsets(text: str, span: Span | None) -> None:
    assert strip(text, 0, len(text)) == span


@pytest.mark.parametrize("row", ["| Woche | 1. Stock | 2. Stock |", "| Er kam. Sie ging. | x |", "|a. B. C.|"])
def test_a_row_between_bars_is_one_sentence(row: str) -> None:
    assert sentences(row) == [row]


def test_a_bar_before_a_line_makes_no_row_of_it() -> None:
    assert sentences("| Er kam. Sie ging.") == ["| Er kam.", "Sie ging."]


@pytest.mark.parametrize("end", ["---\n", "...\n", ""])
def test_each_line_of_what_stands_before_a_text_is_a_paragraph(end: str) -> None:
    matter = "title: Garden\nauthor: Kim Berg\nabout: >\n  Two lines\n  of text"

    assert paragraphs(f"---\n{matter}\n{end}\nDogs stay\non a lead.") == [
        *("---", "title: Garden", "author: Kim Berg", "about: >\n  Two lines\n  of text"), *filter(None, [end.strip()]), "Dogs stay\non a lead.",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["---\nEin Satz: so\nund weiter.\n---\n", "title: Garden\nauthor: Kim"])
def test_lines_between_rules_are_text_where_they_are_no_keys(text: str) -> None:
    assert any("\n" in paragraph for paragraph in paragraphs(text))
