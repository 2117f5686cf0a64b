"""Ranked hits: exact cosines and word shares decide, whoever proposed the chunk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Filters, Hit, LocalEngine, connect, load_settings
from rag.embedding import HashedWords
from rag.gathering import FolderIndex
from rag.records import Question
from rag.retrieval import retrieve

TEXTS = {
    "alt/messe.txt": "Stand: 01.02.2020\n\nDie Messe in Leipzig war gut besucht. Es kamen acht Minister.",
    "alt/hafen.txt": "Stand: 22.10.2021\n\nDer Hafen von Hamburg wächst. Die Schiffe kommen aus aller Welt.",
    "neu/harbour.txt": "Published on 30 November 2022\n\nThe harbour of Hamburg grows. The ships come from far away.",
    "neu/hafen-wieder.txt": "Stand: 22.10.2021\n\nDer Hafen von Hamburg wächst. Die Schiffe kommen aus aller Welt.",
    "neu/wald.txt": "Im Wald stehen alte Eichen. Das Reh schläft unter den Eichen, bis der Morgen kommt.",
    "neu/port.md": "---\nlang: fr\n---\nLe port de Marseille est grand. Les bateaux sont dans la rade et il y a beaucoup de monde.",
    "neu/lang.txt": "\n\n".join(
        f"Absatz {n} handelt von Dingen der Art {n}. " + "Er ist lang. " * 30 for n in range(12)
    ),
}
EMBED = HashedWords()
QUESTIONS = st.lists(
    st.sampled_from(
        [
            "Hafen",
            "Hamburg",
            "Eichen",
            "ships",
            "harbour",
            "Minister",
            "Morgen",
            "rade",
            "Absatz 7",
            "der",
            "the",
            "Quark",
        ]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    base = tmp_path_factory.mktemp("retrieval")
    for name, text in TEXTS.items():
        path = base / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base / "docs")
        yield made


def sentences(hit: Hit) -> list[str]:
    return [
        hit.text[span.start - hit.chunk.span.start : span.end - hit.chunk.span.start] for span in hit.chunk.sentences
    ]


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def cosines(hit: Hit, question: str) -> tuple[float, list[float]]:
    """Return the cosines of a hit's chunk and of its sentences, embedded here and now."""
    asked = EMBED.embed([question], "question", None)[0]
    offset = hit.chunk.span.start
    sentences = [hit.text[span.start - offset : span.end - offset] for span in hit.chunk.sentences]
    return float(EMBED.embed([hit.text], "chunk", None)[0] @ asked), list(
        EMBED.embed(sentences, "sentence", None) @ asked
    )


def names(hits: list[Hit]) -> list[str]:
    return [hit.document.name for hit in hits]


@given(question=QUESTIONS, limit=st.integers(1, 40))
def test_hits_are_ranked_by_a_score_that_can_be_reckoned_again(engine: LocalEngine, question: str, limit: int) -> None:
    hits = engine.search(question, limit=limit)

    assert len(hits) <= limit
    assert all(before.score >= after.score for before, after in pairwise(hits))
    assert len({hit.chunk.id for hit in hits}) == len(hits)
    for hit in hits:
        chunk, below = cosines(hit, question)
        assert hit.cosine == pytest.approx(chunk, abs=0.01)
        assert hit.sentence_cosines == pytest.approx(below, abs=0.01)
        assert 0 <= hit.lexical <= 1 + 1e-6
        tokens = 0.3 * hit.matched.chunk if hit.matched else 0.0
        assert hit.score == pytest.approx((hit.cosine + max(hit.sentence_cosines)) / 2 + 0.3 * hit.lexical + tokens)
        assert set(hit.via) <= {"vector", "words"}
        assert hit.via


@given(question=QUESTIONS)
def test_a_hit_is_a_span_of_its_document(engine: LocalEngine, question: str) -> None:
    for hit in engine.search(question, limit=40):
        text = engine.document(hit.document.id).text
        assert hit.text == hit.chunk.span.of(text)
        assert len(hit.sentence_cosines) == len(hit.chunk.sentences)
        assert (hit.chunk.sentences[0].start, hit.chunk.sentences[-1].end) == (hit.chunk.span.start, hit.chunk.span.end)


@given(question=QUESTIONS, few=st.integers(1, 10))
def test_a_shorter_list_is_the_beginning_of_a_longer_one(engine: LocalEngine, question: str, few: int) -> None:
    short, long = engine.search(question, limit=few), engine.search(question, limit=40)

    assert [(hit.chunk.id, hit.score) for hit in short] == [(hit.chunk.id, hit.score) for hit in long[:few]]


def test_local_cosines_are_about_the_mean_of_the_document(engine: LocalEngine) -> None:
    hits = engine.search("Art 7 Absatz Eichen", limit=12)
    asked = EMBED.embed(["Art 7 Absatz Eichen"], "question", None)[0]
    below = {hit.chunk.id: EMBED.embed(sentences(hit), "sentence", None) for hit in hits}

    for hit in hits:
        own = [below[one.chunk.id] for one in hits if one.document.id == hit.document.id]
        few = sum(map(len, own)) < 4
        mean = np.concatenate(list(below.values()) if few else own).mean(axis=0)
        expected = [float(unit(vector - mean) @ unit(asked - mean)) for vector in below[hit.chunk.id]]
        assert hit.local_cosines == pytest.approx(expected, abs=0.02)


def test_words_in_common_come_first(engine: LocalEngine) -> None:
    first = engine.search("Wo schläft das Reh unter den Eichen?")[0]

    assert first.document.name == "neu/wald.txt"
    assert first.via == ("vector", "words")
    assert first.lexical > 0.5


def found_with(base: Path, texts: dict[str, str], question: str, *, candidates: int) -> list[Hit]:
    """Index some texts and retrieve with so few candidates that not every chunk is one."""
    (base / "docs").mkdir()
    for name, text in texts.items():
        (base / "docs" / name).write_text(text, encoding="utf-8")
    with connect(load_settings(index=base / "index", embedding="hashed-words")) as engine:
        engine.ingest(base / "docs")
    index = FolderIndex(base / "index", EMBED.name)
    asked = EMBED.read([question], "question", None)[0]
    with index.reading():
        found = retrieve(index, asked, Question(question, "de"), Filters(), candidates=candidates, weight=0.4, limit=99)
    index.close()
    return found.read(asked)


def test_a_chunk_that_only_words_propose_has_its_exact_cosine(tmp_path: Path) -> None:
    near = {f"nah{n}.txt": f"Das ist das Haus, das ist es und das ist die {n}." for n in range(9)}
    question = "das ist das, das ist die, das ist es Haus Kranich"
    hits = found_with(
        tmp_path, {**near, "fern.txt": "Ein Kranich stand weit weg auf einem Bein."}, question, candidates=3
    )
    far = next(hit for hit in hits if hit.document.name == "fern.txt")

    assert far.via == ("words",)
    assert far.cosine == pytest.approx(cosines(far, question)[0], abs=0.01)


def test_each_language_proposes_so_none_crowds_out_another(tmp_path: Path) -> None:
    german = {f"{n}.txt": f"Die Fregatte lief aus und kam am Tag {n} zurück." for n in range(20)}
    english = {"other.txt": "The frigate was at sea when they left it."}
    hits = found_with(tmp_path, {**german, **english}, "Die Fregatte kam am Tag zurück", candidates=3)

    assert len(hits) < len(german)
    assert "other.txt" in names(hits)


def test_equal_hits_stand_in_the_order_of_their_names(engine: LocalEngine) -> None:
    found = names(engine.search("Der Hafen von Hamburg wächst."))

    assert found[:2] == ["alt/hafen.txt", "neu/hafen-wieder.txt"]


def test_a_question_that_shares_no_word_still_finds_by_vector(engine: LocalEngine) -> None:
    hits = engine.search("Quark")

    assert hits
    assert {(hit.lexical, hit.via) for hit in hits} == {(0.0, ("vector",))}


@pytest.mark.parametrize("question", ["NOT Hamburg", "id:*", "Hamburg AND -Hafen", "(", '"Hafen', "Hafen^9", "*"])
def test_query_syntax_is_text(engine: LocalEngine, question: str) -> None:
    if not any(c.isalnum() for c in question):
        question += " Hafen"

    assert engine.search(question)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), set(TEXTS)),
        (Filters(source="alt/*"), {"alt/messe.txt", "alt/hafen.txt"}),
        (Filters(language="en"), {"neu/harbour.txt"}),
        (Filters(language="fr"), {"neu/port.md"}),
        (Filters(since=dt.date(2021, 10, 22)), {"alt/hafen.txt", "neu/hafen-wieder.txt", "neu/harbour.txt"}),
        (Filters(until=dt.date(2021, 10, 21)), {"alt/messe.txt"}),
        (Filters(since=dt.date(2021, 1, 1), until=dt.date(2021, 12, 31), source="neu/*"), {"neu/hafen-wieder.txt"}),
        (
            Filters(until=dt.date(2020, 12, 31), include_undated=True),
            {"alt/messe.txt", "neu/wald.txt", "neu/port.md", "neu/lang.txt"},
        ),
        (Filters(language="it"), set()),
        (Filters(source="nowhere/*"), set()),
        (Filters(folders=("no such source",)), set()),
    ],
)
def test_filters_decide_which_documents_are_searched(engine: LocalEngine, filters: Filters, expected: set[str]) -> None:
    assert set(names(engine.search("Hafen Hamburg Eichen", filters, limit=100))) == expected


@given(question=QUESTIONS, language=st.sampled_from(["de", "en", "fr"]))
def test_a_filter_takes_hits_away_and_changes_no_score(engine: LocalEngine, question: str, language: str) -> None:
    free = [hit for hit in engine.search(question, limit=100) if hit.document.language == language]
    filtered = engine.search(question, Filters(language=language), limit=100)

    assert [hit.chunk.id for hit in filtered] == [hit.chunk.id for hit in free]
    assert [hit.score for hit in filtered] == pytest.approx([hit.score for hit in free], abs=1e-5)
