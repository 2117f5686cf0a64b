from __future__ import annotations

from gold_builders import RAISE, WHO, answer, banned, case, cited, fact, quoted, said, silence, span

from evals.facts import covered, read
from rag.text.match import Pattern


def test_a_fact_is_found_in_the_statement_that_says_it() -> None:
    reading = read(case(fact()), answer(said("Der Streik endet."), quoted("Die Löhne steigen um 3,5 Prozent")))

    (found,) = reading.facts
    assert [one.statement for one in found.findings] == [1]
    assert found.findings[0].words == ("3,5 Prozent",)
    assert found.expressed
    assert found.cited


def test_parts_in_two_statements_are_no_fact() -> None:
    both = fact("both", Pattern(all_of=("Löhne", "Berg")))
    assert not read(case(both), answer(said("Die Löhne steigen."), said("Anna Berg."))).facts[0].expressed


def test_a_translation_says_the_same() -> None:
    assert read(case(fact()), answer(said("Wages rise by 3.5 percent.", language="en"))).facts[0].expressed


def test_what_is_cited_elsewhere_is_not_backed() -> None:
    (found,) = read(case(fact()), answer(said("Um 3,5 Prozent.", cited("Der Streik endet.")))).facts
    assert found.expressed
    assert not found.cited


def test_statements_back_a_fact_together() -> None:
    two = fact("who", WHO, (span("Anna Berg"), span("Anna Berg", "en.txt")))
    one = answer(quoted("Das sagte Anna Berg am 2. Mai 2024."))
    both = answer(quoted("Das sagte Anna Berg am 2. Mai 2024."), quoted("Anna Berg said so", "en.txt"))

    assert not read(case(two), one).facts[0].cited
    assert read(case(two), both).facts[0].cited


def test_an_abstention_says_nothing() -> None:
    reading = read(case(fact(), forbidden=(banned(),)), silence(nearest=(said("Um 5 Prozent"), said("3,5 Prozent"))))
    assert not reading.facts[0].expressed
    assert not reading.claims


def test_a_forbidden_claim_is_found_and_its_severity_counts() -> None:
    for severity in ("block", "warn"):
        reading = read(case(fact(), forbidden=(banned(severity),)), answer(said("Um 5 Prozent.")))
        assert [found.claim.id for found in reading.claims] == ["wrong"]
        assert reading.blocked is (severity == "block")


def test_a_fact_that_nothing_recognises_is_left_out() -> None:
    free = fact("free", RAISE)
    from dataclasses import replace

    assert read(case(replace(free, patterns=())), answer(said("3,5 Prozent"))).facts == ()


def test_coverage_counts_each_character_once() -> None:
    whole = span("Die Löhne steigen")
    half = span("Die Löhne")
    assert covered(whole, [half, half]) == len("Die Löhne") / len("Die Löhne steigen")
    assert covered(whole, [span("Anna Berg", "en.txt")]) == 0
    assert covered(whole, [whole]) == 1
