"""Bytes become the text that was meant, or are refused; nothing is guessed silently."""

from __future__ import annotations

import random
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.decoding import decode, normalise
from rag.errors import FixFile

GERMAN = "Die Bundesländer fordern größere Fähigkeiten – „sofort“, sagte der Minister. Preis: 5 €.\n"
PLAIN = "Grüße aus Köln: Die Größe der Übung übertraf alles."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_and_without_byte_order_mark(encoding: str) -> None:
    assert decode(GERMAN.encode(encoding)) == GERMAN


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
    ],
)
def test_either_byte_order(bom: bytes, encoding: str) -> None:
    assert decode(bom + GERMAN.encode(encoding)) == GERMAN


@pytest.mark.parametrize("text", [GERMAN, PLAIN, "Straße", "für", "Über"])
def test_windows_german(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize("text", [PLAIN, "Straße", "façade über café"])
def test_latin_1(text: str) -> None:
    assert decode(text.encode("latin-1")) == text


def test_polish_is_not_taken_for_german() -> None:
    text = "Zażółć gęślą jaźń. Prezydent powiedział, że wojna się skończy w przyszłym roku."
    assert decode(text.encode("cp1250")) == text


@pytest.mark.parametrize(
    ("data", "skipped"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", True),
        (b"\x89PNG\r\n\x1a\n", True),
        (b"PK\x03\x04\x14\x08", True),
        (b"Text\x00mit Null", True),
        (b"\x01\x02\x03 Text", True),
        (GERMAN.encode("utf-16-le"), True),
        (b"\xff\xfeT\x00\x00\xd8", False),
        (b"\xff\xfe" + "\x01\x00".encode("utf-16-le") * 9, True),
        (b"\xef\xbb\xbfGr\xfc\xdfe", False),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, skipped: bool) -> None:
    with pytest.raises(FixFile) as refused:
        decode(data)
    assert refused.value.skipped is skipped
    assert refused.value.hint


@pytest.mark.parametrize("size", [200, 5_000, 200_000])
@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_refused(size: int, seed: int) -> None:
    data = random.Random(seed).randbytes(size)
    for noise in (data, data.replace(b"\x00", b"\x01"), b"\xff\xfe" + data[: size // 4 * 4]):
        with pytest.raises(FixFile):
            decode(noise)


def test_colours_of_a_terminal_are_text() -> None:
    assert decode(b"\x1b[31mrot\x1b[0m") == "\x1b[31mrot\x1b[0m"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe\x00\x00"])
def test_nothing_decodes_to_nothing(data: bytes) -> None:
    assert decode(data) == ""


def test_line_ends_and_composition_are_settled() -> None:
    assert decode("u\u0308ber\r\nalles\rhinweg\n".encode()) == "über\nalles\nhinweg\n"


def test_too_many_marks_on_one_letter_are_refused_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(FixFile, match="combining marks"):
        decode(("a" + "\u0301\u0323" * 500_000).encode())
    assert time.monotonic() - started < 10


def test_a_few_marks_on_one_letter_are_text() -> None:
    assert decode(("Z" + "\u0323\u0301" * 15 + "algo").encode()).endswith("algo")


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert "\r" not in once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_any_utf8_text_comes_back(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode()) == normalise(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except FixFile:
        return
    assert normalise(text) == text
    text.encode("utf-8")
