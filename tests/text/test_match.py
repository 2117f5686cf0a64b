from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.records import Span
from rag.text.match import NEAR, Pattern, Wording, find, says


def found(pattern: Pattern, text: str, language: str | None = "de") -> list[str]:
    return [span.of(text) for span in find(pattern, Wording(text, language))]


@pytest.mark.parametrize(
    ("form", "text", "where"),
    [
        ("Prozent", "um 3 PROZENT mehr", ["PROZENT"]),
        ("19", "im Jahr 1999", []),
        ("19", "19,5 Millionen", []),
        ("19", "19. Mai", ["19"]),
        ("Regierung", "die Bundesregierung", []),
        ("Tarif*", "der Tarifvertrag gilt", ["Tarifvertrag"]),
        ("Tarif*", "ein Haustarif", []),
        ("Straße", "in der STRASSE", ["STRASSE"]),
        ("„Wir brauchen“", 'er sagte "Wir brauchen" es', ['"Wir brauchen"']),
        ("2021-2022", "2021–2022", ["2021–2022"]),
        ("U.S.", "the U.S. says", ["U.S."]),
        ("%", "5% mehr", ["%"]),
        ("Soldaten", "die NATO-Soldaten", ["Soldaten"]),
        ("per cent", "five per\u00a0cent", ["per\u00a0cent"]),
    ],
)
def test_a_form_is_found_folded_and_at_word_boundaries(form: str, text: str, where: list[str]) -> None:
    assert found(Pattern(any_of=(form,)), text) == where


@pytest.mark.parametrize("form", ["", "*", " * ", "*tarif", "a*b"])
def test_what_is_no_form_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match="not a surface form"):
        find(Pattern(any_of=(form,)), Wording("Text"))


def test_a_pattern_without_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a form"):
        find(Pattern(near=("x",)), Wording("x"))


@pytest.mark.parametrize(
    ("number", "unit", "text", "language", "hit"),
    [
        ("3.5", ("Prozent",), "um 3,5 Prozent", "de", True),
        ("35", ("Prozent",), "um 3,5 Prozent", "de", False),
        ("3.5", ("percent",), "by 3.5 percent", "en", True),
        ("1234.5", (), "genau 1.234,5", "de", True),
        ("1234.5", (), "exactly 1,234.5", "en", True),
        ("2400000", (), "etwa 2,4 Mio. Stück", "de", True),
        ("2400000", (), "about 2.4m", "en", True),
        ("8", ("Diplomaten",), "acht russischen Diplomaten", "de", True),
        ("19", ("Milliarden",), "19 Milliarden Dollar", "de", True),
        ("19", ("Dollar",), "19 Milliarden Dollar", "de", False),
        ("19", (), "19 Milliarden Dollar", "de", False),
        ("19000000000", ("Dollar",), "19 Milliarden Dollar", "de", True),
        ("19000000000", ("$",), "some $19 billion", "en", True),
        ("1000000000", ("Euro",), "eine Milliarde Euro", "de", True),
        ("21", ("Dollar",), "19 Dollar und 21 Euro", "de", False),
        ("19", ("Euro",), "19 Dollar und 21 Euro", "de", False),
        ("29", ("übrige*",), "alle übrigen 29 Staaten", "de", True),
        ("3.5", ("percent",), "3.5 percent", None, True),
        ("3.5", ("Prozent",), "3,5 Prozent", None, True),
    ],
)
def test_a_number_is_found_by_value_and_unit(
    number: str, unit: tuple[str, ...], text: str, language: str, hit: bool
) -> None:
    assert bool(find(Pattern(number=Decimal(number), unit=unit), Wording(text, language))) is hit


@pytest.mark.parametrize(("tolerance", "hit"), [("0", False), ("0.1", True)])
def test_a_number_may_be_off_by_its_tolerance(tolerance: str, hit: bool) -> None:
    pattern = Pattern(number=Decimal("3.5"), tolerance=Decimal(tolerance))
    assert bool(find(pattern, Wording("3,6 Prozent", "de"))) is hit


@pytest.mark.parametrize(
    ("date", "text", "hit"),
    [
        ("2021-10-22", "am 22. Oktober 2021", True),
        ("2021-10-22", "on October 22, 2021", True),
        ("2021-10-22", "im Oktober 2021", False),
        ("2021-10", "am 22.10.2021", True),
        ("2021-10", "in October of 2021", True),
        ("2021-10", "im November 2021", False),
        ("2021", "im Oktober 2021", True),
        ("2021", "2021 Soldaten", True),
        ("2021", "12021", False),
        ("2021", "20,2021", False),
    ],
)
def test_a_date_is_found_as_far_as_it_is_given(date: str, text: str, hit: bool) -> None:
    assert bool(find(Pattern(date=date), Wording(text))) is hit


def test_all_parts_must_be_there() -> None:
    pattern = Pattern(all_of=("Berg", "Mai"), any_of=("sagte", "said"))
    assert found(pattern, "Anna Berg sagte es im Mai") == ["sagte", "Berg", "Mai"]
    assert not found(pattern, "Anna Berg sagte es im Juni")


@pytest.mark.parametrize(("gap", "hit"), [(NEAR, True), (NEAR + 1, False)])
def test_near_is_eighty_characters(gap: int, hit: bool) -> None:
    text = "Frist" + " " + "x" * (gap - 2) + " " + "2027"
    assert bool(find(Pattern(date="2027", near=("Frist",)), Wording(text))) is hit


def test_a_form_is_not_near_itself() -> None:
    assert not found(Pattern(any_of=("China*",), near=("China*",)), "China allein")


def test_a_guard_silences_a_match() -> None:
    pattern = Pattern(any_of=("3,5",))
    assert says([pattern], [], Wording("um 3,5 Prozent"))
    assert not says([pattern], ["nicht 3,5"], Wording("um nicht 3,5 Prozent"))


@given(before=st.text(max_size=30), after=st.text(max_size=30))
def test_what_is_found_stands_at_its_span(before: str, after: str) -> None:
    text = f"{before} Löhne {after}"
    spans = Wording(text).forms("LÖHNE")
    assert any(span.of(text) == "Löhne" for span in spans)
    assert all(isinstance(span, Span) and span.end <= len(text) for span in spans)
