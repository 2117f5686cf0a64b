"""An answer as text: 80 columns, no escape codes in a pipe, and no document steers the terminal."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.messages import ENGLISH, GERMAN, Messages, messages
from rag.place import Place
from rag.records import Answer, Candidate, Citation, Dropped, Filters, Judgement, Passage, Span, Statement
from rag.render import Style, render_answer, render_statement, safe, safe_lines

QUOTE = "Acht Staaten kamen am 3. Oktober 2021 nach Brüssel."
HOSTILE = "\x1b[31mrot\x1b]0;Titel\x07 \u202eba\u2066 a\nb\rc\td \u2028e \x9b2J \ufeff\u200b \ue000f\ue001 *g* \x7f\b"
PLAIN = Style()
COLOUR = Style(colour=True)
CODES = re.compile(r"\x1b\[[0-9;]*m")


def cited(quote: str = QUOTE, *marks: Span, start: int = 0, name: str = "a.txt", title: str | None = None) -> Citation:
    """Return a citation; marks are given within the quote."""
    inside = tuple(Span(start + mark.start, start + mark.end) for mark in marks)
    return Citation("d", "v", name, "s", start, start + len(quote), quote, title, "de", dt.date(2021, 10, 3), inside)


def answered(*citations: Citation, language: str = "de", **given: object) -> Answer:
    citations = citations or (cited(),)
    made = Answer(
        status="answered",
        question="Wer kam?",
        language=language,
        statements=tuple(Statement(" ".join(c.quote.split()), (n,), 1.0, "de") for n, c in enumerate(citations)),
        citations=citations,
        origins=(tuple(dict.fromkeys(c.document for c in citations)),),
        nearest=(),
        judgement=Judgement(0.8, 0.5, {"sentence": 0.5}),
        dropped=(),
        candidates=(),
        filters=Filters(),
        documents=1,
        undated_left_out=0,
        reader="extractive/1",
        embedder="e",
        model=None,
        prompt=None,
        corpus="c",
        asked=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        timings={"embed": 1.2},
    )
    return replace(made, **given)


def refused(*nearest: Passage, language: str = "de", **given: object) -> Answer:
    return answered(
        language=language, status="not_in_documents", statements=(), citations=(), origins=(), nearest=nearest, **given
    )


def passage(quote: str = QUOTE, name: str = "a.txt") -> Passage:
    return Passage("d", "v", name, "Ein Titel", "en", None, 5, 5 + len(quote), quote, 0.1)


def hostile() -> list[Answer]:
    """Return answers in which everything that a document or its name decides is hostile."""
    citation = cited(HOSTILE, Span(3, 20), name=HOSTILE, title=HOSTILE)
    dropped = (Dropped(HOSTILE, f"no such span in {HOSTILE}"),)
    candidates = (Candidate(HOSTILE, 0, 9, 0.5, 0.1, 0.2, ("vector", "words")),)
    return [
        answered(citation, cited(), origins=((HOSTILE, "b.txt"),), dropped=dropped, candidates=candidates),
        refused(passage(HOSTILE, HOSTILE), dropped=dropped, candidates=candidates),
    ]


def test_an_answer_in_german() -> None:
    assert render_answer(answered(cited(QUOTE, Span(22, 37))), PLAIN).split("\n") == [
        "Acht Staaten kamen am 3. Oktober 2021 nach Brüssel. [1]",
        "",
        "Belege",
        "[1] a.txt · 2021-10-03 · Deutsch · Zeichen 0–51",
        "    „Acht Staaten kamen am *3. Oktober 2021* nach Brüssel.“",
        "",
        "1 unabhängige Quelle, 1 Dokument",
        "*…* markiert die antwortenden Wörter.",
        "1,20 s",
    ]


def test_a_refusal_in_english() -> None:
    assert render_answer(refused(passage(), language="en"), PLAIN).split("\n") == [
        "The documents do not say.",
        "",
        "What comes nearest (not an answer):",
        "  - a.txt · undated · English · characters 5–56",
        "    Ein Titel",
        "    “Acht Staaten kamen am 3. Oktober 2021 nach Brüssel.”",
        "",
        "1.20 s",
    ]


@pytest.mark.parametrize(
    ("language", "words"), [("de", GERMAN), ("en", ENGLISH), ("fr", ENGLISH), ("und", ENGLISH), (None, ENGLISH)]
)
def test_the_words_around_an_answer_follow_the_question(language: str | None, words: object) -> None:
    assert messages(language) is words


@pytest.mark.parametrize(("language", "words"), [("de", GERMAN), ("en", ENGLISH), ("fr", ENGLISH), (None, ENGLISH)])
def test_around_a_word_of_no_known_language_they_follow_the_first_document(
    language: str | None, words: Messages
) -> None:
    first, other = replace(cited(), language=language), cited(name="b.txt")
    told = answered(first, other, language="und")
    near = refused(replace(passage(), language=language), passage(), language="und")

    assert words.evidence in render_answer(told, PLAIN).split("\n")
    assert render_answer(near, PLAIN).startswith(words.not_found)
    assert render_answer(refused(language="und"), PLAIN).startswith(ENGLISH.not_found)
    assert render_answer(answered(first, language="de"), PLAIN).split("\n")[2] == GERMAN.evidence


@pytest.mark.parametrize(("language", "said"), [("fr", True), ("und", False), ("de", False), ("en", False)])
def test_a_question_in_a_third_language_is_told_about(language: str, said: bool) -> None:
    text = " ".join(render_answer(answered(language=language), PLAIN).split())

    assert ("neither German nor English" in text) is said


def test_both_languages_have_the_same_places_to_fill() -> None:
    def places(words: object) -> dict[str, object]:
        values = {name: getattr(words, name) for name in words.__slots__}
        dicts = {name: values.pop(name) for name in [*values] if isinstance(values[name], dict)}
        values |= {f"{name} {key}": text for name, texts in dicts.items() for key, text in texts.items()}
        return {
            name: [text.count("{}") for text in (value if isinstance(value, tuple) else (value,))]
            for name, value in values.items()
        }

    assert places(GERMAN) == places(ENGLISH)


def test_what_was_dropped_or_left_out_is_counted_in_one_or_many() -> None:
    dropped = (Dropped("x", "y"),)
    one = render_answer(answered(undated_left_out=1, unknown_language_left_out=1, dropped=dropped), PLAIN)
    many = render_answer(answered(undated_left_out=2, unknown_language_left_out=4, dropped=dropped * 3), PLAIN)

    assert "1 Dokument ohne Datum blieb " in one
    assert "1 Dokument unbekannter Sprache blieb " in one
    assert "1 Satz wurde " in one
    assert "2 Dokumente ohne Datum blieben " in many
    assert "4 Dokumente unbekannter Sprache blieben " in many
    assert "3 Sätze wurden " in many


def test_tellings_of_one_story_are_named_as_one_source() -> None:
    text = render_answer(answered(cited(), cited(name="b.txt"), origins=(("a.txt", "b.txt"), ())), PLAIN)

    assert "1 unabhängige Quelle, 2 Dokumente\nDieselbe Geschichte: a.txt, b.txt\n" in text


def test_an_explanation_shows_candidates_and_what_was_not_said() -> None:
    candidate = Candidate("a.txt", 0, 51, 0.5, -0.25, 0.125, ("vector", "words"))
    answer = answered(dropped=(Dropped("Neun kamen.", "not in the cited spans: 9"),), candidates=(candidate,))
    text = render_answer(answer, PLAIN, explain=True)

    assert "0.800 (Schwelle 0.500)\n  sentence 0.500\n" in text
    assert "Nicht gesagt: Neun kamen. (not in the cited spans: 9)" in text
    assert "  1. 0.500  cos -0.250  bm25 0.125  a.txt 0–51  (vector+words)" in text
    assert text not in render_answer(answer, PLAIN)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- 10:55 Petr restarts **both** nodes.", "10:55 Petr restarts both nodes. [1]"),
        ("> > Rosalind, we have sold it.", "Rosalind, we have sold it. [1]"),
        ("* 1899 in Ulm", "* 1899 in Ulm [1]"),
        ("Call f(**kwargs, **more) or __init__.", "Call f(**kwargs, **more) or __init__. [1]"),
        ("-", "- [1]"),
    ],
)
def test_marks_of_markdown_are_left_to_the_quote(text: str, shown: str) -> None:
    assert render_statement(Statement(text, (0,), 1.0, "en"), Style()).rstrip() == shown


def row_of_a_table(quote: str, cell: str) -> Answer:
    """Return an answer that says a row of a table, with one of its cells marked."""
    at = quote.index(cell)
    places = (Place(0, "row", 2, "Room · Summer · Winter"),)
    citation = replace(cited(quote, Span(at, at + len(cell))), places=places)
    return replace(answered(citation, language="en"), statements=(Statement(" ".join(quote.split()), (0,), 1.0, "en"),))


def test_a_row_of_a_table_is_said_with_its_columns_and_the_answering_cell_is_marked() -> None:
    lines = render_answer(row_of_a_table("| Single | 74 € | 58 € |", "58 €"), PLAIN).split("\n")

    assert lines[0] == "Room: Single; Summer: 74 €; Winter: *58 €* [1]"
    assert "    “| Single | 74 € | *58 €* |”" in lines
    starred = render_answer(row_of_a_table("| **Single** | 74 € | 58 € |", "58 €"), PLAIN).split("\n")
    assert starred[0] == "Room: Single; Summer: 74 €; Winter: _58 €_ [1]"
    assert render_answer(row_of_a_table("| Single | 74 € | 58 € |", "58 €"), COLOUR).startswith(
        "Room: Single; Summer: 74 €; Winter: \x1b[1;4m58 €\x1b[0m [1]"
    )


def test_where_a_row_stands_fits_into_the_width() -> None:
    answer = row_of_a_table("| Single | 74 € | 58 € |", "58 €")
    named = replace(answer.citations[0].places[0], name="January · February · March · April · May · June · July")
    answer = replace(answer, citations=(replace(answer.citations[0], places=(named,)),))

    assert max(map(len, render_answer(answer, PLAIN).split("\n"))) <= PLAIN.width


@pytest.mark.parametrize("answer", [*hostile(), answered(), refused(passage())])
@pytest.mark.parametrize("explain", [True, False])
def test_a_pipe_gets_no_escape_code(answer: Answer, explain: bool) -> None:
    text = render_answer(answer, PLAIN, explain=explain)

    assert all(c == "\n" or c.isprintable() for c in text)


@pytest.mark.parametrize("answer", hostile())
def test_a_terminal_gets_no_code_but_our_own(answer: Answer) -> None:
    text = render_answer(answer, COLOUR, explain=True)
    codes = set(CODES.findall(text))

    assert codes <= {"\x1b[1m", "\x1b[2m", "\x1b[0m", "\x1b[1;4m"}
    assert all(c == "\n" or c.isprintable() for c in CODES.sub("", text))


@pytest.mark.parametrize("answer", hostile())
def test_a_document_cannot_begin_a_line_of_its_own(answer: Answer) -> None:
    lines = render_answer(answer, Style(width=10_000), explain=True).split("\n")

    assert not any(line.startswith(("b", "c", "e")) for line in lines if not line.startswith("embed"))


@given(st.text())
def test_safe_text_is_printable_and_on_one_line(text: str) -> None:
    assert all(c.isprintable() or c in "\u200c\u200d" for c in safe(text))
    assert safe(safe(text)) == safe(text)
    kept = [c for c in text if (c.isprintable() or c in "\u200c\u200d") and not c.isspace()]
    assert [c for c in safe(text) if not c.isspace()] == kept
    assert [safe(line) for line in text.split("\n")] == safe_lines(text.replace("\t", " ")).split("\n")


def test_what_joins_signs_is_shown() -> None:
    assert safe("Familie 👩‍👩‍👧\x1b kommt") == "Familie 👩‍👩‍👧 kommt"


@given(
    words=st.lists(
        st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30), min_size=1, max_size=60
    ),
    width=st.integers(40, 100),
    data=st.data(),
)
def test_lines_stay_within_the_width(words: list[str], width: int, data: st.DataObject) -> None:
    quote = " ".join(words)
    start = data.draw(st.integers(0, len(quote)))
    mark = Span(start, data.draw(st.integers(start, len(quote))))
    candidate = Candidate("name " * 9, 0, 9, 0.5, 0.1, 0.2, ("vector",))
    answers = [answered(cited(quote, mark), candidates=(candidate,)), refused(passage(quote))]
    # The words of the interface itself are made for 80 columns.
    lines = [line for answer in answers for line in render_answer(answer, Style(width=max(width, 80))).split("\n")]

    assert all(len(line) <= max(width, 80) for line in lines)


@given(
    data=st.data(),
    quote=st.lists(st.sampled_from(["Acht", "Staaten", "in", "Brüssel", "2027", "lange" * 5]), min_size=1, max_size=50),
)
def test_marks_survive_line_breaks(data: st.DataObject, quote: list[str]) -> None:
    text = " ".join(quote)
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    marks = tuple(Span(a, b) for a, b in zip(ends[::2], ends[1::2], strict=False) if text[a:b].strip() == text[a:b])
    answer = answered(cited(text, *marks, start=7))

    def evidence(style: Style) -> str:
        lines = render_answer(answer, style).split("\n")
        quoted = [line[4:] for line in lines if line.startswith("    ")]
        return " ".join(quoted).removeprefix("„").removesuffix("“")

    signs = "".join("*" * sum(at in (m.start, m.end) for m in marks) + c for at, c in enumerate(text))
    signs += "*" * sum(m.end == len(text) for m in marks)
    underlined = "".join(part for part in re.findall(r"\x1b\[1;4m(.*?)\x1b\[0m", evidence(COLOUR)))
    assert evidence(PLAIN).replace(" ", "") == signs.replace(" ", "")
    assert CODES.sub("", evidence(COLOUR)) == text
    assert underlined.replace(" ", "") == "".join(m.of(text) for m in marks).replace(" ", "")
    assert not any("\x1b[1;4m " in line[:12] for line in render_answer(answer, COLOUR).split("\n"))


@pytest.mark.parametrize(("quote", "sign"), [("Acht Staaten", "*"), ("Acht *Staaten*", "_"), ("Acht *_Staaten", "|")])
def test_asterisks_of_a_document_are_not_taken_for_marks(quote: str, sign: str) -> None:
    text = render_answer(answered(cited(quote, Span(0, 4))), PLAIN)

    assert f"„{sign}Acht{sign}{quote[4:]}“" in text
    assert f"{sign}…{sign} markiert die antwortenden Wörter." in text


def test_a_quote_that_holds_every_sign_is_shown_without_marks() -> None:
    text = render_answer(answered(cited("Acht *_|~^#", Span(0, 4))), PLAIN)

    assert "„Acht *_|~^#“" in text
    assert "markiert" not in text


@pytest.mark.parametrize(
    ("places", "german", "english"),
    [
        ((Place(0, "page", 4),), "S. 4", "p. 4"),
        ((Place(0, "page", 4), Place(9, "page", 5)), "S. 4–5", "pp. 4–5"),
        ((Place(0, "slide", 2, "Umschlag"),), "Folie 2", "slide 2"),
        ((Place(0, "row", 12, "Budget"),), "Budget, Zeile 12", "Budget, row 12"),
        ((Place(0, "row", 12),), "Zeile 12", "row 12"),
        ((Place(0, "heading", None, "Aus\x1bblick"),), "„Ausblick“", "“Ausblick”"),
    ],
)
def test_a_source_says_where_in_its_file_the_quote_stands(places: tuple[Place, ...], german: str, english: str) -> None:
    citation = replace(cited(), places=places)

    assert f" · {german} · " in render_answer(answered(citation), Style(width=200))
    assert f" · {english} · " in render_answer(answered(citation, language="en"), Style(width=200))


def test_that_filters_may_have_left_nothing_is_said() -> None:
    assert "filters leave" not in render_answer(refused(language="en"), PLAIN)
    said = render_answer(refused(language="en", filters=Filters(language="fr")), PLAIN)
    assert "Nothing in the documents that the filters leave comes near the question." in said.replace("\n", " ")
    assert "rag documents" in said
