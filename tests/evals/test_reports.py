from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from gold_builders import CORPUS, WHO, answer, banned, case, cited, fact, quoted, said, silence, span

from evals.baseline import section_of
from evals.cases import DocSpan, Place
from evals.explain import explain
from evals.figures import figures, slices, weakest
from evals.gate import gate
from evals.reliability import calibration_error, reliability
from evals.replies import Reply
from evals.report import write_report
from evals.report.annotations import MOST, workflow_commands
from evals.report.html import report_html
from evals.report.markdown import report_md
from evals.report.plots import risk_points
from evals.run import Run, measure
from evals.saved import accept_run, compare_runs, results
from evals.suggest import coverage, gaps
from rag import FixInput

WAGES = "Die Löhne steigen um 3,5 Prozent"
WHO_FACT = fact("who", WHO, (span("Anna Berg"),))
CASES = (
    case(fact(), WHO_FACT, forbidden=(banned(),)),
    case(fact(), name="wages-en", language="en", question="How much more?"),
    case(kind="unanswerable", name="cost-de"),
    case(fact(), kind="false_premise", name="premise-de"),
)
CHUNKS = {"de.txt": (DocSpan("de.txt", 0, 33), DocSpan("de.txt", 34, 88))}
FOUND = {"retrieved": CHUNKS["de.txt"], "timings": {"embed": 0.02}}
GOOD = (
    answer(quoted(WAGES), **FOUND),
    answer(quoted(WAGES), **FOUND),
    silence(confidence=0.1, **FOUND),
    silence(**FOUND),
)
ABOUT = {
    "lane": "embedded",
    "dataset": "gold",
    "hashes": {},
    "counts": {"cases": 4, "clusters": 3, "documents": 2, "to_refuse": 1},
}


def run(*replies: Reply) -> Run:
    return measure(CASES, replies, CORPUS, CHUNKS, ABOUT)


BASE = section_of(run(*GOOD))
BAD = (answer(said("<b>Um 5 Prozent</b> & mehr", cited(WAGES)), **FOUND), *GOOD[1:])


def steps(*replies: Reply) -> list:
    return gate(run(*replies), BASE, needs_baseline=True)


def suites(xml: str) -> ET.Element:
    return ET.fromstring(xml)


def test_figures_average_within_clusters_first_and_keep_their_denominators() -> None:
    found = figures(run(*GOOD))["fact_recall"]
    # Cluster wages: (1/2 + 1) / 2; the premise abstained rightly, the cost has no facts.
    assert (found.mean, found.n, found.cases, found.ineligible, found.unmeasured) == (0.75, 1, 2, 2, 0)
    assert found.interval is not None


def test_slices_are_named_and_the_weakest_comes_first() -> None:
    found = slices(run(*GOOD), ["fact_recall"])
    assert set(found["languages"]) == {"de → de", "en → de", "de → no"}
    assert weakest(found, "fact_recall", least=1)[0][0] == "languages: de → de"
    assert weakest(found, "fact_recall", least=2) == []


def test_junit_tells_failure_error_and_skipped_apart(tmp_path: Path) -> None:
    write_report(run(*BAD), steps(*BAD), tmp_path)
    root = suites((tmp_path / "junit.xml").read_text("utf-8"))
    kinds = {
        (test.get("classname"), test.get("name")): child.tag
        for test in root.iter("testcase")
        for child in test
    }  # fmt: skip
    assert kinds == {
        ("gate", "invariants"): "failure",
        ("gate", "ratchet"): "failure",
        ("wages-de", "raise"): "failure",
        ("wages-de", "who"): "skipped",
        ("wages-de", "(answer)"): "failure",
        ("premise-de", "raise"): "skipped",
    }
    tests = list(root.iter("testcase"))
    assert root.get("tests") == str(len(tests))
    assert (root.get("failures"), root.get("errors"), root.get("skipped")) == ("4", "0", "2")


def test_an_error_is_an_error_in_junit(tmp_path: Path) -> None:
    broken = (Reply("error", error="RetryLater: \x00 busy <&"), *GOOD[1:])
    write_report(run(*broken), steps(*broken), tmp_path)
    root = suites((tmp_path / "junit.xml").read_text("utf-8"))
    assert root.get("errors") == "2"
    assert [test.get("classname") for test in root.iter("testcase") if test.find("error") is not None] == [
        "gate",
        "wages-de",
    ]


def test_two_runs_differ_in_timings_alone(tmp_path: Path) -> None:
    slower = tuple(replace(reply, timings={"embed": 9.0}) for reply in GOOD)
    for name, replies in (("a", GOOD), ("b", slower)):
        write_report(run(*replies), steps(*replies), tmp_path / name)

    same = {
        path.name
        for path in (tmp_path / "a").iterdir()
        if path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    }
    assert same == {"run.json", "results.jsonl", "junit.xml", "baseline-candidate.json"}
    assert json.loads((tmp_path / "b" / "timings.json").read_text("utf-8"))["embed"] == {"n": 4, "p50": 9.0, "p95": 9.0}


def test_markdown_puts_the_worst_first_and_stays_below_its_size() -> None:
    text = report_md(run(*BAD), steps(*BAD))
    ids = re.findall(r"^### (\S+)", text, re.MULTILINE)
    assert ids[0] == "wages-de"
    assert text.startswith("# The gate blocks this run.")
    assert "\\<b\\>Um 5 Prozent" in text

    largest = len(text.encode()) - 100
    short = report_md(run(*BAD), steps(*BAD), largest)
    assert len(short.encode()) < largest
    assert "more cases: see results.jsonl" in short


def test_html_holds_no_script_no_address_and_nothing_unescaped() -> None:
    page = report_html(run(*BAD), steps(*BAD))
    assert "&lt;b&gt;Um 5 Prozent&lt;/b&gt; &amp; mehr" in page
    assert "<script" not in page
    assert set(re.findall(r"https?://[^\"' ]+", page)) == {"http://www.w3.org/2000/svg"}
    assert page.count("<svg") == 4


def test_words_that_gave_a_fact_away_are_marked() -> None:
    assert "um <mark>3,5 Prozent</mark>" in report_html(run(*GOOD), steps(*GOOD))


def test_risk_is_the_share_of_wrong_answers_among_the_surest() -> None:
    sure = [answer(quoted(WAGES), confidence=0.9), silence(confidence=0.2, nearest=(quoted("Der Streik endet."),))]
    found = measure((CASES[1], CASES[2]), sure, CORPUS, CHUNKS, ABOUT)
    assert risk_points(found.rows) == ((0.5, 0), (1, 0.5))


def test_at_most_ten_annotations_each_at_its_line() -> None:
    many = tuple(case(fact(), name=f"q{n}-de", place=Place("gold/a,b.yaml", n + 1)) for n in range(20))
    before = section_of(measure(many, [GOOD[0]] * 20, CORPUS, CHUNKS, ABOUT))
    lines = workflow_commands(gate(measure(many, [silence()] * 20, CORPUS, CHUNKS, ABOUT), before, needs_baseline=True))
    assert len(lines) == MOST
    assert lines[0] == "::error file=gold/x.yaml,line=3,title=q0-de / raise::lost: said and cited -> missed"


def test_annotations_cannot_be_broken_out_of() -> None:
    evil = case(fact(), name="a", place=Place("gold/a,b:c.yaml", 1))
    broken = measure((evil,), [Reply("error", error="x\n::error::y 100%")], CORPUS, CHUNKS, ABOUT)
    (line,) = workflow_commands(gate(broken, BASE, needs_baseline=True))
    assert line == "::error file=gold/a%2Cb%3Ac.yaml,line=1,title=a::error: x%0A::error::y 100%25"


def test_a_case_is_explained_side_by_side(tmp_path: Path) -> None:
    write_report(run(*BAD), steps(*BAD), tmp_path)
    records = results(tmp_path)

    text = explain(records, "wages-en", 100)
    assert re.search(r"1\. Die Löhne steigen um 3,5 Prozent +\| de\.txt 0-32: Die Löhne", text)
    assert "FACT raise (must, gold/x.yaml:3): said and cited" in text
    assert "matched in 1: 3,5 Prozent" in text
    assert "FORBIDDEN wrong (block)" in explain(records, "wages-de", 100)
    with pytest.raises(FixInput, match="no case"):
        explain(records, "wages")


def test_a_saved_run_becomes_the_baseline_unless_it_may_not(tmp_path: Path) -> None:
    write_report(run(*GOOD), steps(*GOOD), tmp_path / "good")
    write_report(run(*BAD), steps(*BAD), tmp_path / "bad")
    baseline = tmp_path / "baseline.json"

    section = accept_run(tmp_path / "good", baseline, "the first one of all")

    assert gate(run(*GOOD), section, needs_baseline=True)[-1].outcome == "pass"
    with pytest.raises(FixInput, match="breaks an invariant"):
        accept_run(tmp_path / "bad", baseline, "we would like it to")
    with pytest.raises(FixInput, match="No run"):
        accept_run(tmp_path, baseline, "there is nothing here")


def test_two_saved_runs_are_compared(tmp_path: Path) -> None:
    write_report(run(*GOOD), steps(*GOOD), tmp_path / "a")
    write_report(run(silence(**FOUND), *GOOD[1:]), steps(*GOOD), tmp_path / "b")

    verdicts, lost, gained = compare_runs(tmp_path / "a", tmp_path / "b")

    assert lost == ["wages-de / raise: said and cited -> missed"]
    assert gained == []
    assert {v.metric: v.difference.mean for v in verdicts}["fact_recall"] == pytest.approx(-0.25)


def test_passages_without_a_fact_are_suggested() -> None:
    found = gaps(CASES, CORPUS, least=10)
    assert [gap.text for gap in found if gap.span.document == "de.txt"] == ["am 2. Mai 2024. Der Streik endet."]
    assert all(CORPUS.of(gap.span) == gap.text for gap in found)
    assert coverage(CASES, CORPUS)["en.txt"] == 0


def test_a_kept_promise_has_no_calibration_error() -> None:
    sure = [answer(quoted(WAGES), confidence=1.0), silence(confidence=0.1), silence(confidence=0.5)]
    bands = reliability(measure((CASES[0], CASES[2], CASES[3]), sure, CORPUS, CHUNKS, ABOUT).rows)

    assert [(band.low, band.high, band.n, band.share) for band in bands] == [(0.0, 0.2, 1, 0.0), (0.8, 1.0, 1, 1.0)]
    assert calibration_error(bands) == pytest.approx(0.05)


def test_a_broken_promise_shows() -> None:
    bands = reliability(measure((CASES[2],), [silence(confidence=0.9)], CORPUS, CHUNKS, ABOUT).rows)

    assert calibration_error(bands) == pytest.approx(0.9)
    assert calibration_error([]) == 0.0
