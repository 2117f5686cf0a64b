"""Places by any of their names, and what of a question's places nothing names."""

from __future__ import annotations

import pytest

from rag.text.places import absent_places, find_places


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("How many gardens are there in Paris and San Francisco?", ["Paris", "San Francisco"]),
        ("Die Stadtbücherei in Heidelberg", ["Heidelberg"]),
        ("Wir essen in den Bergen, das Porto zahlt der Empfänger.", []),
        (
            "Bosnia and Herzegovina, the United States of America",
            ["Bosnia and Herzegovina", "United States of America"],
        ),
        ("ein deutsches Buch aus Sankt Petersburg", ["deutsches", "Sankt Petersburg"]),
    ],
)
def test_countries_peoples_and_towns_are_found(text: str, names: list[str]) -> None:
    assert [place.span.of(text) for place in find_places(text)] == names


def test_two_names_of_one_town_are_one_place() -> None:
    assert {place.key for place in find_places("Kiew, Kyiv")} == {place.key for place in find_places("Kyiv")}
    assert len({place.key for place in find_places("München, Munich")}) == 1


@pytest.mark.parametrize(
    ("question", "texts", "absent"),
    [
        ("Wie viele Gärten gibt es in Paris?", ["In Lyon gibt es zwölf Gärten."], True),
        ("Wie viele Gärten gibt es in Paris?", ["Paris hat zwölf.", "In Lyon sind es drei."], False),
        ("Was beschloss Paris?", ["Frankreich beschloss ein Gesetz."], False),
        ("Was sagte Kiew?", ["The Ukrainian president said no."], False),
        ("Was beschloss Frankreich?", ["In Paris wurde getanzt."], True),
    ],
)
def test_a_town_counts_as_named_where_its_country_is(question: str, texts: list[str], absent: bool) -> None:
    assert bool(absent_places(question, texts)) is absent


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("an der Donau", "on the Danube"),
        ("am Genfer See", "by Lake Geneva"),
        ("im Schwarzen Meer", "in the Black Sea"),
        ("im Ostseeraum und an der Ostsee", "by the Baltic"),
        ("die Bremer Firma", "the company in Bremen"),
        ("das Münchner Museum", "the museum in Munich"),
    ],
)
def test_seas_and_rivers_and_what_is_a_town_s_are_one_place_in_both_languages(one: str, other: str) -> None:
    assert [place.key for place in find_places(one)] == [place.key for place in find_places(other)] != []
