"""A point behind an abbreviation or an ordinal ends no sentence; one that ends a sentence still does."""

from __future__ import annotations

import pytest

from rag.records import Span
from rag.text.sentences import sentence_spans


def sentences(text: str, language: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text, Span(0, len(text)), language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Als 2. Vorsitzende wird Ingrid Fehrenbach gewählt."),
        ("de", "Das Vereinsheim liegt im 3. Stock der Mühle."),
        ("de", "Er ist seit dem 3. Okt. 2009 im Verein."),
        ("de", "Der Beitrag kostet 45 Euro inkl. Versicherung und zzgl. Porto."),
        ("de", "Das war im 19. Jh. gem. Art. 5 erlaubt."),
        ("de", "Mo. 12. Feb. ist frei."),
        ("de", "Die Abt. Einkauf in der Bergstr. 5 zahlt Hrn. Meier."),
        ("de", "Dipl.-Ing. Huber baut."),
        (
            "de",
            "Siehe Abs. 3 der Satzung, Aufl. 2 von gest. 1950 an, max. 3 Stück, ca. 640 Euro in der Bergstr. 5 und am Mo. 9 Uhr.",
        ),
        ("de", "Zwei Geräte (Masch. 311 und Masch. 312, beide seit Mai. 40 Stunden gelaufen) stehen still."),
        ("de", "Siehe Abb. 3 und Inv. 2034, Bl. 7, Rn. 12."),
        ("de", "**Hinweis.** Das Gerät wird heiß."),
        ("de", "5. Wie ist das Mittel aufzubewahren?"),
        ("de", "Die Wohnung Lindenweg 12, 2. Obergeschoss links, ist frei."),
        ("en", "1. **Days.** Employees may work from home."),
        ("en", "- __Core hours.__ Everyone must be there."),
        ("en", "The flight from London, dep. 11:20, arr. Lisbon 14:05."),
        ("en", "The rent is 300 dollars incl. heating."),
        ("en", "We raise approx. 1,200 pigs, see Eq. 5 and vol. 3 there."),
        ("en", "It takes max. 20 euros on Mon. 5 Feb. in the hall."),
        ("fr", "Il a payé env. 300 euros."),
    ],
)
def test_one_sentence_is_one(language: str, text: str) -> None:
    assert sentences(text, language) == [text]


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["**Now.** He says yes.", "Then **he goes.**", "She stays."]),
        ("en", ["He said **no.**", "They left."]),
        ("de", ["Es waren nur noch 3.", "Die anderen kamen spät."]),
        ("de", ["Von dort sieht man die Sterne.", "640 Menschen leben hier.", "1899 kam sie.", "3,5 % gingen."]),
        ("de", ["Er wurde Zweiter und sie Dritte am 5.", "Danach gingen alle."]),
        ("de", ["Sie wohnt in der Bergstr.", "Dort ist es ruhig."]),
        ("en", ["He works at Acme Inc.", "He likes it.", "It was 5 p.m.", "We left in Feb.", "They stayed."]),
        ("en", ["see you at five.", "bring cake."]),
        ("en", ["We waited.", "iPod sales grew."]),
        ("de", ["(1) Er ist der Eigentümer.", "Ihm steht es zu.", "(2) Wer baut, zahlt."]),
    ],
)
def test_several_are_several(language: str, parts: list[str]) -> None:
    assert sentences(" ".join(parts), language) == parts


def test_nothing_is_joined_without_end() -> None:
    text = "Wir zahlen Miete inkl. " + "Strom inkl. " * 400

    assert max(len(one) for one in sentences(text, "de")) <= 1_100
