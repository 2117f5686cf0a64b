"""Bytes to text, without guessing silently: UTF-8 first, then a detected encoding, or a refusal."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from rag.errors import FixFile

_CONTROL = frozenset(map(chr, (*range(32), *range(0x7F, 0xA0)))) - set("\t\n\r\f\v\x1b\x85")
_MOST_CONTROL = 1 / 100
# Combining marks on one letter: bringing them into order takes the square of their number.
_MOST_MARKS = 64
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
         (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip


def decode(data: bytes) -> str:
    """Return the text of a file in the form in which Beleg stores it.

    Raises:
        FixFile: the bytes are binary, or no encoding fits them well enough to trust.
    """
    return normalise(_decode(data))


def normalise(text: str) -> str:
    r"""Return NFC text with ``\n`` line ends: the form that every offset refers to."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decode(data: bytes) -> str:
    marked = next((encoding for bom, encoding in _BOMS if data.startswith(bom)), None)
    if marked is None and b"\x00" in data:
        raise FixFile("binary file", hint="Beleg reads text; convert the file to .txt or .md first.", skipped=True)
    text = _strictly(data, marked) if marked else _guessed(data)
    refuse_noise(text)
    return text


def _guessed(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _detected(data)


def refuse_noise(text: str) -> None:
    """Raise FixFile where characters of a text are none that anybody reads, or could not be stored."""
    counts = Counter(text)
    # SQLite ends a text at the first NUL: nothing behind it could be cited.
    if "\x00" in counts or sum(n for char, n in counts.items() if char in _CONTROL) > len(text) * _MOST_CONTROL:
        raise FixFile("binary file (control characters)", hint="Convert the file to plain text first.", skipped=True)
    marks = "".join(char for char in counts if unicodedata.combining(char))
    if marks and re.search(f"[{re.escape(marks)}]{{{_MOST_MARKS}}}", text):
        raise FixFile(f"{_MOST_MARKS} or more combining marks on one letter", hint="Remove them from the text.")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FixFile(
            f"not valid {encoding}, though its byte order mark says so (byte {error.start})",
            hint="Save the file as UTF-8.",
        ) from error


def _detected(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=["cp1252", "latin_1", "iso8859_15", "cp1250", "iso8859_2", "mac_roman"]).best()
    if best is None or best.chaos > 0.1:
        raise FixFile("neither UTF-8 nor an encoding that can be recognised", hint="Save the file as UTF-8.")
    return str(best)
