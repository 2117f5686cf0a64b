"""``report.md`` and the step summary: what the gate says, the figures, then the cases, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..baseline import cells
from ..figures import UNBOUNDED, Figure, figures, slices, weakest
from ..gate import Step, exit_code
from ..metrics import CONSISTENCY, GATING, METRICS
from ..reliability import calibration_error, reliability
from ..run import Row, Run
from .records import timing_record

LARGEST = 1_000_000
_VERDICTS = {0: "The gate lets this run pass.", 1: "The gate blocks this run.", 4: "This run cannot be judged."}
_SHOWN_LINES = 40
_TEXT = 400


def report_md(run: Run, steps: Sequence[Step], largest: int = LARGEST) -> str:
    """Return the whole report, in fewer than ``largest`` bytes; what does not fit is counted."""
    parts = [summary_md(run, steps), "\n## Cases, worst first\n"]
    size = sum(len(part.encode()) for part in parts)
    rows = worst_first(run, steps)
    for number, row in enumerate(rows):
        part = "\n".join(_case(row)) + "\n"
        size += len(part.encode())
        if size > largest - 200:
            parts.append(f"\n... and {len(rows) - number} more cases: see results.jsonl.\n")
            break
        parts.append(part)
    return "\n".join(parts)


def summary_md(run: Run, steps: Sequence[Step]) -> str:
    """Return the part that fits on a page: gate, figures, weakest slices."""
    lines = [
        f"# {_VERDICTS[exit_code(steps)]}",
        "",
        _about(run),
        "",
        "## Gate",
        "",
    ]
    for step in steps:
        lines.append(f"- **{step.name}**: {step.outcome}")
        lines += [f"  - {_plain(line)}" for line in step.lines[:_SHOWN_LINES]]
        if len(step.lines) > _SHOWN_LINES:
            lines.append(f"  - ... and {len(step.lines) - _SHOWN_LINES} more")
    lines += ["", "## Figures", "", *_figures(run), "", "## Weakest slices, by fact recall", "", *_weakest(run)]
    lines += ["", "## Probability that the documents answer, against what they do", "", *_reliability(run)]
    timings = timing_record(run)
    if timings:
        cells_ = (f"{stage} {t['p50'] * 1000:.0f} / {t['p95'] * 1000:.0f}" for stage, t in timings.items())
        lines += ["", "Milliseconds a question, p50 / p95, never gated: " + ", ".join(cells_) + "."]
    return "\n".join(lines) + "\n"


def _about(run: Run) -> str:
    counts = run.about["counts"]
    return (
        f"Lane {run.section}, data {run.about['dataset']}: {counts['cases']} questions in {counts['clusters']} clusters"
        f" over {counts['documents']} documents; {counts['to_refuse']} are to be refused."
    )


def worst_first(run: Run, steps: Sequence[Step]) -> list[Row]:
    """Return the rows: those that the gate blames first, then by truth score and fact recall."""
    blamed = {blame.case for step in steps for blame in step.blames}
    return sorted(
        (row for row in run.rows if row.repeat == 0),
        key=lambda row: (
            row.case.id not in blamed,
            *(_number(row, m) for m in ("truth_score", "fact_recall", "concision")),
        ),
    )


def shown(figure: Figure) -> str:
    """Return a figure with its interval and its n."""
    if figure.mean is None or figure.interval is None:
        return "not asked for"
    low, high = figure.interval
    return f"{figure.mean:.3f} [{low:.3f}, {high:.3f}]"


def _figures(run: Run) -> Iterator[str]:
    found = figures(run)
    gating = {metric.name for metric in GATING}
    yield "| metric | mean [95 % interval] | clusters | questions | ineligible |"
    yield "| --- | --- | ---: | ---: | ---: |"
    for name in [*(metric.name for metric in METRICS), CONSISTENCY]:
        f = found[name]
        label = f"**{name}**" if name in gating else name
        value = (
            shown(f) if name not in UNBOUNDED or name == "truth_score" else "-" if f.mean is None else f"{f.mean:.4g}"
        )
        yield f"| {label} | {value} | {f.n} | {f.cases} | {f.ineligible} |"
    yield ""
    yield "Means over clusters. Bold figures gate."


def _weakest(run: Run) -> Iterator[str]:
    yield "| slice | fact recall [95 % interval] | clusters |"
    yield "| --- | --- | ---: |"
    for label, figure in weakest(slices(run, ["fact_recall"]), "fact_recall")[:6]:
        yield f"| {_plain(label)} | {shown(figure)} | {figure.n} |"


def _reliability(run: Run) -> Iterator[str]:
    yield "| question | probability | questions | mean | answerable [95 % interval] |"
    yield "| --- | --- | ---: | ---: | --- |"
    languages = sorted({row.case.language for row in run.rows})
    for language in languages:
        bands = reliability(row for row in run.rows if row.case.language == language)
        for band in bands:
            spread = f"{band.share:.2f} [{band.interval[0]:.2f}, {band.interval[1]:.2f}]"
            yield f"| {language} | {band.low:g} to {band.high:g} | {band.n} | {band.mean:.2f} | {spread} |"
        yield f"| {language} | all | {sum(b.n for b in bands)} | | calibration error {calibration_error(bands):.3f} |"


def _case(row: Row) -> Iterator[str]:
    case, reply = row.case, row.judged.reply
    truth = row.values["truth_score"]
    score = f"{truth.number:+g}" if truth.state == "measured" else truth.state
    yield f"### {case.id} ({score})"
    yield ""
    yield f"{_plain(case.question)}  "
    yield f"{case.kind}, {case.place.file}:{case.place.line}; right is to {_EXPECTED[case.expected]}."
    yield ""
    if reply.outcome == "error":
        yield f"- ERROR: {_plain(reply.error)}"
    if reply.outcome == "abstained":
        yield f"- abstained (probability {reply.confidence:.2f})"
    for number, said in enumerate(reply.statements, 1):
        where = ", ".join(f"{c.span.document} {c.span.start}-{c.span.end}" for c in said.citations) or "NO CITATION"
        yield f"- {number}. {_plain(said.text)} ({where})"
    held = cells([row])[case.id]
    for found in row.judged.reading.facts:
        yield f"- fact {found.fact.id} ({found.fact.weight}): **{held[found.fact.id]}**. {_plain(found.fact.claim)}"
    for claim in row.judged.reading.claims:
        yield f"- FORBIDDEN {claim.claim.id} ({claim.claim.severity}): {_plain(claim.claim.claim)}"
    yield ""


_EXPECTED = {"answer": "answer", "abstain": "abstain", "either": "correct the premise, or to abstain"}


def _number(row: Row, metric: str) -> float:
    value = row.values[metric]
    return value.number if value.state == "measured" else -2.0 if value.state == "unmeasured" else 2.0


def _plain(text: str) -> str:
    """Return text on one line that Markdown does not interpret, cut where it is long."""
    line = " ".join(text.split())
    line = line if len(line) <= _TEXT else line[: _TEXT - 3] + "..."
    for char in "\\`*_[]<>|#":
        line = line.replace(char, f"\\{char}")
    return line
