"""Each measure against figures worked out by hand; the corpus is that of ``gold_builders``."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gold_builders import (
    CORPUS,
    DE,
    EN,
    RAISE,
    WHO,
    answer,
    banned,
    case,
    cited,
    fact,
    judged,
    quoted,
    said,
    silence,
    span,
)

from evals.cases import DocSpan
from evals.corpus import Corpus
from evals.metrics import METRICS, abstention, characters, languages, usage
from evals.metrics.citation_integrity import citation_integrity
from evals.metrics.citation_precision import citation_precision, judged_share
from evals.metrics.citation_recall import citation_recall
from evals.metrics.concision import concision
from evals.metrics.fact_recall import fact_recall, nice_recall, strict_recall
from evals.metrics.forbidden_rate import forbidden_rate
from evals.metrics.literal_grounding import literal_grounding
from evals.metrics.truth_score import truth_score
from evals.metrics.uncited_rate import uncited_rate
from evals.replies import Cited, Reply, Usage
from evals.results import Value

WAGES = "Die Löhne steigen um 3,5 Prozent"
BERG = "Das sagte Anna Berg am 2. Mai 2024."
WHO_FACT = fact("who", WHO, (span("Anna Berg"),))
NICE = fact("who", WHO, (span("Anna Berg"),), weight="nice")


def number(value: Value) -> float:
    assert value.state == "measured", value
    return value.number


def test_fact_recall_is_said_over_must() -> None:
    asked = case(fact(), WHO_FACT)
    half = judged(asked, answer(quoted(WAGES)))
    whole = judged(asked, answer(quoted(WAGES), quoted(BERG)))

    assert (number(fact_recall(half)), number(strict_recall(half))) == (0.5, 0)
    assert (number(fact_recall(whole)), number(strict_recall(whole))) == (1, 1)
    assert number(fact_recall(judged(asked, silence()))) == 0


def test_nice_facts_are_counted_apart() -> None:
    one = judged(case(fact(), NICE), answer(quoted(BERG)))
    assert (number(fact_recall(one)), number(nice_recall(one))) == (0, 1)
    assert nice_recall(judged(case(fact()), answer(quoted(WAGES)))).state == "ineligible"


def test_without_must_facts_recall_is_not_asked_for() -> None:
    refused = judged(case(kind="unanswerable"), silence())
    assert {m(refused).state for m in (fact_recall, strict_recall, citation_recall)} == {"ineligible"}
    corrected = case(fact(), kind="false_premise")
    assert fact_recall(judged(corrected, silence())).state == "ineligible"
    assert number(fact_recall(judged(corrected, answer(quoted(BERG))))) == 0


def test_forbidden_rate_counts_cases_that_forbid_something() -> None:
    asked = case(fact(), forbidden=(banned(),))
    assert number(forbidden_rate(judged(asked, answer(said("Um 5 Prozent."))))) == 1
    assert number(forbidden_rate(judged(asked, answer(quoted(WAGES))))) == 0
    only_warns = judged(case(fact(), forbidden=(banned("warn"),)), answer(said("Um 5 Prozent.")))
    assert forbidden_rate(only_warns).state == "ineligible"


@pytest.mark.parametrize(
    ("text", "source", "share"),
    [
        ("Um 3,5 Prozent am 2. Mai 2024", WAGES, 1 / 2),
        ("By 3.5 percent", WAGES, 1),
        ("Um 3,6 Prozent", WAGES, 0),
        ("Es hieß: „Der Streik endet“", "Der Streik endet.", 1),
    ],
)
def test_literal_grounding_is_literals_in_their_own_spans(text: str, source: str, share: float) -> None:
    assert number(literal_grounding(judged(case(fact()), answer(said(text, cited(source)))))) == share


def test_literals_without_citation_are_not_grounded_and_no_literals_are_not_asked_for() -> None:
    assert number(literal_grounding(judged(case(fact()), answer(said("Um 3,5 Prozent"))))) == 0
    assert literal_grounding(judged(case(fact()), answer(quoted("Der Streik endet.")))).state == "ineligible"
    assert literal_grounding(judged(case(fact()), silence())).state == "ineligible"


def test_literals_are_looked_for_in_the_source_and_not_in_the_claimed_quote() -> None:
    lie = Cited(span("Der Streik endet."), "um 3,6 Prozent")
    assert number(literal_grounding(judged(case(fact()), answer(said("Um 3,6 Prozent", lie))))) == 0


@pytest.mark.parametrize(("length", "facts", "expected"), [(200, 0, 1), (400, 0, 0.5), (350, 1, 1), (700, 1, 0.5)])
def test_concision_allows_200_and_150_a_fact(length: int, facts: int, expected: float) -> None:
    text = WAGES if facts else "x"
    one = answer(said(text + "." * (length - len(text))))
    assert number(concision(judged(case(fact()), one))) == expected


def test_concision_of_silence_is_not_asked_for() -> None:
    assert concision(judged(case(fact()), silence())).state == "ineligible"


def test_citation_integrity_is_quotes_that_stand_in_the_file() -> None:
    off = Cited(DocSpan("de.txt", 1, 4), "Die")
    outside = Cited(DocSpan("fr.txt", 0, 3), "Die")
    beyond = Cited(DocSpan("de.txt", len(DE), len(DE) + 1), "")
    assert number(citation_integrity(judged(case(fact()), answer(quoted(WAGES))))) == 1
    for wrong in (off, outside, beyond):
        assert number(citation_integrity(judged(case(fact()), answer(said("x", cited(WAGES), wrong))))) == 0.5
    assert citation_integrity(judged(case(fact()), answer(said("x")))).state == "ineligible"


def test_a_file_that_cannot_be_read_again_leaves_integrity_unmeasured() -> None:
    one = judged(case(fact()), answer(said("x", Cited(DocSpan("latin1.txt", 0, 3), "Die"))))
    unread = replace(one, corpus=Corpus(CORPUS.texts, frozenset({"latin1.txt"})))
    assert citation_integrity(unread).state == "unmeasured"


def test_citation_recall_is_backed_over_said() -> None:
    asked = case(fact(), WHO_FACT)
    reply = answer(quoted(WAGES), said("Anna Berg sagte das.", cited("Der Streik endet.")))
    assert number(citation_recall(judged(asked, reply))) == 0.5
    assert number(citation_recall(judged(asked, answer(said(WAGES))))) == 0


@pytest.mark.parametrize(("covered", "expected"), [("Die Löhne steigen", 1), ("Die Löhne", 0)])
def test_half_of_a_span_covers_it(covered: str, expected: float) -> None:
    # The evidence has 32 characters: 17 of them are more than half, 9 are not.
    reply = answer(said(WAGES, cited(covered)))
    assert number(citation_recall(judged(case(fact()), reply))) == expected


def test_citation_precision_judges_what_backs_a_fact() -> None:
    reply = answer(
        said(WAGES, cited(WAGES), cited("Der Streik endet.")), said("Der Streik endet.", cited("Der Streik endet."))
    )
    one = judged(case(fact()), reply)
    assert number(citation_precision(one)) == 0.5
    assert number(judged_share(one)) == pytest.approx(2 / 3)


def test_a_citation_outside_the_corpus_is_judged_and_wrong() -> None:
    one = judged(case(fact()), answer(said("Etwas.", Cited(DocSpan("fr.txt", 0, 1), "x"))))
    assert (number(citation_precision(one)), number(judged_share(one))) == (0, 1)
    assert citation_precision(judged(case(fact()), silence())).state == "ineligible"


def test_characters_by_hand() -> None:
    # Cited: "Die Löhne steigen um 3,5 Prozent." (33); evidence: the same without the full stop (32).
    one = judged(case(fact()), answer(quoted(WAGES + ".")))
    assert number(characters.char_precision(one)) == pytest.approx(32 / 33)
    assert number(characters.char_recall(one)) == 1
    assert number(characters.char_f1(one)) == pytest.approx(2 * (32 / 33) / (1 + 32 / 33))


def test_characters_take_the_best_alternative() -> None:
    either = fact("raise", RAISE, (span(WAGES),), (span("Wages rise by 3.5 percent", "en.txt"),))
    one = judged(case(either), answer(quoted("Wages rise by 3.5 percent", "en.txt")))
    assert number(characters.char_recall(one)) == 1
    assert EN.startswith("Wages rise")


def test_no_quotes_are_not_perfect_quotes() -> None:
    one = judged(case(fact()), silence())
    assert characters.char_precision(one).state == "ineligible"
    assert (number(characters.char_recall(one)), number(characters.char_f1(one))) == (0, 0)


def test_uncited_rate_is_uncited_over_factual() -> None:
    reply = answer(quoted(WAGES), said("Anna Berg sagte das."), said("–"))
    assert number(uncited_rate(judged(case(fact()), reply))) == 0.5
    assert uncited_rate(judged(case(fact()), silence())).state == "ineligible"


ABSTENTION = [
    # kind, facts, silent: precision, recall, over-refusal (None: not asked for), truth score
    ("unanswerable", False, True, (1, 1, None), 1),
    ("unanswerable", False, False, (None, 0, None), -1),
    ("single", True, True, (0, None, 1), 0),
    ("single", True, False, (None, None, 0), 1),
    ("false_premise", True, True, (1, None, None), 1),
    ("false_premise", True, False, (None, None, None), 1),
    ("false_premise", False, False, (None, 0, None), -1),
]


@pytest.mark.parametrize(("kind", "facts", "silent", "three", "truth"), ABSTENTION)
def test_silence_is_right_or_wrong(
    kind: str, facts: bool, silent: bool, three: tuple[float | None, ...], truth: float
) -> None:
    one = judged(case(*([fact()] if facts else []), kind=kind), silence() if silent else answer(quoted(WAGES)))
    values = [m(one) for m in (abstention.abstention_precision, abstention.abstention_recall, abstention.over_refusal)]
    assert tuple(v.number if v.state == "measured" else None for v in values) == three
    assert number(truth_score(one)) == truth


def test_truth_score_by_hand() -> None:
    third = fact("end", replace(WHO, any_of=("Streik",)), (span("Der Streik endet."),))
    asked = case(fact(), WHO_FACT, third, forbidden=(banned(),))
    assert number(truth_score(judged(asked, answer(quoted(WAGES))))) == 0
    assert number(truth_score(judged(asked, answer(quoted(WAGES), quoted(BERG))))) == 0.5
    assert number(truth_score(judged(asked, answer(quoted(WAGES), quoted(BERG), quoted("Der Streik endet."))))) == 1
    assert number(truth_score(judged(asked, answer(quoted(WAGES), said("Um 5 Prozent."))))) == -1


def test_consistency_is_the_jaccard_of_what_is_said() -> None:
    german, english = (case(fact(), WHO_FACT, name=f"wages-{lang}", language=lang) for lang in ("de", "en"))
    both, one, none = answer(quoted(WAGES), quoted(BERG)), answer(quoted(WAGES)), silence()

    def agreement(a: Reply, b: Reply) -> Value:
        return languages.consistency([judged(german, a), judged(english, b)])

    assert [number(agreement(*pair)) for pair in ((both, both), (both, one), (both, none))] == [1, 0.5, 0]
    assert agreement(none, none).state == "ineligible"
    assert languages.consistency([judged(german, both)]).state == "ineligible"


def test_language_match_is_statements_in_the_questions_language() -> None:
    reply = answer(quoted(WAGES), quoted("The strike ends.", "en.txt"))
    assert number(languages.language_match(judged(case(fact()), reply))) == 0.5


def test_usage_is_summed_and_an_unknown_price_is_not_free() -> None:
    one = judged(case(fact()), silence(usage=Usage(2, 100, 20, 0.5)))
    assert [number(m(one)) for m in (usage.calls, usage.tokens, usage.cost)] == [2, 120, 0.5]
    assert usage.cost(judged(case(fact()), silence(usage=Usage(1, 1, 1, None)))).state == "ineligible"


@pytest.mark.parametrize(("q", "expected"), [(0.5, 2), (0.95, 4), (0, 1), (0.75, 3)])
def test_quantiles_are_nearest_rank(q: float, expected: float) -> None:
    assert usage.quantile([4, 1, 3, 2], q) == expected


def test_a_quantile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        usage.quantile([], 0.5)


def test_every_formula_is_written_down() -> None:
    for metric in METRICS:
        measure = getattr(metric.measure, "func", metric.measure)
        assert measure.__doc__, metric.name
