"""The lane recorded: the committed exchange of the real small model is whole, without orphans, and strict."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evals.corpus import read_corpus
from evals.errors import NotMeasurable
from evals.gate import blocking
from evals.loading import load_gold
from evals.recorded import read_recorded
from evals.replay import ReplayMiss
from evals.work import GOLD, Plan, evaluate
from rag import LocalEngine
from tests.conftest import SEEDS

RECORDINGS = GOLD.with_name("recordings")
GOOD = 'clusters = ["bru-diplomats"]\n[settings]\nllm = "small.gguf"\nllm_sentences = 4\n'


def plan(engine: LocalEngine, recordings: Path = RECORDINGS, **given: object) -> Plan:
    return Plan(docs=SEEDS, lane="recorded", recordings=recordings, index=engine.folder, given=dict(given))


@pytest.mark.model
def test_the_committed_recordings_pass_the_gate(seeds_engine: LocalEngine) -> None:
    run, steps = evaluate(plan(seeds_engine))

    assert blocking(steps) == []
    assert {row.case.cluster for row in run.rows} == (read_recorded(RECORDINGS) or pytest.fail("no file")).clusters
    assert any(row.judged.reply.usage.calls for row in run.rows)


@pytest.mark.model
def test_a_changed_prompt_is_not_answered_from_recordings(seeds_engine: LocalEngine, tmp_path: Path) -> None:
    prompt = (GOLD.parent.parent / "prompts" / "answer.md").read_text(encoding="utf-8")
    changed = prompt.replace("from nothing else", "from nothing else at all")
    assert changed != prompt
    (tmp_path / "answer.md").write_text(changed, encoding="utf-8")

    with pytest.raises(ReplayMiss, match="nothing else at all"):
        evaluate(plan(seeds_engine, prompts=tmp_path))


@pytest.mark.model
def test_a_recording_that_nothing_asks_for_ends_the_run(seeds_engine: LocalEngine, tmp_path: Path) -> None:
    shutil.copytree(RECORDINGS, tmp_path / "copy")
    (tmp_path / "copy" / "orphan.json").write_text("{}", encoding="utf-8")

    with pytest.raises(NotMeasurable, match=r"orphan\.json"):
        evaluate(plan(seeds_engine, tmp_path / "copy"))


def test_whoever_records_names_the_model_itself(tmp_path: Path) -> None:
    (tmp_path / "recorded.toml").write_text(GOOD, encoding="utf-8")
    recorded = read_recorded(tmp_path)

    assert recorded is not None
    assert recorded.given(replay=True) == {"llm": "small.gguf", "llm_sentences": 4}
    assert recorded.given(replay=False) == {"llm_sentences": 4}
    assert {case.cluster for case in recorded.chosen(load_gold(GOLD, read_corpus(SEEDS)))} == {"bru-diplomats"}


def test_a_folder_without_the_file_is_asked_everything(tmp_path: Path) -> None:
    assert read_recorded(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("clusters = []\n[settings]\n", "clusters"), ("x = ", "cannot be used"), (f"more = 1\n{GOOD}", "more")],
)
def test_a_file_that_is_not_sound_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "recorded.toml").write_text(text, encoding="utf-8")

    with pytest.raises(NotMeasurable, match=said):
        read_recorded(tmp_path)


def test_a_cluster_that_the_gold_has_not_is_named(tmp_path: Path) -> None:
    (tmp_path / "recorded.toml").write_text(GOOD.replace("bru-", "no-"), encoding="utf-8")
    recorded = read_recorded(tmp_path)

    assert recorded is not None
    with pytest.raises(NotMeasurable, match="no-diplomats"):
        recorded.chosen(load_gold(GOLD, read_corpus(SEEDS)))
