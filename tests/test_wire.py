"""Records survive the way to JSON and back; errors stay what they were."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import LocalEngine, errors
from rag.events import StageDone
from rag.records import Answer, Candidate, Citation, DocumentInfo, Filters, Judgement, Span, Statement
from rag.wire import PROBLEM, PROBLEMS, STATUS, build, error_of, plain, problem_of

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Span, st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda p: Span(*sorted(p))))
_DAYS = st.tuples(st.dates(), st.dates()).map(sorted) | st.just([None, None])
st.register_type_strategy(
    Filters,
    # Those that are not refused.
    st.builds(
        lambda days, *rest: Filters(*days, *rest),
        _DAYS, st.booleans(), st.none() | st.text(), st.none() | st.sampled_from(["de", "EN", "gsw"]),
        st.lists(st.text()).map(tuple),
    ),
)  # fmt: skip
RECORDS: Any = st.one_of(
    *(st.from_type(cls) for cls in (Candidate, Citation, DocumentInfo, Filters, Judgement, StageDone, Statement))
).filter(lambda record: record == record)


@given(RECORDS)
def test_a_record_comes_back_as_it_went(record: Any) -> None:
    assert build(type(record), json.loads(json.dumps(plain(record)))) == record


def test_an_answer_comes_back_as_it_went(engine: LocalEngine, folder: Any) -> None:
    (folder / "a.txt").write_text("Stand: 3. Mai 2021\n\nDer Hafen wächst. Acht Schiffe kamen an.", "utf-8")
    engine.ingest(folder)
    answer = engine.ask("Wie viele Schiffe?", Filters(include_undated=True))

    assert build(Answer, json.loads(json.dumps(plain(answer)))) == answer


@pytest.mark.parametrize(
    "values", [{}, {"stage": 3, "seconds": 1.0}, {"stage": "a", "seconds": "1"}, {"stage": "a", "seconds": True}, 3]
)
def test_what_is_no_such_record_is_refused(values: Any) -> None:
    with pytest.raises(ValueError, match="StageDone"):
        build(StageDone, values)


def test_what_a_newer_server_adds_is_passed_over() -> None:
    assert build(StageDone, {"stage": "a", "seconds": 1, "more": []}) == StageDone("a", 1.0)


@pytest.mark.parametrize("name", [name for name in dir(errors) if isinstance(getattr(errors, name), type)])
def test_an_error_stays_of_its_kind(name: str) -> None:
    cls = getattr(errors, name)
    error = cls("What happened.", hint="What to do.")
    problem = problem_of(error)

    back = error_of({"type": PROBLEM + problem, "detail": str(error), "hint": error.hint})

    assert type(back) is cls
    assert (str(back), back.hint) == (str(error), error.hint)
    assert 400 <= STATUS[problem] < 600


def test_names_of_problems_are_unique() -> None:
    assert len({name for name, _, _ in PROBLEMS}) == len(PROBLEMS)


def test_fields_are_part_of_what_is_said() -> None:
    values = {"type": PROBLEM + "validation", "detail": "No.", "errors": [{"field": "top", "message": "too many"}]}

    assert str(error_of(values)) == "No. top: too many"
    assert str(error_of({})) == "The server refused the request."
