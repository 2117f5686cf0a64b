"""What was reached before, cell by cell: the file that a run may not fall behind.

A cell is a question and a fact, and holds how far it got: missed, said, or said and cited. Where
abstaining is right, one cell holds whether it was done. There is one section for each lane, reader and
model; sections are never compared with each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from rag import FixInput

from .cases import Case, Place
from .errors import NotMeasurable
from .figures import cluster_means, figures
from .metrics import GATING
from .run import Row, Run

BASELINE = Path(__file__).resolve().with_name("baseline.json")
SCHEMA = 1
LEVELS = ("missed", "said", "said and cited")
ABSTAINS = "(abstains)"
_ABSTAINING = ("no", "yes")

Cells: TypeAlias = Mapping[str, Mapping[str, str]]
Section: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Loss:
    """A cell that got less far than before. ``must`` cells block."""

    case: str
    cell: str
    before: str
    after: str
    must: bool
    place: Place

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.case} / {self.cell}: {self.before} -> {self.after}"


def cells(rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """Return the cells of a run's first round, by case and fact."""
    return {row.case.id: _cells(row) for row in rows if row.repeat == 0}


def _cells(row: Row) -> dict[str, str]:
    found = {
        f.fact.id: LEVELS[0] if not f.expressed else LEVELS[2] if f.cited else LEVELS[1]
        for f in row.judged.reading.facts
    }
    if row.case.expected == "abstain":
        found[ABSTAINS] = _ABSTAINING[row.judged.reply.outcome == "abstained"]
    return found


def losses(run: Run, old: Cells) -> list[Loss]:
    """Return every cell of the baseline that the run holds and that got less far."""
    new = cells(run.rows)
    found: list[Loss] = []
    for row in run.rows:
        case = row.case
        if row.repeat == 0:
            for cell, before in old.get(case.id, {}).items():
                after = new[case.id].get(cell)
                if after is not None and lower(after, before):
                    must, place = _weight_and_place(case, cell)
                    found.append(Loss(case.id, cell, before, after, must, place))
    return found


def lower(after: str, before: str) -> bool:
    """Say whether a cell got less far."""
    for ladder in (LEVELS, _ABSTAINING):
        if before in ladder and after in ladder:
            return ladder.index(after) < ladder.index(before)
    return before != after


def _weight_and_place(case: Case, cell: str) -> tuple[bool, Place]:
    fact = next((fact for fact in case.facts if fact.id == cell), None)
    return (fact.weight == "must", fact.place) if fact else (True, case.place)


def section_of(run: Run) -> Section:
    """Return what may be kept of a run: its cells, gating figures, and (live) their values by cluster."""
    found = figures(run)
    return {
        "hashes": dict(run.about["hashes"]),
        "figures": {metric.name: _rounded(found[metric.name].mean) for metric in GATING},
        "values": {
            metric.name: {name: round(x, 6) for name, x in sorted(cluster_means(metric.name, run.rows).items())}
            for metric in GATING
        }
        if run.about["lane"] == "live"
        else {},
        "cells": cells(run.rows),
    }


def accept(section: Section, reason: str, before: Section | None) -> Section:
    """Return a section as it is written down: with the reason, and with every cell that it gives up.

    Raises:
        FixInput: the reason says nothing.
    """
    if len(reason.split()) < 3:
        raise FixInput(
            "A reason is a sentence: say why the baseline may change.", hint='rag eval accept --reason "..."'
        )
    return {**section, "accepted": {"reason": reason, "lost": sorted(given_up(before, section)) if before else []}}


def given_up(before: Section, after: Section) -> Iterator[str]:
    """Yield the cells that a section holds lower than the one before it, or no longer."""
    for case, held in before["cells"].items():
        for cell, level in held.items():
            now = after["cells"].get(case, {}).get(cell)
            if now is None or lower(now, level):
                yield f"{case} / {cell}"


def read_baseline(path: Path) -> dict[str, Section]:
    """Return the sections of a baseline file; none where there is no file.

    Raises:
        NotMeasurable: the file is not a baseline.
    """
    if not path.exists():
        return {}
    return parse_baseline(path.read_text(encoding="utf-8"), str(path))


def parse_baseline(text: str, name: str) -> dict[str, Section]:
    """Return the sections in the text of a baseline file; see ``read_baseline``."""
    try:
        values = json.loads(text)
        usable: bool = values["schema"] == SCHEMA and all("cells" in section for section in values["sections"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        values, usable = {}, False
    if not usable:
        raise NotMeasurable(f"{name} is not a baseline.", hint="Write one: rag eval accept --reason WHY")
    return values["sections"]


def write_baseline(path: Path, sections: Mapping[str, Section]) -> None:
    """Write a baseline file: sorted, a line for every case, so that a change shows what it changes."""
    lines: list[str] = []
    for name in sorted(sections):
        section = {**sections[name]}
        held = section.pop("cells")
        head = "".join(f"   {json.dumps(key)}: {_json(value)},\n" for key, value in sorted(section.items()))
        body = ",\n".join(f"    {json.dumps(case)}: {_json(held[case])}" for case in sorted(held))
        lines.append(f'  {json.dumps(name)}: {{\n{head}   "cells": {{\n{body}\n   }}\n  }}')
    text = f'{{\n "schema": {SCHEMA},\n "sections": {{\n' + ",\n".join(lines) + "\n }\n}\n"
    path.write_text(text, encoding="utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
