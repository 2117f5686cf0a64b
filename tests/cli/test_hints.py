"""Hints name the index that a command was told to use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag.cli.hints import of_index


@pytest.mark.parametrize(
    ("hint", "named"),
    [
        ("Mend it: rag doctor --repair", "Mend it: rag doctor --repair --index 'my index'"),
        ("Stop it first: rag stop", "Stop it first: rag stop --index 'my index'"),
        ("rag compact. Or: rag ingest FOLDER --rebuild", "rag compact --index 'my index'. Or: rag ingest FOLDER --rebuild --index 'my index'"),
        ("rag ingest FOLDER --rebuild --index there", "rag ingest FOLDER --rebuild --index there"),
        ("rag doctor --repair --index there", "rag doctor --repair --index there"),
        ("rag ingest FOLDER --sync drops them", "rag ingest FOLDER --index 'my index' --sync drops them"),
        ("each rag serve with an --index of its own", "each rag serve with an --index of its own"),
        ("rag --help", "rag --help"),
    ],
)  # fmt: skip
def test_commands_in_a_hint_name_the_index(hint: str, named: str) -> None:
    assert of_index(hint, ["ask", "--index", "my index"]) == named
    assert of_index(hint, ["ask", "--index=my index"]) == named
    assert of_index(hint, ["ask", "Wer?"]) == of_index(hint, ["ask", "--", "--index", "my index"]) == hint


def test_after_damage_the_index_that_was_asked_is_the_one_to_mend(rag: Any, own: Path) -> None:
    (own / ".beleg").rename(own / "other")
    for path in (own / "other" / "words").rglob("*"):
        if path.is_file():
            path.unlink()

    told, as_json = rag("doctor", "--index", "other"), rag("doctor", "--index=other", "--json")
    asked = rag("ask", "Wer schläft unter den Eichen?", "--index", "other", "--no-sync")

    assert "rag doctor --repair --index other\n" in told.out
    assert as_json.json["advice"] == [
        "Make vectors and words anew, without embedding: rag doctor --repair --index other"
    ]
    assert (asked.code, asked.err.endswith("rag doctor --repair --index other\n")) == (1, True)
    assert rag("status", "--index", "other").out.endswith("rag serve --detach --index other\n")
