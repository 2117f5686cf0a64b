from __future__ import annotations

import ast
from pathlib import Path

import pytest

import evals.literals
from evals.literals import literals, stands_in


@pytest.mark.parametrize(
    ("text", "source", "stands"),
    [
        ("3,5 Prozent", "by 3.5 percent", True),
        ("35 Prozent", "3,5 Prozent", False),
        ("1.234,5 Euro", "1,234.5 euros", True),
        ("19 Milliarden", "$19 billion", True),
        ("19 Milliarden", "19 Millionen", False),
        ("19 Mrd. Euro", "19.000.000.000", True),
        ("eine Milliarde", "one billion euros", True),
        ("8 Diplomaten", "acht russische Diplomaten", True),
        ("eight diplomats", "acht Diplomaten", True),
        ("2027", "bis 2027", True),
        ("2027", "bis 2028", False),
        ("2021", "am 22.10.2021", True),
        ("22.10.2021", "on October 22, 2021", True),
        ("22 October 2021", "am 22. Oktober 2021", True),
        ("22.10.2021", "im Oktober 2021", False),
        ("2021-10-22", "am 23.10.2021", False),
        ("„Wir brauchen Patriots“", '"Wir brauchen Patriots", sagte er', True),
        ("“we need them”", "he said »We  need them.«", True),
        ("„Wir wollen Patriots“", '"Wir brauchen Patriots"', False),
        ("F35", "the F-35 jet", True),
    ],
)
def test_a_literal_stands_in_a_source_however_it_is_written(text: str, source: str, stands: bool) -> None:
    found = literals(text)
    assert found
    assert all(stands_in(literal, source) for literal in found) is stands


@pytest.mark.parametrize("text", ["Der Streik endet.", "Ein Mann und eine Frau", "one of them", "", "„ja“"])
def test_what_holds_no_literal(text: str) -> None:
    assert literals(text) == []


def test_the_digits_of_a_date_are_not_counted_again() -> None:
    assert [(one.kind, one.text) for one in literals("am 22.10.2021 kamen 8")] == [
        ("date", "22.10.2021"),
        ("number", "8"),
    ]


def test_the_second_extractor_imports_nothing_of_the_first() -> None:
    tree = ast.parse(Path(evals.literals.__file__).read_text("utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert modules == {"__future__", "re", "unicodedata", "dataclasses", "decimal", "functools", "typing"}
