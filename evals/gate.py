"""The gate, step by step: usable, invariants, ratchet, statistics. The first step that fails decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .baseline import Cells, Section, cells, losses, lower
from .cases import Place
from .compare import Verdict, judge_differences
from .figures import Figure, cluster_means, figures
from .metrics import GATING
from .run import Run
from .stats import never_seen_bound

Outcome: TypeAlias = Literal["pass", "fail", "unusable", "inconclusive", "skipped"]
StepName: TypeAlias = Literal["usable", "invariants", "ratchet", "statistics"]

LEAST_FALL = 0.02
"""A gating figure of a deterministic lane that falls by more than this fails."""


@dataclass(frozen=True, slots=True)
class Blame:
    """What a step holds against one case, and where the fact or the question is written."""

    case: str
    cell: str
    message: str
    place: Place


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of the gate found."""

    name: StepName
    outcome: Outcome
    lines: tuple[str, ...] = ()
    blames: tuple[Blame, ...] = ()


def gate(run: Run, section: Section | None, *, needs_baseline: bool, falls: Sequence[str] = ()) -> list[Step]:
    """Return the steps of the gate in their order; none follows one that is unusable.

    ``section`` is the baseline of runs of this kind, ``falls`` what ``acceptance`` has against its
    history. Without a baseline a run is unusable where it ``needs_baseline``; else only the first two
    steps can fail.
    """
    usable = _usable(run, section, needs_baseline=needs_baseline)
    if usable.outcome != "pass":
        return [usable]
    if section is None:
        return [usable, _invariants(run), Step("ratchet", "skipped", ("there is no baseline for this data",))]
    if run.about["lane"] == "live":
        return [usable, _invariants(run), _statistics(run, section)]
    return [usable, _invariants(run), _ratchet(run, section, falls)]


def blocking(steps: Sequence[Step]) -> list[StepName]:
    """Return the steps that block, in their order."""
    return [step.name for step in steps if step.outcome in ("fail", "unusable")]


def exit_code(steps: Sequence[Step]) -> int:
    """Return 0 where the gate lets the run pass, 1 where it fails, 4 where there is nothing to judge."""
    outcomes = [step.outcome for step in steps]
    return 4 if "unusable" in outcomes else 1 if "fail" in outcomes else 0


def _usable(run: Run, section: Section | None, *, needs_baseline: bool) -> Step:
    blames: list[Blame] = []
    for row in run.rows:
        if row.judged.reply.outcome == "error":
            blames.append(Blame(row.case.id, "", f"error: {row.judged.reply.error}", row.case.place))
            continue
        for name, value in row.values.items():
            if value.state == "unmeasured":
                blames.append(Blame(row.case.id, name, f"{name} is unmeasured: {value.why}", row.case.place))
    lines = [f"{blame.case}: {blame.message}" for blame in blames]
    if section is None and needs_baseline:
        lines.append(
            f"the baseline has no section '{run.section}'; accept this run first: rag eval accept --reason WHY"
        )
    if section is not None:
        lines += _missing(cells(run.rows), section["cells"])
    return Step("usable", "unusable" if lines else "pass", tuple(lines), tuple(blames))


def _missing(new: Cells, old: Cells) -> list[str]:
    """Name the cells that only one side has: a gate that skips them would let them vanish."""
    pairs = {
        side: {(case, cell) for case, held in cells_.items() for cell in held}
        for side, cells_ in (("new", new), ("old", old))
    }
    lines = [
        f"{case} / {cell} is not in the baseline; accept it first" for case, cell in sorted(pairs["new"] - pairs["old"])
    ]
    return lines + [
        f"{case} / {cell} is in the baseline and was not asked" for case, cell in sorted(pairs["old"] - pairs["new"])
    ]


def _invariants(run: Run) -> Step:
    blames: list[Blame] = []
    bounded = {"citation_integrity": set[str](), "forbidden_rate": set[str]()}
    for row in run.rows:
        for name, clusters in bounded.items():
            if row.values[name].state == "measured":
                clusters.add(row.case.cluster)
        integrity = row.values["citation_integrity"]
        if integrity.state == "measured" and integrity.number != 1:
            blames.append(
                Blame(row.case.id, "citation_integrity", "a quote is not what its document says there", row.case.place)
            )
        for found in row.judged.reading.claims:
            if found.claim.severity == "block":
                words = " / ".join(found.findings[0].words)
                message = f"says what is forbidden: {found.claim.claim} ({words})"
                blames.append(Blame(row.case.id, found.claim.id, message, found.claim.place))
    if blames:
        return Step("invariants", "fail", tuple(f"{b.case}: {b.message}" for b in blames), tuple(blames))
    lines = tuple(
        f"{what}: 0 of {len(clusters)} clusters, which bounds the rate at {never_seen_bound(len(clusters)):.1%}"
        for what, clusters in (
            ("quotes that do not hold", bounded["citation_integrity"]),
            ("forbidden claims", bounded["forbidden_rate"]),
        )
        if clusters
    )
    return Step("invariants", "pass", lines)


def _ratchet(run: Run, section: Section, falls: Sequence[str]) -> Step:
    lost = losses(run, section["cells"])
    blames = tuple(Blame(x.case, x.cell, f"lost: {x.before} -> {x.after}", x.place) for x in lost if x.must)
    fallen = list(_fallen(figures(run), section["figures"]))
    lines = [f"lost: {x}" for x in lost if x.must] + fallen + list(falls)
    failed = bool(lines)
    lines += [f"lost, but only nice to have: {x}" for x in lost if not x.must]
    gained = sum(_gained(cells(run.rows), section["cells"]))
    if gained:
        lines.append(f"{gained} cells got further than the baseline; keep them: rag eval accept --reason WHY")
    return Step("ratchet", "fail" if failed else "pass", tuple(lines), blames)


def _gained(new: Cells, old: Cells) -> list[bool]:
    return [lower(before, new[case][cell]) for case, held in old.items() for cell, before in held.items()]


def _fallen(new: Mapping[str, Figure], old: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for metric in GATING:
        before, after = old.get(metric.name), new[metric.name].mean
        if before is None or after is None:
            continue
        worse = before - after if metric.better == "high" else after - before
        if worse > LEAST_FALL:
            lines.append(f"{metric.name} went from {before:.3f} to {after:.3f}")
    return lines


def _statistics(run: Run, section: Section) -> Step:
    new = {metric.name: cluster_means(metric.name, run.rows) for metric in GATING}
    judged = judge_differences(section["values"], new)
    outcomes = {verdict.outcome for verdict in judged}
    outcome: Outcome = "fail" if "fail" in outcomes else "inconclusive" if "inconclusive" in outcomes else "pass"
    return Step("statistics", outcome, tuple(map(describe_verdict, judged)))


def describe_verdict(verdict: Verdict) -> str:
    """Say in one line what became of a metric, with its interval."""
    d = verdict.difference
    return (
        f"{verdict.metric}: {d.mean:+.3f} [{d.lower:+.3f}, {d.upper:+.3f}], n = {d.n} clusters,"
        f" Holm p = {verdict.adjusted_p:.4f}: {verdict.outcome}"
    )
