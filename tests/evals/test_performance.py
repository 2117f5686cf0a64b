"""What is measured is kept, compared with its goal, printed and drawn as it was measured."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from evals.performance import plots, tables
from evals.performance.asking import STAGES, Asked
from evals.performance.records import Figure, Filtered, Load, Peer, Quality, Result, Size, Stage, read, write
from evals.performance.synthetic import Jittered, Original, write_documents
from evals.performance.timing import at, paired, python, stage


def size(chunks: int, rest: float = 20.0) -> Size:
    stages = tuple(Stage(name, 10.0, 20.0, 30.0) for name in STAGES)
    narrow = (Filtered("half, by date", 0.5, 6.0, 3.0),)
    return Size(
        chunks,
        1.1,
        7000.0,
        10_000 * chunks,
        3700.0,
        0.2,
        stages,
        Stage("rest", rest, 2 * rest, 50.0),
        0.995,
        0.98,
        narrow,
    )


RESULT = Result(
    "2026-11-29T01:00+00:00", "Python 3.11, 2 processors", (0.2, 5.0),
    (Figure("help", 0.1, 0.08, "s", 1.25, 1.5), Figure("ingest", 900.0, 1000.0, "tokens/s", 0.9, 0.95, at_least=True)),
    (Stage("embed", 12.0, 13.0, 14.0),), (size(100), size(10_000, 30.0)),
    (Load("ask", 8, 25.0, 300.0, 350.0, 400.0, 0.86, 0.9, 0),), Quality(352, 0.67, 1.0),
    (Peer("LlamaIndex", "0.14", 4.0, 1.0, 200.0, "Europa"), Peer("haiku.rag", why_not="it downloads")),
)  # fmt: skip


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    write(RESULT, tmp_path / "deep" / "result.json")

    assert read(tmp_path / "deep" / "result.json") == RESULT


@pytest.mark.parametrize(
    ("ratio", "goal", "at_least", "reached"),
    [
        (1.4, 1.5, False, True),
        (1.6, 1.5, False, False),
        (0.96, 0.95, True, True),
        (0.9, 0.95, True, False),
        (1, None, True, None),
    ],
)
def test_a_goal_is_reached_or_missed(ratio: float, goal: float | None, at_least: bool, reached: bool | None) -> None:
    assert Figure("x", 1, 1, "s", ratio, goal, at_least).reached is reached


def test_tables_say_what_was_missed_what_was_not_run_and_that_the_machine_was_busy() -> None:
    text = "\n".join(tables.lines(RESULT))

    assert "BUSY" in text
    assert "| ingest | 900  | 1,000 | tokens/s | 0.90  | ≥ 0.95 | missed  |" in text
    assert "not run: it downloads" in text
    assert "4.00" in text
    assert "10,000" in text.split("growth")[1]
    assert all(line == line.rstrip() for line in text.split("\n"))


def test_each_further_chunk_is_what_the_larger_index_takes_more() -> None:
    row = next(line for line in tables.lines(RESULT) if line.startswith("| 10,000"))

    assert "| 10,000" in row
    assert float(row.split("|")[6].replace(",", "")) == 10_000


def test_plots_are_xml_and_bear_the_figures() -> None:
    drawn = plots.drawn(RESULT)

    assert len(drawn) == 4
    for text in drawn.values():
        ET.fromstring(text)
    assert "10,000: 60" in drawn["speed-growth.svg"]


@pytest.mark.skipif(not plots.RESULT.exists(), reason="no run is committed")
def test_the_committed_plots_are_those_of_the_committed_result() -> None:
    root = Path(__file__).parent.parent.parent

    for name, text in plots.drawn(plots.committed()).items():
        assert (root / "docs" / name).read_text(encoding="utf-8") == text, "python -m evals.performance.plots"


def test_percentiles() -> None:
    assert stage("x", [number / 1000 for number in range(100)]) == Stage("x", 50.0, 95.0, 99.0)
    assert at([7.0], 0.99) == 7.0


def test_a_ratio_is_the_median_of_the_pairs_own_ratios() -> None:
    ours, floor = iter([9.0, 2.0, 8.0, 3.0]), iter([9.0, 1.0, 1.0, 1.0])

    found = paired("x", lambda: next(ours), lambda: next(floor), 3)

    assert (found.ours, found.floor, found.ratio) == (3.0, 1.0, 3.0)


def test_a_process_that_fails_is_no_measurement() -> None:
    assert python("-c", "pass")() > 0
    with pytest.raises(RuntimeError, match="no such luck"):
        python("-c", "raise SystemExit('no such luck')")()


def test_what_of_a_question_is_not_its_embedding() -> None:
    asked = Asked(tuple({"embed": 0.010, "dense": 0.002, "read": 0.003 + 0.0001 * n} for n in range(100)))

    assert asked.rest.p50 == pytest.approx(10.0)
    assert [one.name for one in asked.stages] == list(STAGES)
    assert asked.figures()[1].ratio == pytest.approx(1.45)


def test_documents_of_the_generator_are_the_same_for_a_number_and_others_for_another(tmp_path: Path) -> None:
    original = Original({"de": ("Das Lager im Hamburger Hafenbecken hält Wasserpumpen bereit.",)}, {})
    write_documents(original, tmp_path / "a", 0, 3)
    write_documents(original, tmp_path / "b", 1, 2)
    one, two, three = (path.read_text() for path in sorted((tmp_path / "a").iterdir()))

    assert (tmp_path / "b" / "0000001.md").read_text() == two
    assert len({one, two, three}) == 3


def test_jittered_vectors_stay_near_a_real_one_and_in_their_span() -> None:
    real = np.zeros((5, 384), np.float32)
    real[:, :5] = np.eye(5)
    embedder = Jittered(Original({}, {"chunk.de": real, "sentence.de": real}))
    texts = [f"Text {number}" for number in range(50)]

    found = embedder.embed(texts, "chunk", "de")

    assert np.array_equal(found, embedder.embed(texts, "chunk", "de"))
    assert np.allclose(np.linalg.norm(found, axis=1), 1)
    assert not found[:, 5:].any()
    assert (found.max(axis=1) > 0.5).all()
    assert len({row.tobytes() for row in found}) == 50


def test_a_piece_of_a_word_has_the_same_real_token_wherever_it_stands() -> None:
    real, tokens = np.eye(3, 384, dtype=np.float32), np.eye(5, 128, dtype=np.int8) * 100
    embedder = Jittered(Original({}, {"chunk.de": real, "sentence.de": real}, {"de": tokens}))

    one, two = embedder.read(["Das Lager hält", "hält das Lager"], "chunk", "de")

    assert np.array_equal(one.vector, embedder.embed(["Das Lager hält"], "chunk", "de")[0])
    assert [tuple(span) for span in one.spans] == [(0, 3), (4, 8), (8, 9), (10, 14)]
    assert np.array_equal(one.tokens[3], two.tokens[0])
    assert (one.tokens.max(axis=1) == 1).all()
    assert embedder.read(["Das Lager"], "sentence", "fr")[0].tokens.shape == (3, 128)
