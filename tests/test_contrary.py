"""What is nearly in the same words and told of two things is neither one story nor one statement."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag import LocalEngine
from rag.checks.wording import Said
from rag.contrary import contrary, told_otherwise
from rag.records import DraftStatement

CONTRACT = "Mietvertrag\n\n{who} wohnt in der {street}. Die Grundmiete beträgt monatlich {rent} Euro. {pets}\n"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Die Miete beträgt 890 Euro.", "Die Miete beträgt 1.150 Euro.", True),
        ("Die Miete beträgt 890 Euro.", "Die Miete beträgt 890 Euro im Monat, 40 davon für Wasser.", False),
        ("Haustiere sind erlaubt.", "Haustiere sind nicht erlaubt.", True),
        ("In Halle A gilt Helmpflicht.", "In Halle B gilt keine Helmpflicht.", True),
        ("Die Filiale in Österreich öffnet früh.", "Die Filiale in Polen öffnet früh.", True),
        ("Er kam nie an.", "Er kam nicht an.", False),
    ],
)
def test_two_sentences(one: str, other: str, expected: bool) -> None:
    assert contrary(Said(one, "de"), Said(other, "de")) is expected
    assert contrary(Said(other, "de"), Said(one, "de")) is expected


def test_a_translation_is_not_contrary() -> None:
    assert not contrary(Said("Acht Schiffe kamen aus Norwegen.", "de"), Said("Eight ships came from Norway.", "en"))


@pytest.mark.parametrize(
    ("said", "evidence", "expected"),
    [
        ("Die Firma stellt einen Laptop und einen Bildschirm mit 27 Zoll.", "Die Firma stellt einen Laptop.", True),
        ("Die Firma stellt einen Laptop.", "Die Firma stellt einen Laptop und einen Bildschirm mit 27 Zoll.", False),
        ("Das Treffen in Bukarest begann.", "Das Treffen begann.", True),
        ("Acht Schiffe kamen.", "8 Schiffe kamen.", False),
    ],
)
def test_what_lacks_a_figure_or_a_place_is_no_evidence_for_it(said: str, evidence: str, expected: bool) -> None:
    assert told_otherwise(*(DraftStatement(text, (), 1.0, "de") for text in (said, evidence))) is expected


def test_two_contracts_from_one_template_are_two_origins(open_engine: Callable[..., LocalEngine], folder: Path) -> None:
    one = CONTRACT.format(who="Tomasz", street="Lindenstraße", rent="890", pets="Haustiere sind erlaubt.")
    other = CONTRACT.format(who="Elif", street="Bergstraße", rent="1.150", pets="Haustiere sind nicht erlaubt.")
    (folder / "linden.txt").write_text(one, "utf-8")
    (folder / "berg.txt").write_text(other, "utf-8")
    with open_engine() as engine:
        engine.ingest(folder)

        pets, rent, about = map(
            engine.ask, ("Sind Haustiere erlaubt?", "Wie hoch ist die Grundmiete?", "Worum geht es?")
        )

    for answer in (pets, rent):
        assert len(answer.origins) == 2
        assert all(len(statement.citations) == 1 for statement in answer.statements)
    assert {told.value for conflict in rent.conflicts for told in conflict.told} == {"890", "1.150"}
    assert len(about.statements) == 2
