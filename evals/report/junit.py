"""``junit.xml``: one test a cell, so that a CI host shows which fact of which question was lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from ..baseline import ABSTAINS, LEVELS, cells
from ..gate import Blame, Step
from ..run import Row, Run

# Characters that XML 1.0 cannot hold at all.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(run: Run, steps: Sequence[Step]) -> str:
    """Return the report. A test stands for a question and a fact (or its abstention).

    failure: the gate holds it against the run. error: it could not be measured. skipped: it fell
    short, but no less than the baseline allows, or nothing recognises it in words. Otherwise it passes.
    """
    blamed: dict[str, list[Blame]] = {}
    for step in steps:
        for blame in step.blames:
            blamed.setdefault(blame.case, []).append(blame)
    suites: dict[str, list[str]] = {}
    counts = {"failure": 0, "error": 0, "skipped": 0}
    held = cells(run.rows)
    for row in run.rows:
        if row.repeat == 0:
            tests = list(_tests(row, held[row.case.id], blamed.get(row.case.id, [])))
            for _, kind, _ in tests:
                if kind:
                    counts[kind] += 1
            suites.setdefault(row.case.place.file, []).extend(_xml(row, *test) for test in tests)
    total = sum(map(len, suites.values()))
    body = "".join(
        f'<testsuite name={_attr(file)} tests="{len(tests)}">\n{"".join(tests)}</testsuite>\n'
        for file, tests in suites.items()
    )
    gates = "".join(_gate_test(step) for step in steps)
    failed = sum(step.outcome == "fail" for step in steps)
    unusable = sum(step.outcome == "unusable" for step in steps)
    passed_over = sum(step.outcome in ("skipped", "inconclusive") for step in steps)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="rag eval" tests="{total + len(steps)}" failures="{counts["failure"] + failed}"'
        f' errors="{counts["error"] + unusable}" skipped="{counts["skipped"] + passed_over}">\n'
        f'<testsuite name="gate" tests="{len(steps)}">\n{gates}</testsuite>\n{body}</testsuites>\n'
    )


def _tests(row: Row, held: dict[str, str], blamed: list[Blame]) -> list[tuple[str, str, str]]:
    """Return (cell, kind of trouble or "", message) for every cell of a case, and for the case itself."""
    case = row.case
    if row.judged.reply.outcome == "error":
        return [("(answer)", "error", row.judged.reply.error)]
    tests: list[tuple[str, str, str]] = []
    for cell, state in held.items():
        blame = next((b for b in blamed if b.cell == cell), None)
        full = state == (_DONE if cell == ABSTAINS else LEVELS[-1])
        if blame:
            tests.append((cell, "failure", blame.message))
        else:
            tests.append((cell, "" if full else "skipped", "" if full else f"{state}, as the baseline has it"))
    others = [b for b in blamed if b.cell not in held]
    unmeasured = any(value.state == "unmeasured" for value in row.values.values())
    if others:
        kind = "error" if unmeasured else "failure"
        tests.append(("(answer)", kind, "; ".join(b.message for b in others)))
    elif not held:
        why = "no fact that words can show" if case.facts else "either answer is right"
        tests.append(("(answer)", "skipped", why))
    return tests


_DONE = "yes"


def _xml(row: Row, cell: str, kind: str, message: str) -> str:
    case = row.case
    fact = next((fact for fact in case.facts if fact.id == cell), None)
    place = fact.place if fact else case.place
    head = f'<testcase classname={_attr(case.id)} name={_attr(cell)} file={_attr(place.file)} line="{place.line}"'
    if not kind:
        return f"{head}/>\n"
    detail = f"{case.question}\n{fact.claim if fact else ''}".strip()
    inner = "" if kind == "skipped" else _text(detail)
    return f"{head}><{kind} message={_attr(message)}>{inner}</{kind}></testcase>\n"


def _gate_test(step: Step) -> str:
    kind = {"fail": "failure", "unusable": "error", "skipped": "skipped", "inconclusive": "skipped"}.get(step.outcome)
    head = f'<testcase classname="gate" name={_attr(step.name)}'
    if kind is None:
        return f"{head}/>\n"
    inner = "" if kind == "skipped" else _text("\n".join(step.lines))
    return (
        f"{head}><{kind} message={_attr(step.lines[0] if step.lines else step.outcome)}>{inner}</{kind}></testcase>\n"
    )


def _attr(text: str) -> str:
    return quoteattr(_UNFIT.sub("\ufffd", text))


def _text(text: str) -> str:
    return escape(_UNFIT.sub("\ufffd", text))
