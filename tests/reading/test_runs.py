"""The runs of words in a sentence, and what each is beside the question."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.runs import LONGEST, READ, feature_names, weigh
from rag.records import Question
from rag.tokens import Begins
from tests.reading.test_spans import LANGUAGES, QUESTIONS, TEXTS


@given(question=st.sampled_from(QUESTIONS), text=TEXTS, language=LANGUAGES)
def test_every_run_is_weighed_once(question: str, text: str, language: str | None) -> None:
    runs = weigh(Question(question, language), text, language)

    assert len(set(runs.spans)) == len(runs.spans)
    assert set(runs.features) <= set(feature_names()) - set(READ)
    assert runs.matrix().shape == (len(runs.spans), len(feature_names()))
    assert np.isfinite(runs.matrix()).all()


def test_long_runs_are_not_weighed() -> None:
    runs = weigh(Question("Was?", "de"), "wort " * 40, "de")

    assert max(len(span.of("wort " * 40).split()) for span in runs.spans) == LONGEST


@given(logits=st.lists(st.floats(-50, 50), min_size=3, max_size=3))
def test_shares_are_those_of_tokens(logits: list[float]) -> None:
    shares = np.exp(np.array(logits) - max(logits))
    shares /= shares.sum()

    runs = weigh(Question("Wer?", "de"), "Brandt kam", "de", Begins(((0, 3), (3, 6), (6, 10)), tuple(logits)))
    of = {span.of("Brandt kam"): at for at, span in enumerate(runs.spans)}

    assert np.isclose(runs.features["holds"][of["Brandt"]], shares[0] + shares[1])
    assert np.isclose(runs.features["holds"][of["Brandt kam"]], 1)
    assert np.isclose(np.exp(runs.features["begins"][of["kam"]]), max(shares[2], 1e-4))
    assert runs.features["likeliest"][of["Brandt"]] == runs.features["likeliest"][of["Brandt kam"]]
