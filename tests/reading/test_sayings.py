"""What somebody said is not answered by what another said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag import LocalEngine
from rag.reading.sayings import of_another, speakers_asked
from tests.reading.test_extractive import scored
from tests.reading.test_heads import write


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did Morag say about the pump?", {"morag"}),
        ("Was sagte Frau Esch zur Dachsanierung?", {"esch"}),
        ("Was hat Herr Özdemir zur Lage gesagt?", {"özdemir"}),
        ("Wie äußerte sich Brokoff zum Dach?", {"brokoff"}),
        ("What did the experts say about it?", set()),
        ("What did France say about it?", set()),
        ("What did Morag buy?", set()),
        ("Was sagt die Regel über Hunde?", {"regel"}),
    ],
)
def test_of_whom_it_is_asked(question: str, names: set[str]) -> None:
    assert speakers_asked(question) == names


def test_what_another_said_of_the_matter_is_not_theirs() -> None:
    first = scored(("Frau Brokoff berichtet, dass zwei Angebote für das Dach vorliegen.", 0.5))[0]

    assert of_another("Was sagte Frau Esch zur Dachsanierung?", first)
    assert not of_another("Was sagte Frau Brokoff zur Dachsanierung?", first)
    assert not of_another("Was ist mit dem Dach?", first)
    told = scored(("Selenskyj lehnte das ab.", 0.5))[0]
    assert not of_another("What did Zelensky say about it?", told)
    assert of_another("What did Peskov say about it?", told)
    titled = replace(first, hit=replace(first.hit, document=replace(first.hit.document, author="Wanda Esch")))
    assert not of_another("Was sagte Frau Esch zur Dachsanierung?", titled)


def test_what_a_mail_quotes_of_the_one_who_is_asked_about_comes_first(
    open_engine: Callable[..., LocalEngine], folder: Path
) -> None:
    write(
        folder, "umzug.eml", "Petra Lund <petra@example.org>", "AW: Umzug", "Thu, 06 Feb 2025 09:00:00 +0100",
        "Hallo Jonas,\n\nder Umzug findet am 3. März statt, die Spedition Falk kostet 2.300 Euro.\n\n"
        "Am Mi., 5. Feb. 2025 um 16:12 schrieb Jonas Wrede <jonas@example.org>:\n"
        "> Ich schlage den 24. Februar für den Umzug vor.\n> Die Spedition Ott hat 2.800 Euro angeboten.\n",
    )  # fmt: skip
    engine = open_engine()
    engine.ingest(folder)

    assert "24. Februar" in engine.ask("Welchen Termin hat Jonas für den Umzug vorgeschlagen?").statements[0].text
    assert "3. März" in engine.ask("Wann findet der Umzug statt?").statements[0].text
