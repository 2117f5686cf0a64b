from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from gold_builders import CORPUS, WHO, answer, banned, case, cited, fact, quoted, said, silence, span

from evals.acceptance import unaccepted_falls
from evals.baseline import accept, read_baseline, section_of, write_baseline
from evals.cases import Case, DocSpan
from evals.errors import NotMeasurable
from evals.gate import blocking, exit_code, gate
from evals.replies import Cited, Reply
from evals.run import Run, measure
from evals.sabotage import SABOTAGES
from evals.work import spoil_and_judge
from rag import FixInput

WAGES = "Die Löhne steigen um 3,5 Prozent"
BERG = "Das sagte Anna Berg am 2. Mai 2024."
NICE = fact("who", WHO, (span("Anna Berg"),), weight="nice")
CASES = (case(fact(), NICE, forbidden=(banned(),)), case(kind="unanswerable", name="cost-de"))
CHUNKS = {"de.txt": (DocSpan("de.txt", 0, 33), DocSpan("de.txt", 34, 88))}
GOOD = (answer(quoted(WAGES), quoted(BERG), retrieved=CHUNKS["de.txt"]), silence(retrieved=CHUNKS["de.txt"]))


def run(*replies: Reply, cases: Sequence[Case] = CASES, lane: str = "embedded") -> Run:
    return measure(cases, replies, CORPUS, CHUNKS, {"lane": lane, "hashes": {}})


BASE = section_of(run(*GOOD))


def judged(*replies: Reply, cases: Sequence[Case] = CASES) -> tuple[list[str], int, str]:
    steps = gate(run(*replies, cases=cases), BASE, needs_baseline=True)
    return list(blocking(steps)), exit_code(steps), "\n".join(line for step in steps for line in step.lines)


def test_the_run_that_is_the_baseline_passes_and_says_what_its_n_bounds() -> None:
    steps, code, lines = judged(*GOOD)
    assert (steps, code) == ([], 0)
    assert "0 of 1 clusters" in lines


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        (silence(), "wages-de / raise: said and cited -> missed"),
        (answer(said(WAGES), quoted(BERG)), "wages-de / raise: said and cited -> said"),
        (answer(said(WAGES, cited("Der Streik endet.")), quoted(BERG)), "said and cited -> said"),
    ],
)
def test_a_lost_must_cell_fails(reply: Reply, line: str) -> None:
    steps, code, lines = judged(reply, GOOD[1])
    assert (steps, code) == (["ratchet"], 1)
    assert line in lines


def test_an_answer_where_silence_was_right_fails() -> None:
    steps, code, lines = judged(GOOD[0], answer(quoted("Der Streik endet.")))
    assert (steps, code) == (["ratchet"], 1)
    assert "cost-de / (abstains): yes -> no" in lines


def test_a_lost_nice_cell_is_told_and_passes() -> None:
    steps, code, lines = judged(answer(quoted(WAGES), retrieved=CHUNKS["de.txt"]), GOOD[1])
    assert (steps, code) == ([], 0)
    assert "only nice to have: wages-de / who" in lines


def test_a_figure_that_falls_fails_though_no_cell_is_lost() -> None:
    long = answer(quoted(WAGES), quoted(BERG), *[quoted("Der Streik endet.")] * 40)
    steps, _, lines = judged(long, GOOD[1])
    assert steps == ["ratchet"]
    assert "concision went from 1.000 to" in lines


@pytest.mark.parametrize(
    "reply",
    [
        answer(quoted(WAGES), said("Um 5 Prozent.", cited(WAGES))),
        answer(said(WAGES, Cited(DocSpan("de.txt", 1, 33), WAGES))),
    ],
)
def test_a_broken_invariant_fails_first(reply: Reply) -> None:
    steps, code, _ = judged(reply, GOOD[1])
    assert steps[0] == "invariants"
    assert code == 1


def test_an_error_makes_the_run_unusable_and_is_never_a_zero() -> None:
    steps, code, lines = judged(Reply("error", error="RetryLater: busy"), GOOD[1])
    assert (steps, code) == (["usable"], 4)
    assert "RetryLater: busy" in lines


def test_a_missing_baseline_is_not_measurable_where_there_has_to_be_one() -> None:
    steps = gate(run(*GOOD), None, needs_baseline=True)
    assert exit_code(steps) == 4
    assert exit_code(gate(run(*GOOD), None, needs_baseline=False)) == 0


def test_cells_may_not_appear_or_vanish_unseen() -> None:
    more = (*CASES, case(fact(), name="more-de"))
    assert "more-de / raise is not in the baseline" in judged(*GOOD, GOOD[0], cases=more)[2]
    code, lines = judged(GOOD[0], cases=CASES[:1])[1:]
    assert code == 4
    assert "cost-de / (abstains) is in the baseline and was not asked" in lines


def test_a_live_lane_is_judged_by_statistics_and_not_by_single_cells() -> None:
    cases = [case(fact(), name=f"q{n}-de") for n in range(40)]
    replies = [answer(quoted(WAGES))] * 40
    before = section_of(run(*replies, cases=cases, lane="live"))
    one_lost = gate(run(silence(), *replies[1:], cases=cases, lane="live"), before, needs_baseline=True)
    many_lost = gate(run(*[silence()] * 20, *replies[20:], cases=cases, lane="live"), before, needs_baseline=True)

    assert [step.name for step in one_lost] == ["usable", "invariants", "statistics"]
    assert exit_code(one_lost) == 0
    assert (blocking(many_lost), exit_code(many_lost)) == (["statistics"], 1)


def test_every_sabotage_is_blocked_by_its_step() -> None:
    cases = [
        case(fact(), name="a-de"),
        case(fact("raise"), name="a-en", language="en"),
        case(fact("who", WHO, (span("Anna Berg"),)), name="b-de"),
        case(kind="unanswerable", name="c-de"),
    ]
    nearest = (quoted("Der Streik endet."),)
    replies = (
        answer(quoted(WAGES), retrieved=CHUNKS["de.txt"]),
        answer(quoted(WAGES), retrieved=CHUNKS["de.txt"]),
        answer(quoted(BERG), retrieved=CHUNKS["de.txt"] * 6),
        silence(nearest=nearest, retrieved=CHUNKS["de.txt"]),
    )
    from evals.asking import Asked

    found = spoil_and_judge(cases, CORPUS, Asked(replies, CHUNKS))

    assert [name for name, _, _ in found] == [sabotage.name for sabotage in SABOTAGES]
    assert {name: must in steps for name, must, steps in found} == dict.fromkeys([s.name for s in SABOTAGES], True)


def test_a_baseline_survives_its_file_and_a_case_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    section = accept(BASE, "the first one of all", None)
    write_baseline(path, {"embedded extractive": section})

    assert read_baseline(path) == {"embedded extractive": section}
    assert '    "cost-de": {"(abstains)": "yes"},\n' in path.read_text("utf-8")
    assert read_baseline(tmp_path / "none.json") == {}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": 9, "sections": {}}', '{"schema": 1, "sections": {"x": {}}}']
)
def test_what_is_no_baseline_is_not_measurable(text: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotMeasurable, match="not a baseline"):
        read_baseline(path)


def test_accepting_needs_a_sentence_and_writes_down_what_is_given_up() -> None:
    with pytest.raises(FixInput, match="sentence"):
        accept(BASE, "because", None)
    worse = section_of(run(silence(), GOOD[1]))
    assert accept(worse, "the corpus has changed", BASE)["accepted"]["lost"] == ["wages-de / raise", "wages-de / who"]


class History:
    """A repository in which a baseline changes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "baseline.json"
        self._git("init", "-q")

    def _git(self, *arguments: str) -> None:
        who = (
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@example.org",
            "-c",
            "commit.gpgsign=false",
            "-c",
            "core.hooksPath=/dev/null",
        )
        subprocess.run(["git", *who, *arguments], cwd=self.path.parent, check=True, capture_output=True)

    def commit(self, *, lost: bool, reason: str = "", other: str = "") -> None:
        section = section_of(run(silence() if lost else GOOD[0], GOOD[1]))
        write_baseline(self.path, {"embedded extractive": {**section, "accepted": {"reason": reason, "lost": []}}})
        if other:
            (self.path.parent / "prompt.md").write_text(other, encoding="utf-8")
        self._git("add", "-A")
        self._git("commit", "-q", "-m", next(_MESSAGES))


_MESSAGES = map(str, itertools.count())


@pytest.mark.parametrize(
    ("reason", "other", "problem"),
    [
        ("the corpus has changed", "", None),
        ("", "", "without a reason"),
        ("the corpus has changed", "new words", "touched prompt.md too"),
    ],
)
def test_a_fall_is_accepted_with_a_reason_in_a_commit_of_its_own(
    tmp_path: Path, reason: str, other: str, problem: str | None
) -> None:
    history = History(tmp_path)
    history.commit(lost=False, other="words")
    history.commit(lost=True, reason=reason, other=other)

    found = unaccepted_falls(history.path)

    assert [problem in line for line in found] == [True] if problem else found == []
    steps = gate(run(*GOOD), BASE, needs_baseline=True, falls=found)
    assert blocking(steps) == (["ratchet"] if problem else [])


def test_a_rise_needs_neither(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.commit(lost=True, other="words")
    history.commit(lost=False, other="more words")
    assert unaccepted_falls(history.path) == []


def test_without_history_there_is_nothing_to_check(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    assert unaccepted_falls(path) == []
    path.write_text(json.dumps({}), encoding="utf-8")
    assert unaccepted_falls(path) == []
