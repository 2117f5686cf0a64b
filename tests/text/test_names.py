"""What is clearly a name, and where a text of either language holds it."""

from __future__ import annotations

import pytest

from rag.text.names import find_names, unmatched_names
from rag.text.places import absent_places, find_places
from rag.text.spelling import spelling


def clear(text: str, language: str) -> list[str]:
    return [name.text for name in find_names(text, language) if name.clear]


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Gestern sagte Landau dem Außenminister ab.", "de", ["Landau"]),
        ("Der Außenminister traf die Ministerin.", "de", []),
        ("Die Reederei Tamsen verkauft Schiffe.", "de", ["Tamsen"]),
        ("Neue Straßen entstehen, Acht Staaten traten bei.", "de", []),
        ("Zwei Jahre Haft und Millionen Euro Schaden.", "de", []),
        ("The Foreign Minister met Marco Rubio in May.", "en", ["Marco", "Rubio"]),
        ("Households use water on Mondays.", "en", []),
        ("The NATO summit ended.", "en", ["NATO"]),
    ],
)
def test_a_capital_alone_makes_no_name(text: str, language: str, names: list[str]) -> None:
    assert clear(text, language) == names


@pytest.mark.parametrize(
    ("text", "language", "quote"),
    [
        ("It is about the United States and the U.S. army.", "en", "Die Vereinigten Staaten rüsten auf."),
        ("Die USA rüsten auf.", "de", "American forces are arming."),
        ("They met in Vienna and in Prague.", "en", "Sie trafen sich in Wien und Prag."),
        ("They met in Bucharest with Sergei Lavrov.", "en", "Sie trafen Sergej Lawrow in Bukarest."),
        ("Russian diplomats left.", "en", "Die russischen Diplomaten gingen."),
        ("The OSCE met.", "en", "Die Organisation für Sicherheit und Zusammenarbeit in Europa (OSZE) tagte."),
        ("Die OSZE tagte.", "de", "Die Organisation für Sicherheit und Zusammenarbeit in Europa tagte."),
        ("They met in Munich and at The Hague.", "en", "Sie trafen sich in München und in Den Haag."),
        ("The Higher Administrative Court met.", "en", "Das Oberverwaltungsgericht tagte."),
        ("The EU and Abkhazia talk.", "en", "Die Europäische Union und Abchasien reden."),
        ("Lebanese and Palestinian families left.", "en", "Libanesische und palästinensische Familien gingen."),
        ("Der Kanadier traf eine Brasilianerin.", "de", "The Canadian met a Brazilian."),
        ("She won the European Championship.", "en", "Sie gewann die Europameisterschaft."),
        ("It was sold to an African American for 5 dollars.", "en", "Ein Afroamerikaner kaufte es für 5 US-Dollar."),
        ("Es kostet 5 US-Dollar.", "de", "It costs $5."),
        ("East Germany was Germany, too.", "en", "Auch die DDR war Deutschland."),
        ("Archbishop and Chief Executive Officer met.", "en", "Erzbischof und Vorstand trafen sich."),
    ],
)
def test_a_name_is_held_under_its_other_names(text: str, language: str, quote: str) -> None:
    assert [name.text for name in unmatched_names(text, language, [quote]) if name.clear] == []


@pytest.mark.parametrize(
    ("text", "language", "quote", "missing"),
    [
        ("Marco Rubio said so.", "en", "Das sagte Christopher Landau.", ["Marco", "Rubio"]),
        ("Die chinesischen Diplomaten gingen.", "de", "Die russischen Diplomaten gingen.", ["chinesischen"]),
        ("Portugal pays.", "en", "Spanien zahlt.", ["Portugal"]),
        ("They met in Vienna.", "en", "Sie trafen sich in Prag.", ["Vienna"]),
        ("Nigerians came.", "en", "Menschen aus Niger kamen.", ["Nigerians"]),
        ("West Germany paid.", "en", "Die DDR zahlte.", ["West Germany"]),
        ("Niger came.", "en", "Nigerianer kamen.", ["Niger"]),
    ],
)
def test_another_name_is_missed(text: str, language: str, quote: str, missing: list[str]) -> None:
    assert [name.text for name in unmatched_names(text, language, [quote]) if name.clear] == missing


def test_words_that_are_also_places_count_only_with_a_capital() -> None:
    assert find_places("Give us turkey and china, polish it.") == []
    assert [place.key for place in find_places("Turkey and China met US officials.")] == ["TR", "CN", "US"]


def test_marks_on_letters_are_a_matter_of_transcription() -> None:
    assert not unmatched_names("The house of Tran and the town of Kraków.", "en", ["Das Haus Trần in Krakow."])
    assert spelling("zahrāwī", "zahrawi") == 1.0
    assert spelling("hansestädten", "hanseatic") == spelling("hanseatic", "hansestädten")


def test_who_speaks_of_a_part_of_a_country_speaks_of_it_but_not_the_other_way_round() -> None:
    assert not unmatched_names("It lies in Africa.", "en", ["Es liegt in Nordafrika."])
    assert [n.text for n in unmatched_names("Es liegt in Nordafrika.", "de", ["It lies in Africa."])] == ["Nordafrika"]


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("It was welcomed by the Association of Cities.", "en", []),
        ("It was the University of Teltow.", "en", ["Teltow"]),
        ("Das löste bei Abgeordneten Besorgnis aus.", "de", []),
        ("Das sah Frank Hartung anders.", "de", ["Hartung"]),
    ],
)
def test_what_an_institution_is_of_and_a_derived_noun_are_no_clear_names(
    text: str, language: str, names: list[str]
) -> None:
    assert clear(text, language) == names


def test_what_goes_on_a_title_before_a_name_that_is_held_is_no_clear_name() -> None:
    quote = ["Landrat Mertens sprach."]
    told = unmatched_names("It was said by District Administrator Mertens.", "en", quote)

    assert [(name.text, name.clear) for name in told] == [("Administrator", False)]
    assert [n.clear for n in unmatched_names("It was said by District Administrator Holt.", "en", quote)] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "others", "absent"),
    [
        ("Was sagte Wien zu den Schweizern?", ["Vienna agreed.", "The Swiss did not."], set()),
        ("What did Austria say?", ["Die Österreicherin schwieg."], set()),
        ("What did Austria say?", ["Australien schwieg."], {"AT"}),
        ("Wer kommt aus Köln?", ["Jemand aus Bonn."], {"Cologne"}),
        ("Wer kommt?", ["Jemand."], set()),
        ("Who rules the UK?", ["A king rules Britain."], set()),
        ("Who rules the UK?", []  , {"GB"}),
    ],
)  # fmt: skip
def test_a_place_is_absent_where_no_text_has_any_of_its_names(text: str, others: list[str], absent: set[str]) -> None:
    assert absent_places(text, others) == absent
