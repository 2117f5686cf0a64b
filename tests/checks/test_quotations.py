"""What stands in quotation marks is found in every kind of mark; apostrophes are none."""

from __future__ import annotations

import pytest

from rag.checks.literals import unbacked_literals
from rag.checks.quotations import quotations


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sie sagte, ‚wir geben niemals auf‘.", ["wir geben niemals auf"]),
        ("Sie sagte, ‚wir geben niemals auf’.", ["wir geben niemals auf"]),
        ("Sie sagte: ‹Wir geben niemals auf.›", ["Wir geben niemals auf."]),
        ("Sie sagte, ›wir geben niemals auf‹.", ["wir geben niemals auf"]),
        ("She said 'we will never give up'.", ["we will never give up"]),
        ("She said ‘we won’t give up’, and left.", ["we won’t give up"]),
        ("She said ’we will never give up’.", ["we will never give up"]),
        ("She said `we will never give up`.", ["we will never give up"]),
        ("She said ``we will never give up''.", ["we will never give up"]),
        ("They ('we are done') left.", ["we are done"]),
        ("'First of all' and 'last of all' were said.", ["First of all", "last of all"]),
        ("'The workers' rights are dead', he said.", ["The workers' rights are dead"]),
        ("'The plan is dead', said the workers' union.", ["The plan is dead"]),
        ("'They are losers' said Tom", ["They are losers"]),
        ("He said \"it is 'over and done' now\".", ["it is 'over and done' now"]),
    ],
)
def test_quotations_stand_in_every_kind_of_mark(text: str, found: list[str]) -> None:
    assert list(quotations(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "They don't know, and we won't tell.",
        "Peters' Haus und Hans' Garten wurden verkauft.",
        "The workers' union and the teachers' union met.",
        "L'État, c'est moi, et l'autre d'hier.",
        "In the '90s and the workers' hall.",
        "Rock 'n' roll is the fans' music.",
        "So geht's, 's war nie anders, Hans' Hund bellt.",
        "The dogs' and cats' food is sold.",
        "It is 6' high and 5' wide.",
        "Das 'Amt' sprach.",
        "'",
        "",
    ],
)
def test_apostrophes_quote_nothing(text: str) -> None:
    assert list(quotations(text)) == []


@pytest.mark.parametrize("marks", ["‚‘", "‹›", "››", "''", "``", "’’", "‘’", '""'])
def test_an_invented_quotation_is_not_backed_in_any_marks(marks: str) -> None:
    quote = [("Die Ministerin sagte, sie bleibe im Amt.", "de")]
    opens, closes = ("›", "‹") if marks == "››" else marks

    assert unbacked_literals(f"Die Ministerin sagte: {opens}ich gehe morgen{closes}.", "de", quote)
    assert not unbacked_literals(f"Die Ministerin sagte, {opens}sie bleibe im Amt{closes}.", "de", quote)
