"""What the commands do: load, ask, measure, judge. The command line only parses and prints."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .acceptance import unaccepted_falls
from .asking import Asked, ask_all
from .baseline import BASELINE, read_baseline, section_of
from .cases import Case
from .corpus import Corpus, read_corpus
from .datasets import Dataset, load_dataset
from .errors import NotMeasurable
from .gate import Step, blocking, gate
from .lanes import LaneName, open_lane
from .loading import gold_fingerprint, load_gold
from .recorded import read_recorded
from .replay import Prices
from .run import Run, describe, measure
from .sabotage import SABOTAGES

GOLD = Path(__file__).resolve().with_name("gold")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. ``baseline`` None means that the data has none. ``given`` are settings."""

    docs: Path
    gold: Path = GOLD
    dataset: Path | None = None
    lane: LaneName = "embedded"
    baseline: Path | None = BASELINE
    index: Path | None = None
    recordings: Path = Path("recordings")
    record: bool = False
    prices: Prices = field(default_factory=dict[str, tuple[float, float]])
    repeats: int = 1
    by_language: bool = False
    questions: int | None = None
    given: dict[str, Any] = field(default_factory=dict[str, Any])


def evaluate(plan: Plan) -> tuple[Run, list[Step]]:
    """Run a plan and put the run through the gate.

    Raises:
        NotMeasurable: gold, data set, documents, lane or baseline cannot be used.
    """
    lane = open_lane(plan.lane, plan.recordings, plan.prices, record=plan.record)
    replay = plan.lane == "recorded"
    recorded = read_recorded(plan.recordings) if (replay or plan.record) and plan.dataset is None else None
    if recorded is not None:
        plan = replace(plan, given={**recorded.given(replay=replay), **plan.given})
    sections = read_baseline(plan.baseline) if plan.baseline else {}
    with tempfile.TemporaryDirectory(prefix="beleg-evals-") as scratch:
        data, gold = _data(plan, Path(scratch))
        if recorded is not None:
            data = replace(data, cases=tuple(recorded.chosen(data.cases)))
        asked = ask_all(data.cases, data.docs, lane, index=plan.index, given=plan.given, repeats=plan.repeats)
        if orphans := lane.orphans():
            raise NotMeasurable(
                f"{len(orphans)} recordings answer no request of this run: {', '.join(orphans[:5])}.",
                hint=f"Delete them from {plan.recordings}.",
            )
        about = describe(plan.lane, data.name, data.cases, data.corpus, gold, plan.given, plan.repeats)
        run = measure(data.cases, asked.replies, data.corpus, asked.chunks, about)
    falls = unaccepted_falls(plan.baseline) if plan.baseline else []
    return run, gate(run, sections.get(run.section), needs_baseline=plan.baseline is not None, falls=falls)


def prove_gate(plan: Plan) -> list[tuple[str, str, list[str]]]:
    """Spoil one honest run in nine ways; return name, the step that must block, and the steps that did.

    The honest run itself is the baseline.
    """
    lane = open_lane("embedded", plan.recordings, plan.prices)
    corpus = read_corpus(plan.docs)
    cases = load_gold(plan.gold, corpus)
    asked = ask_all(cases, plan.docs, lane, index=plan.index, given=plan.given)
    return spoil_and_judge(cases, corpus, asked)


def spoil_and_judge(cases: Sequence[Case], corpus: Corpus, asked: Asked) -> list[tuple[str, str, list[str]]]:
    """See ``prove_gate``; the honest replies are given."""
    about = {"lane": "embedded", "dataset": "sabotage", "hashes": {}}
    baseline = section_of(measure(cases, asked.replies, corpus, asked.chunks, about))
    found: list[tuple[str, str, list[str]]] = []
    for sabotage in SABOTAGES:
        spoiled = sabotage.spoil(asked.replies, corpus, asked.chunks)
        run = measure(cases, spoiled, corpus, asked.chunks, about)
        found.append((sabotage.name, sabotage.blocked_by, list(blocking(gate(run, baseline, needs_baseline=True)))))
    return found


def _data(plan: Plan, scratch: Path) -> tuple[Dataset, str]:
    if plan.dataset is not None:
        data = load_dataset(plan.dataset, scratch, by_language=plan.by_language, limit=plan.questions)
        return data, data.fingerprint
    corpus = read_corpus(plan.docs)
    cases = load_gold(plan.gold, corpus)
    return Dataset("gold", plan.docs, tuple(cases), corpus), gold_fingerprint(plan.gold)
