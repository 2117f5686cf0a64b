"""Numbers of German and English text as values."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.numbers import find_numbers, number_values, told_numbers


def read(text: str, language: str | None) -> list[tuple[str, Decimal]]:
    return [(number.span.of(text), number.value) for number in find_numbers(text, language)]


def values(text: str, language: str | None) -> list[Decimal]:
    return [number.value for number in find_numbers(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "written", "value"),
    [
        ("1.234,5 Euro", "de", "1.234,5", "1234.5"),
        ("1,234.5 euros", "en", "1,234.5", "1234.5"),
        ("1.234.567,89", "de", "1.234.567,89", "1234567.89"),
        ("1,234,567", "en", "1,234,567", "1234567"),
        ("40.000 Soldaten", "de", "40.000", "40000"),
        ("40,000 soldiers", "en", "40,000", "40000"),
        ("40\u202f000 Soldaten", "de", "40\u202f000", "40000"),
        ("40\u00a0000 soldiers", "en", "40\u00a0000", "40000"),
        ("1'234.50 Franken", "de", "1'234.50", "1234.5"),
        ("3,5 Prozent", "de", "3,5", "3.5"),
        ("3.5 percent", "en", "3.5", "3.5"),
        ("3,5 percent", "en", "3,5", "3.5"),
        ("3.5 Prozent", "de", "3.5", "3.5"),
        ("1,234", "de", "1,234", "1.234"),
        ("1.234", "en", "1.234", "1.234"),
        ("0.123", "de", "0.123", "0.123"),
        ("0,123", "en", "0,123", "0.123"),
        ("1234.567", "de", "1234.567", "1234.567"),
        ("5%", "de", "5", "5"),
        ("(5%)", "en", "5", "5"),
        ("im Jahr 2027.", "de", "2027", "2027"),
        ("In 2027, Europe", "en", "2027", "2027"),
        ("1990er Jahre", "de", "1990", "1990"),
        ("3,5t schwer", "de", "3,5", "3.5"),
        ("No.5", "en", "5", "5"),
        ("007", "en", "007", "7"),
    ],
)
def test_digits(text: str, language: str, written: str, value: str) -> None:
    assert read(text, language) == [(written, Decimal(value))]


@pytest.mark.parametrize(
    ("text", "language", "written", "value"),
    [
        ("2,4 Mio. Euro", "de", "2,4 Mio", "2400000"),
        ("2,4-Mio.-Paket", "de", "2,4-Mio", "2400000"),
        ("2,4Mio.", "de", "2,4Mio", "2400000"),
        ("19 Milliarden", "de", "19 Milliarden", "19000000000"),
        ("19\nMilliarden", "de", "19\nMilliarden", "19000000000"),
        ("19\u00a0Mrd. Euro", "de", "19\u00a0Mrd", "19000000000"),
        ("2 Billionen", "de", "2 Billionen", "2000000000000"),
        ("2 billion", "en", "2 billion", "2000000000"),
        ("eine Milliarde", "de", "eine Milliarde", "1000000000"),
        ("eine halbe Million", "de", "halbe Million", "500000"),
        ("dreieinhalb Millionen", "de", "dreieinhalb Millionen", "3500000"),
        ("hundert Millionen", "de", "hundert Millionen", "100000000"),
        ("2.4m", "en", "2.4m", "2400000"),
        ("$5bn", "en", "5bn", "5000000000"),
        ("10k", "de", "10k", "10000"),
        ("a million", "en", "a million", "1000000"),
        ("half a million", "en", "half a million", "500000"),
        ("two hundred thousand", "en", "two hundred thousand", "200000"),
        ("twenty-three million", "en", "twenty-three million", "23000000"),
        ("5m hoch", "de", "5", "5"),
        ("2022. Millionen flohen", "de", "2022", "2022"),
        ("2022\n\nMillionen flohen", "de", "2022", "2022"),
    ],
)
def test_scale_words_belong_to_the_number_right_before(text: str, language: str, written: str, value: str) -> None:
    assert read(text, language) == [(written, Decimal(value))]


@pytest.mark.parametrize(
    ("word", "language", "value"),
    [
        ("acht", "de", 8),
        ("Acht", "de", 8),
        ("zwölf", "de", 12),
        ("zwoelf", "de", 12),
        ("siebzehn", "de", 17),
        ("dreißig", "de", 30),
        ("dreissig", "de", 30),
        ("einundzwanzig", "de", 21),
        ("siebenundneunzig", "de", 97),
        ("hundert", "de", 100),
        ("einhundert", "de", 100),
        ("hunderteins", "de", 101),
        ("zweihundertfünfzig", "de", 250),
        ("tausend", "de", 1000),
        ("eintausend", "de", 1000),
        ("fünfhunderttausend", "de", 500_000),
        ("anderthalb", "de", "1.5"),
        ("dreieinhalb", "de", "3.5"),
        ("eight", "en", 8),
        ("nineteen", "en", 19),
        ("ninety-seven", "en", 97),
        ("hundred", "en", 100),
        ("two hundred", "en", 200),
    ],
)
def test_number_words(word: str, language: str, value: int | str) -> None:
    assert values(f"x {word} x", language) == [Decimal(value)]


def test_one_value_in_three_ways_of_writing() -> None:
    assert values("acht Länder", "de") == values("8 Länder", "de") == values("eight countries", "en")
    assert values("2,4 Mio.", "de") == values("2.4m", "en") == values("2,400,000", "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ein Land und eine Frist", "de"),
        ("a country, one of many", "en"),
        ("half of them", "en"),
        ("Millionen Menschen", "de"),
        ("eight Länder", "de"),
        ("acht countries", "en"),
        ("F35", "de"),
        ("22.10.2021", "de"),
        ("192.168.0.1", "en"),
        ("3.5.2", "en"),
        ("9" * 40, "en"),
        ("", None),
    ],
)
def test_what_is_no_number(text: str, language: str | None) -> None:
    assert find_numbers(text, language) == ()


def test_a_list_of_numbers() -> None:
    assert values("2, 5 und 7", "de") == [2, 5, 7]
    assert values("20-30", "en") == [20, 30]
    assert values("17:40", "de") == [17, 40]


def test_values_hold_digits_outside_of_numbers_too() -> None:
    assert number_values("Die F35 und 3,5 Mio.", "de") == {Decimal(35), Decimal(3_500_000)}


@pytest.mark.parametrize(("text", "wrong"), [("19 Milliarden", 19), ("1.234", 234), ("3,5", 5)])
def test_a_part_of_a_number_is_no_value(text: str, wrong: int) -> None:
    assert Decimal(wrong) not in number_values(text, "de")


@given(st.decimals(0, 10**12, places=2), st.sampled_from(["de", "en"]))
def test_what_was_written_is_read(value: Decimal, language: str) -> None:
    written = f"{value:,.2f}"
    if language == "de":
        written = written.translate(str.maketrans(",.", ".,"))
    assert values(f"({written})", language) == [value]


NUMERIC = st.text("0123456789.,'- \u00a0\u202fkmbnt٣²½", max_size=30)
WORDS = st.lists(
    st.sampled_from(
        ["eine", "a", "half", "twenty", "-", " ", "three", "hundred", "Million", "million", "Mio", ".", "5", "5m", "K"]
    )
).map("".join)


@given(st.text() | NUMERIC | WORDS, st.sampled_from(["de", "en", None]))
def test_spans_ascend_and_lie_apart(text: str, language: str | None) -> None:
    numbers = find_numbers(text, language)
    assert all(one.span.end <= other.span.start for one, other in pairwise(numbers))
    assert all(number.value.is_finite() and number.span.of(text).strip() for number in numbers)


@given(st.text() | NUMERIC | WORDS, st.sampled_from(["de", "en", None]))
def test_every_digit_counts_somewhere(text: str, language: str | None) -> None:
    assert bool(number_values(text, language)) >= any(char.isdecimal() for char in text)


@pytest.mark.parametrize("text", ["9" * 1_000_001, "million " * 100_000, "1." * 100_000, "tausend " * 100_000])
def test_a_hostile_text_is_read_without_error(text: str) -> None:
    assert all(number.value < 10**30 for number in find_numbers(text, "de") + find_numbers(text, "en"))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("(1) Der Verein führt den Namen Ruderclub.", []),
        ("§ 2 Der Beitrag beträgt 40 Euro.", ["40"]),
        ("3) Es sind 12 Boote.", ["12"]),
        ("1. Der Verein hat 80 Mitglieder.", ["80"]),
        ("1. Mai und 2. Mai", ["1", "2"]),
        ("12 Boote liegen am Steg.", ["12"]),
    ],
)
def test_what_numbers_a_paragraph_is_not_told(text: str, values: list[str]) -> None:
    assert [f"{number.value:f}" for number in told_numbers(text, "de")] == values
