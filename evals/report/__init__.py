"""What a run leaves behind, all in one folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..baseline import section_of
from ..gate import Step, blocking
from ..run import Run
from .html import report_html
from .junit import junit
from .markdown import report_md
from .records import result_records, run_record, timing_record

RESULTS = "results.jsonl"
CANDIDATE = "baseline-candidate.json"


def write_report(run: Run, steps: Sequence[Step], out: Path) -> None:
    """Write all files of a run; only ``timings.json`` and the two readable reports hold times."""
    out.mkdir(parents=True, exist_ok=True)
    _json(out / "run.json", run_record(run, steps))
    lines = (json.dumps(record, ensure_ascii=False, sort_keys=True) for record in result_records(run))
    (out / RESULTS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    _json(out / "timings.json", timing_record(run))
    _json(out / CANDIDATE, {"section": run.section, "refused": _refused(run, steps), **section_of(run)})
    (out / "junit.xml").write_text(junit(run, steps), encoding="utf-8")
    (out / "report.md").write_text(report_md(run, steps), encoding="utf-8")
    (out / "report.html").write_text(report_html(run, steps), encoding="utf-8")


def _refused(run: Run, steps: Sequence[Step]) -> str:
    """Say why the run may not become a baseline, or nothing where it may."""
    if any(value.state == "unmeasured" for row in run.rows for value in row.values.values()):
        return "it holds errors or unmeasured values"
    if "invariants" in blocking(steps):
        return "it breaks an invariant, and no reason makes that right"
    return ""


def _json(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
