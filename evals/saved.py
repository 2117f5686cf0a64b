"""Runs that were written down: read again for accepting, explaining and comparing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag import FixInput

from .baseline import Section, accept, lower, read_baseline, write_baseline
from .compare import Verdict, judge_differences
from .metrics import GATING
from .report import CANDIDATE, RESULTS

Record = dict[str, Any]
_RUN_FIRST = "Run it first: rag eval --out FOLDER"


def results(folder: Path) -> list[Record]:
    """Return the records of a run's results.

    Raises:
        FixInput: the folder holds no run.
    """
    path = folder / RESULTS
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError as error:
        raise FixInput(f"No run in {folder}.", hint=_RUN_FIRST) from error
    except ValueError as error:
        raise FixInput(f"{path} is damaged: {error}.", hint=_RUN_FIRST) from error


def accept_run(folder: Path, baseline: Path, reason: str) -> Section:
    """Make a saved run the baseline of its section, and return it as written.

    Raises:
        FixInput: there is no run, it may not become a baseline, or the reason says nothing.
    """
    try:
        candidate: Section = json.loads((folder / CANDIDATE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError) as error:
        raise FixInput(f"No run in {folder}.", hint=_RUN_FIRST) from error
    name, refused = str(candidate.pop("section")), str(candidate.pop("refused"))
    if refused:
        raise FixInput(f"This run cannot become the baseline: {refused}.", hint=f"See {folder / 'report.md'}.")
    sections = read_baseline(baseline)
    sections[name] = accept(candidate, reason, sections.get(name))
    write_baseline(baseline, sections)
    return sections[name]


def compare_runs(old: Path, new: Path) -> tuple[list[Verdict], list[str], list[str]]:
    """Return the verdict on every gating metric, the cells that were lost, and those that were gained.

    Raises:
        FixInput: a folder holds no run, or the two have no question in common.
    """
    before, after = results(old), results(new)
    if not {r["id"] for r in before} & {r["id"] for r in after}:
        raise FixInput("The two runs have no question in common.")
    verdicts = judge_differences(_by_cluster(before), _by_cluster(after))
    lost: list[str] = []
    gained: list[str] = []
    now = {r["id"]: r["cells"] for r in after if r["repeat"] == 0}
    for record in before:
        if record["repeat"] == 0:
            for cell, level in record["cells"].items():
                other = now.get(record["id"], {}).get(cell, level)
                line = f"{record['id']} / {cell}: {level} -> {other}"
                (lost if lower(other, level) else gained if lower(level, other) else []).append(line)
    return verdicts, lost, gained


def _by_cluster(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    values: dict[str, dict[str, list[float]]] = {metric.name: {} for metric in GATING}
    for record in records:
        for metric in GATING:
            value = record["metrics"].get(metric.name)
            if isinstance(value, int | float):
                values[metric.name].setdefault(record["cluster"], []).append(value)
    return {
        name: {cluster: sum(numbers) / len(numbers) for cluster, numbers in by_cluster.items()}
        for name, by_cluster in values.items()
    }
