"""Whole runs: over a small corpus with the hashed-words double, and over the seeds with the real model."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gold_builders import CORPUS, GOLD, write_corpus, write_gold
from typer.testing import CliRunner

from evals.asking import Asked, ask_all
from evals.baseline import BASELINE, read_baseline
from evals.cli import app
from evals.corpus import Corpus, read_corpus
from evals.errors import NotMeasurable
from evals.gate import exit_code, gate
from evals.lanes import open_lane
from evals.loading import gold_fingerprint, load_gold
from evals.run import describe, measure
from evals.work import GOLD as OURS
from evals.work import Plan, evaluate, spoil_and_judge
from rag import FixInput, LocalEngine, connect, load_settings
from tests.scripted import Says, ScriptedServer, numbers_of, reply_of

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
STABLE = ("run.json", "results.jsonl", "junit.xml", "baseline-candidate.json")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAG_EMBEDDING", "hashed-words")
    monkeypatch.setenv("RAG_THRESHOLD", "0")
    write_corpus(tmp_path / "docs")
    write_gold(tmp_path / "suite" / "gold")
    return tmp_path


def invoke(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def options(place: Path, out: str = "out") -> list[str]:
    return ["--docs", str(place / "docs"), "--gold", str(place / "suite" / "gold"), "--out", str(place / out)]


def test_run_accept_run_again(place: Path) -> None:
    code, said = invoke(*options(place))
    assert (code, "the baseline has no section" in said) == (4, True)

    code, said = invoke(
        "accept",
        "--reason",
        "the first one of all",
        "--out",
        str(place / "out"),
        "--gold",
        str(place / "suite" / "gold"),
    )
    assert code == 0, said
    code, said = invoke(*options(place))
    assert (code, "ratchet: pass" in said) == (0, True), said
    assert "wages-de" in invoke("explain", "wages-de", "--out", str(place / "out"))[1]
    assert invoke("compare", str(place / "out"), str(place / "out"))[0] == 0


def test_a_lost_fact_fails_and_is_annotated_and_summed_up(place: Path) -> None:
    invoke(*options(place))
    invoke(
        "accept",
        "--reason",
        "the first one of all",
        "--out",
        str(place / "out"),
        "--gold",
        str(place / "suite" / "gold"),
    )
    baseline = place / "suite" / "baseline.json"
    raised = baseline.read_text("utf-8").replace('"(abstains)": "no"', '"(abstains)": "yes"')
    baseline.write_text(raised, encoding="utf-8")

    code, said = invoke(*options(place), "--annotate", "--summary", str(place / "summary.md"))

    assert code == 1
    assert "::error file=suite/gold/x.yaml,line=30,title=cost-de / (abstains)::lost: yes -> no" in said
    assert (place / "summary.md").read_text("utf-8").startswith("# The gate blocks this run.")


@pytest.mark.parametrize("lane", ["recorded", "live"])
def test_a_lane_that_cannot_be_run_says_so(place: Path, lane: str) -> None:
    with pytest.raises(NotMeasurable, match="needs a model"):
        invoke(*options(place), "--lane", lane)


def test_what_a_model_said_is_recorded_and_replayed(
    place: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply(body: dict[str, Any]) -> Says:
        text, number = next(iter(numbers_of(body["messages"][-1]["content"]).items()))
        return Says(reply_of((text, [number])))

    server.play(Says("", refusal="not the first"), reply)
    monkeypatch.setenv("RAG_LLM", "small")
    monkeypatch.setenv("RAG_LLM_BASE_URL", server.address)
    kept = ["--recordings", str(place / "kept")]

    invoke(*options(place), "--lane", "live", "--record", *kept)
    live, asked = (place / "out" / "results.jsonl").read_text("utf-8"), len(server.requests)
    invoke(*options(place), "--lane", "recorded", *kept)

    assert asked == len(server.requests) > 1
    assert (place / "out" / "results.jsonl").read_text("utf-8") == live
    (place / "kept" / "orphan.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NotMeasurable, match=r"orphan\.json"):
        invoke(*options(place), "--lane", "recorded", *kept)
    (place / "kept" / "orphan.json").unlink()
    monkeypatch.setenv("RAG_TOP", "1")
    with pytest.raises(NotMeasurable, match="No recording of this request"):
        invoke(*options(place), "--lane", "recorded", *kept)


def test_an_error_of_a_question_is_kept_and_makes_the_run_unusable(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_MAX_QUESTION", "27")
    code, said = invoke(*options(place))
    assert (code, "cost-de: error: FixInput" in said, "wages-de: error" in said) == (4, True, False), said


def test_documents_that_gold_rests_on_must_be_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_MAX_FILE_MB", "0.00008")
    with pytest.raises(NotMeasurable, match=r"de\.txt \(larger than"):
        invoke(*options(place))
    with pytest.raises(FixInput, match="No folder"):
        invoke("--docs", str(place / "nowhere"))


def test_a_gate_that_cannot_tell_is_told(place: Path) -> None:
    # With a threshold of 0 nothing is ever refused, so answering always is no other system.
    code, said = invoke("sabotage", "--docs", str(place / "docs"), "--gold", str(place / "suite" / "gold"))
    assert code == 1
    assert re.search(r"always_answer +NOT BLOCKED", said)
    assert re.search(r"off_by_one_span +blocked by invariants", said)


def test_an_unknown_lane_is_a_usage_error(place: Path) -> None:
    assert invoke(*options(place), "--lane", "fast")[0] == 2


def test_a_data_set_runs_without_a_baseline(place: Path) -> None:
    import json

    from gold_builders import DE

    data = place / "set"
    write_corpus(data / "docs")
    start = DE.index("Anna Berg")
    row = {
        "id": "1",
        "question": "Wer sagte das?",
        "lang": "de",
        "answerable": True,
        "answers": ["Anna Berg"],
        "doc": "de.txt",
        "start": start,
        "end": start + 9,
    }
    (data / "questions.jsonl").write_text(json.dumps(row), encoding="utf-8")
    code, said = invoke("--dataset", str(data), "--out", str(place / "out"))
    assert (code, "no baseline for this data" in said) == (0, True), said


def test_suggestions_come_from_the_documents(place: Path) -> None:
    said = invoke("suggest", "--docs", str(place / "docs"), "--gold", str(place / "suite" / "gold"))[1]
    assert "de.txt: 37% of the text is evidence" in said


def test_hash_seed_ingest_order_and_a_fresh_index_change_nothing(place: Path) -> None:
    with connect(load_settings(index=place / "index")) as engine:
        for path in sorted(SEEDS.iterdir(), reverse=True):
            (place / "grown").mkdir(exist_ok=True)
            (place / "grown" / path.name).write_bytes(path.read_bytes())
            engine.ingest(place / "grown", sync=True)
    gold = place / "one" / "gold"
    gold.mkdir(parents=True)
    (gold / "x.yaml").write_bytes((OURS / "nato-2027-en.yaml").read_bytes())
    code = "from evals.cli import app; app()"
    paths = os.pathsep.join(map(str, (ROOT, *filter(None, sys.path))))
    assert invoke("--docs", str(SEEDS), "--gold", str(gold), "--out", str(place / "a"))[0] == 4
    grown = [
        "--docs",
        str(place / "grown"),
        "--gold",
        str(gold),
        "--out",
        str(place / "b"),
        "--index",
        str(place / "index"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, *grown],
        env={**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": paths}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    for name in STABLE:
        assert (place / "a" / name).read_bytes() == (place / "b" / name).read_bytes(), name


def test_an_overlay_is_seen_by_its_own_case_alone(place: Path) -> None:
    overlaid = """\
- id: bonus-de
  cluster: bonus
  lang: de
  question: Wie hoch ist der Bonus?
  kind: single
  tags: [noise]
  languages: [de]
  overlay:
  - {name: bonus.txt, text: "Es gibt einen Bonus von 900 Euro.\\n"}
  facts:
  - id: bonus
    weight: must
    claim: The bonus is 900 euros.
    match:
    - {number: 900, unit: [Euro]}
    evidence:
    - [{doc: bonus.txt, quote: "Bonus von 900 Euro"}]
"""
    write_gold(place / "suite" / "gold", overlaid + GOLD)
    run, _ = evaluate(Plan(docs=place / "docs", gold=place / "suite" / "gold", baseline=None))

    documents = [{chunk.document for chunk in row.judged.reply.retrieved} for row in run.rows]
    assert "bonus.txt" in documents[0]
    assert all(found <= set(CORPUS.texts) for found in documents[1:])
    assert run.rows[0].judged.reading.facts[0].cited
    assert all(value.state != "unmeasured" for row in run.rows for value in row.values.values())


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, seeds_engine: LocalEngine) -> tuple[Corpus, list, Asked]:
    """The gold asked once, of the seeds, with the embedded default."""
    corpus = read_corpus(SEEDS)
    cases = load_gold(OURS, corpus)
    index = shutil.copytree(seeds_engine.folder, tmp_path_factory.mktemp("evals") / "index")
    return corpus, cases, ask_all(cases, SEEDS, open_lane("embedded", Path(), {}), index=index, given={})


@pytest.mark.model
def test_every_sabotage_of_the_real_answers_is_blocked_by_its_step(asked: tuple[Corpus, list, Asked]) -> None:
    corpus, cases, replies = asked
    for name, must, steps in spoil_and_judge(cases, corpus, replies):
        assert must in steps, f"{name}: {steps}"


@pytest.mark.model
@pytest.mark.skipif(not BASELINE.exists(), reason="no baseline has been accepted yet")
def test_the_embedded_lane_passes_its_gate(asked: tuple[Corpus, list, Asked]) -> None:
    corpus, cases, replies = asked
    about = describe("embedded", "gold", cases, corpus, gold_fingerprint(OURS), {})
    run = measure(cases, replies.replies, corpus, replies.chunks, about)
    steps = gate(run, read_baseline(BASELINE).get(run.section), needs_baseline=True)
    assert exit_code(steps) == 0, "\n".join(line for step in steps for line in step.lines)
