"""Retrieval measures by hand, and against ir_measures where it knows the same measure."""

from __future__ import annotations

import ir_measures
import pytest
from gold_builders import RAISE, WHO, answer, case, fact, judged, span
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import nDCG

from evals.cases import DocSpan
from evals.metrics import retrieval
from evals.results import Judged, Value

A, B, C = DocSpan("de.txt", 0, 33), DocSpan("de.txt", 34, 70), DocSpan("de.txt", 70, 90)
ELSEWHERE = DocSpan("en.txt", 0, 10)
CHUNKS = (A, B, C)
FACTS = (fact(), fact("who", WHO, (span("Anna Berg"),)))


def asked(*retrieved: DocSpan, facts: tuple = FACTS, chunks: tuple[DocSpan, ...] = CHUNKS) -> Judged:
    return judged(case(*facts), answer(retrieved=retrieved), chunks)


def number(value: Value) -> float:
    assert value.state == "measured", value
    return value.number


def test_evidence_recall_is_facts_whose_evidence_is_in_the_top() -> None:
    one = asked(C, A, B)
    assert [number(retrieval.evidence_recall(one, k)) for k in (1, 2, 3)] == [0, 0.5, 1]
    assert number(retrieval.evidence_recall(asked(), 3)) == 0


def test_a_chunk_covers_from_half_of_a_span_on() -> None:
    (evidence,) = FACTS[0].evidence[0]
    half = (evidence.end - evidence.start) // 2
    assert number(retrieval.evidence_recall(asked(DocSpan("de.txt", 0, half), facts=FACTS[:1]), 1)) == 1
    assert number(retrieval.evidence_recall(asked(DocSpan("de.txt", 0, half - 1), facts=FACTS[:1]), 1)) == 0


def test_every_span_of_a_set_is_needed_and_any_set_will_do() -> None:
    both = fact("both", RAISE, (span("Anna Berg"), span("Anna Berg", "en.txt")))
    either = fact("either", RAISE, (span("Anna Berg"),), (span("Anna Berg", "en.txt"),))
    assert number(retrieval.evidence_recall(asked(B, facts=(both,)), 1)) == 0
    assert number(retrieval.evidence_recall(asked(B, facts=(either,)), 1)) == 1
    assert number(retrieval.document_recall(asked(B, facts=(both,)), 1)) == 0
    assert number(retrieval.document_recall(asked(B, ELSEWHERE, facts=(both,)), 2)) == 1


def test_reciprocal_rank_is_of_the_first_chunk_with_evidence() -> None:
    assert number(retrieval.reciprocal_rank(asked(C, ELSEWHERE, B))) == pytest.approx(1 / 3)
    assert number(retrieval.reciprocal_rank(asked(C))) == 0


def test_ndcg_by_hand() -> None:
    # Two chunks hold gold (A, B). C first, A second: 1/log2(3) over 1/log2(2) + 1/log2(3).
    assert number(retrieval.ndcg(asked(C, A), 3)) == pytest.approx(0.63093 / 1.63093, abs=1e-5)


def test_the_ideal_counts_gold_that_no_chunk_covers() -> None:
    # B is no chunk of the corpus here, so Anna Berg cannot be found; the ideal holds it all the same.
    one = asked(A, chunks=(A, C))
    assert number(retrieval.ndcg(one, 3)) == pytest.approx(1 / 1.63093, abs=1e-5)
    assert number(retrieval.ceiling(one)) == 0.5
    assert number(retrieval.ceiling(asked(A))) == 1


def test_reading_is_told_from_ranking() -> None:
    from gold_builders import quoted

    reply = answer(quoted("Die Löhne steigen um 3,5 Prozent"), retrieved=(A, B))
    assert number(retrieval.fact_recall_given_retrieved(judged(case(*FACTS), reply, CHUNKS))) == 0.5
    only_a = answer(quoted("Die Löhne steigen um 3,5 Prozent"), retrieved=(A,))
    assert number(retrieval.fact_recall_given_retrieved(judged(case(*FACTS), only_a, CHUNKS))) == 1
    assert retrieval.fact_recall_given_retrieved(asked(C)).state == "ineligible"


def test_without_evidence_nothing_is_asked_for_and_without_chunks_nothing_is_known() -> None:
    none = judged(case(kind="unanswerable"), answer(retrieved=CHUNKS))
    for value in (
        retrieval.evidence_recall(none, 1),
        retrieval.document_recall(none, 1),
        retrieval.reciprocal_rank(none),
        retrieval.ndcg(none, 1),
        retrieval.ceiling(none),
    ):
        assert value.state == "ineligible"
    unknown = asked(A, chunks=())
    assert {retrieval.ndcg(unknown, 1).state, retrieval.ceiling(unknown).state} == {"unmeasured"}


# A text of ten chunks of ten characters; every fact has one span, which is one chunk.
TEN = tuple(DocSpan("de.txt", at, at + 8) for at in range(0, 80, 8))


@given(
    gold=st.sets(st.sampled_from(TEN), min_size=1),
    ranking=st.permutations(TEN),
    depth=st.integers(0, 10),
    k=st.sampled_from([1, 3, 5, 10]),
)
def test_ir_measures_agrees(gold: set[DocSpan], ranking: list[DocSpan], depth: int, k: int) -> None:
    retrieved = tuple(ranking[:depth])
    facts = tuple(fact(f"f{one.start}", RAISE, (one,)) for one in sorted(gold))
    one = judged(case(*facts), answer(retrieved=retrieved), TEN)
    qrels = [ir_measures.Qrel("q", str(span.start), 1) for span in gold]
    # A run without any document cannot be written down there; a document that is not judged can.
    scored = [ir_measures.ScoredDoc("q", str(chunk.start), -rank) for rank, chunk in enumerate(retrieved)]
    scored = scored or [ir_measures.ScoredDoc("q", "none", 0)]
    measures = [nDCG @ k, ir_measures.RR, ir_measures.R @ k]

    theirs = ir_measures.calc_aggregate(measures, qrels, scored)

    assert number(retrieval.ndcg(one, k)) == pytest.approx(theirs[nDCG @ k])
    assert number(retrieval.reciprocal_rank(one)) == pytest.approx(theirs[ir_measures.RR])
    assert number(retrieval.evidence_recall(one, k)) == pytest.approx(theirs[ir_measures.R @ k])


@given(
    gold=st.sets(st.sampled_from("abcdefgh"), min_size=1),
    ranking=st.permutations("abcdefgh"),
    k=st.sampled_from([1, 3, 5]),
)
def test_document_recall_is_recall_of_documents(gold: set[str], ranking: list[str], k: int) -> None:
    facts = tuple(fact(f"f{name}", RAISE, (DocSpan(name, 0, 5),)) for name in sorted(gold))
    one = judged(case(*facts), answer(retrieved=tuple(DocSpan(name, 0, 5) for name in ranking)))
    theirs = ir_measures.calc_aggregate(
        [ir_measures.R @ k],
        [ir_measures.Qrel("q", name, 1) for name in gold],
        [ir_measures.ScoredDoc("q", name, -rank) for rank, name in enumerate(ranking)],
    )
    assert number(retrieval.document_recall(one, k)) == pytest.approx(theirs[ir_measures.R @ k])
