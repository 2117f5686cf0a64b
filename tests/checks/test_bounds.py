"""A figure keeps the bound that its quote gives it: "at least", "before", "a year", "by" and not "to"."""

from __future__ import annotations

import pytest

from rag.checks.bounds import other_bounds, other_rates

DE, EN = "de", "en"

OTHER = [
    ("Mindestens 25 Menschen kamen.", DE, "Höchstens 25 Menschen kamen.", DE),
    ("At least 25 people came.", EN, "Höchstens 25 Menschen kamen.", DE),
    ("More than 4.5 million were lent.", EN, "4.5 million were lent.", EN),
    ("Über 340 Millionen fuhren mit.", DE, "340 million people travelled.", EN),
    ("Fewer than 340 people came.", EN, "340 people came.", EN),
    ("Bis zu 340 Menschen kamen.", DE, "340 Menschen kamen.", DE),
    ("No fewer than 25 came.", EN, "No more than 25 came.", EN),
    ("Nicht mehr als 25 kamen.", DE, "Nicht weniger als 25 kamen.", DE),
    ("340 or more people came.", EN, "340 people came.", EN),
    ("Nearly 340 people came.", EN, "More than 340 people came.", EN),
    ("It was built before 1987.", EN, "It was built in 1987.", EN),
    ("Es wurde nach 1987 gebaut.", DE, "It was built in 1987.", EN),
    ("It has stood since 1987.", EN, "Es stand bis 1987.", DE),
    ("It closed before 3 May 2020.", EN, "Es schloss am 3. Mai 2020.", DE),
    ("Vor dem 3. Mai schloss es.", DE, "Am 3. Mai schloss es.", DE),
    ("Vor Ende 2020 schloss es.", DE, "Ende 2020 schloss es.", DE),
    ("Die Zahl stieg um 30 Prozent.", DE, "Die Zahl stieg auf 30 Prozent.", DE),
    ("The number rose to 30 percent.", EN, "Die Zahl stieg um 30 Prozent.", DE),
    ("Die Zahl stieg auf rund 30 Prozent.", DE, "Die Zahl stieg um mehr als 30 Prozent.", DE),
]
SAME = [
    ("At least 25 people came.", EN, "Mindestens 25 Menschen kamen.", DE),
    ("More than 25 people came.", EN, "Über 25 Menschen kamen.", DE),
    ("25 Menschen kamen.", DE, "Höchstens 25 Menschen kamen.", DE),
    ("About 25 people came.", EN, "25 Menschen kamen.", DE),
    ("About 25 people came.", EN, "More than 25 people came.", EN),
    ("Almost 25 people came.", EN, "25 Menschen kamen.", DE),
    ("Up to 25 people came.", EN, "Zwischen 20 und 25 Menschen kamen.", DE),
    ("At least 20 people came.", EN, "20 bis 25 Menschen kamen.", DE),
    ("At most 25 are let in.", EN, "The hall holds 25.", EN),
    ("It was at most 25.", EN, "It did not exceed 25.", EN),
    ("Das Hotel verfügt über 30 Zimmer.", DE, "The hotel has 30 rooms.", EN),
    ("He worked there over five years.", EN, "Er arbeitete dort fünf Jahre.", DE),
    ("They sleep more than twenty years ago.", EN, "Sie schlafen so lange wie vor zwanzig Jahren.", DE),
    ("It is going up to £2.10.", EN, "It will rise to £2.10.", EN),
    ("It has stood since 1987.", EN, "It was built in 1987.", EN),
    ("She stayed until 1987.", EN, "Sie ging 1987.", DE),
    ("It ended before 1987.", EN, "Es endete bis 1987.", DE),
    ("After the 2008 crisis it closed.", EN, "In the 2008 crisis it closed.", EN),
    ("It fell by 20 to 70.", EN, "Es sank um 20 auf 70.", DE),
    ("It was higher than the 63 percent of that year.", EN, "It was 63 percent in that year.", EN),
    ("By 2030 it will be done.", EN, "Bis 2030 wird es fertig.", DE),
    ("Um 20 Uhr schloss es.", DE, "It went to 20.", EN),
]


@pytest.mark.parametrize(("text", "language", "quote", "own"), OTHER)
def test_a_bound_that_the_quote_does_not_give_is_found(text: str, language: str, quote: str, own: str) -> None:
    assert len(other_bounds(text, language, [(quote, own)])) == 1


@pytest.mark.parametrize(("text", "language", "quote", "own"), SAME)
def test_a_bound_that_means_the_same_is_backed(text: str, language: str, quote: str, own: str) -> None:
    assert other_bounds(text, language, [(quote, own)]) == []


def test_a_bound_may_stand_in_another_quote() -> None:
    quotes = [("25 Menschen kamen.", "de"), ("At least 25 came.", "en")]

    assert other_bounds("At least 25 people came.", "en", quotes) == []


@pytest.mark.parametrize(
    ("text", "language", "quote", "own"),
    [
        ("340 million people a year travel.", EN, "340 million people travelled in 2020.", EN),
        ("340 Millionen fahren jährlich mit.", DE, "340 million people travelled in 2020.", EN),
        ("Täglich kommen 20 Schiffe.", DE, "Am 3. Mai kamen 20 Schiffe.", DE),
        ("It costs 20 euros per month.", EN, "Es kostet 20 Euro im Jahr.", DE),
    ],
)
def test_a_rate_that_no_quote_tells_is_found(text: str, language: str, quote: str, own: str) -> None:
    assert len(other_rates(text, language, [(quote, own)])) == 1


@pytest.mark.parametrize(
    ("text", "language", "quote", "own"),
    [
        ("340 million people a year travel.", EN, "340 Millionen Menschen fahren jedes Jahr.", DE),
        ("It earns 340 million a year.", EN, "Der Jahresumsatz beträgt 340 Millionen.", DE),
        ("It costs 20 euros per month.", EN, "Es kostet monatlich 20 Euro.", DE),
        ("Pro Tag kommen 20.", DE, "20 come daily.", EN),
        ("The 20 ships came a day later.", EN, "Die 20 Schiffe kamen am Dienstag.", DE),
        ("20 ships came.", EN, "20 Schiffe kommen am Tag.", DE),
    ],
)
def test_a_rate_that_the_quote_tells_is_backed(text: str, language: str, quote: str, own: str) -> None:
    assert other_rates(text, language, [(quote, own)]) == []
