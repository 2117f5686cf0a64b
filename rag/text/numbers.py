"""Numbers in German and English text, as values: 3,5 = 3.5, Mrd. = billion, acht = 8 = eight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rag.records import Span


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written (``span``) and as meant (``value``), scale words included."""

    span: Span
    value: Decimal


def _spelled(words: str) -> list[str]:
    return words.split()


_UNITS = {
    "de": _spelled(
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
        "siebzehn achtzehn neunzehn"
    ),
    "en": _spelled(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen"
    ),
}
_TENS = {
    "de": _spelled("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
    "en": _spelled("twenty thirty forty fifty sixty seventy eighty ninety"),
}
_SCALES = {
    "de": {
        "tausend": 3, "tsd": 3, "million": 6, "millionen": 6, "mio": 6, "milliarde": 9,
        "milliarden": 9, "mrd": 9, "billion": 12, "billionen": 12, "bio": 12,
    },
    "en": {
        "hundred": 2, "thousand": 3, "million": 6, "millions": 6, "mn": 6, "billion": 9,
        "billions": 9, "bn": 9, "trillion": 12, "trillions": 12, "tn": 12,
    },
}  # fmt: skip
# Letters glued to digits. "5m" is five million in English news, and five metres in German.
_SUFFIXES = {"de": {"k": 3}, "en": {"k": 3, "m": 6, "mn": 6, "bn": 9, "tn": 12}}
# Words that are a number only in front of a scale word: "eine Milliarde", "half a million".
_ARTICLES = {
    "de": {"ein": "1", "eine": "1", "einer": "1", "einem": "1", "einen": "1", "eins": "1"}
    | dict.fromkeys(("halbe", "halben", "halber", "halbes"), "0.5"),
    "en": {"a": "1", "an": "1", "one": "1", "half": "0.5"},
}


def _german() -> Iterator[tuple[str, int | str]]:
    """Yield the German number words up to 999, round thousands up to 999 000, and halves."""
    stems = ["", "ein", *_UNITS["de"][2:10]]
    yield from ((word, value) for value, word in enumerate(_UNITS["de"]) if value != 1)
    below = dict(enumerate(_UNITS["de"]))
    for ten, word in enumerate(_TENS["de"], start=2):
        below |= {10 * ten + unit: f"{stem}und{word}" if stem else word for unit, stem in enumerate(stems)}
    words = {value: [word] for value, word in below.items() if value}
    for hundred, stem in enumerate(stems):
        for prefix in [f"{stem}hundert"] * (hundred > 0) + ["hundert"] * (hundred == 1):
            for rest in range(100):
                words.setdefault(100 * hundred + rest, []).append(prefix + (below[rest] if rest else ""))
    for value, spelled in words.items():
        yield from ((word, value) for word in spelled if value > 1)
        yield from ((f"{'ein' if value == 1 else word}tausend", 1000 * value) for word in spelled)
    yield "tausend", 1000
    yield "anderthalb", "1.5"
    yield from ((f"{stem}einhalb", f"{value}.5") for value, stem in enumerate(stems) if stem)


def _english() -> Iterator[tuple[str, int | str]]:
    yield from ((word, value) for value, word in enumerate(_UNITS["en"]) if value != 1)
    yield from ((word, 10 * ten) for ten, word in enumerate(_TENS["en"], start=2))
    yield from (("hundred", 100), ("thousand", 1000))


def _lexicon(words: Iterator[tuple[str, int | str]]) -> dict[str, Decimal]:
    """Fold the words as they are looked up, with the spellings of those who have no umlauts."""
    plain = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
    return {
        form: Decimal(value) for word, value in words for form in (word.casefold(), word.casefold().translate(plain))
    }


_WORDS = {"de": _lexicon(_german()), "en": _lexicon(_english())}
_OPENING = {locale: frozenset({*words, *_ARTICLES[locale]}) for locale, words in _WORDS.items()}
_ENGLISH_TENS = frozenset(_TENS["en"])
_ENGLISH_UNITS = {word: Decimal(value) for value, word in enumerate(_UNITS["en"]) if 0 < value < 10}
_GROUP = "'\u2019\u00a0\u2009\u202f"
# A run that goes on with a separator and a digit is none of these: a date, a version, an address.
_DIGITS = (
    rf"(?>\d{{1,3}}(?P<mark>[.,{_GROUP}])\d{{3}}(?:(?P=mark)\d{{3}})*(?:(?!(?P=mark))[.,]\d+)?(?![.,]?\d)"
    r"|\d+[.,]\d+(?![.,]?\d)|\d+(?![.,]?\d))"
)
_TOKEN = re.compile(
    rf"(?<!\w)(?<!\d[.,])(?P<digits>{_DIGITS})(?:(?P<suffix>k|mn?|bn|tn)(?!\w))?|(?P<word>[^\W\d_]+)", re.IGNORECASE
)
_DIGIT, _WORD = re.compile(r"\d"), re.compile(r"[^\W\d_]+")
_DIGITS_IN_WORD = re.compile(r"\d+")
# A point alone may be of an ordinal, unless a word follows that begins a sentence.
_NUMBERING = re.compile(
    r"\s*(?:#+\s+)?(?:\(\d{1,3}[a-z]?\)|\d{1,3}[a-z]?\)|§§?\s?\d{1,4}[a-z]?\b|\d{1,3}\.(?=\s(?:Der|Die|Das|Ein|Eine|Es|Er|Sie|Wir|The|A|An|It|We|They)\s))"
)
_GAP = re.compile(r"[^\S\n]{0,2}|[ \t]?\n|-")
_SCALE_WORDS = 3  # that may follow each other: "two hundred thousand million"
_LONGEST = 28  # digits that Decimal keeps exactly; whatever is longer is a name, not a figure


# Of one sentence it is asked again and again: for its kind, what fits, and what is marked in it.
@lru_cache(maxsize=2048)
def find_numbers(text: str, language: str | None) -> tuple[Number, ...]:
    """Return the numbers of a text in their order.

    Digits follow the separators of ``language`` (German where it is ``de``, otherwise English);
    a scale word behind a number belongs to it ("19 Milliarden" is 19 000 000 000). German number
    words are known up to 999 and for round thousands, English ones up to 99 and with scale words;
    "one", "ein" and "half" count only before a scale word. Signs, ordinals, fractions and sums
    ("two hundred and five") are not read.
    """
    locale = "de" if language == "de" else "en"
    opening = _OPENING[locale]
    # Most sentences hold none, which is sooner said than each of their words looked up.
    if not _DIGIT.search(text) and opening.isdisjoint(_WORD.findall(text.casefold())):
        return ()
    tokens = list(_TOKEN.finditer(text))
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        word = tokens[at]["word"]
        if word and word.casefold() not in opening:
            at += 1
            continue
        number, after = _read(text, tokens, at, locale)
        if number is not None:
            found.append(number)
        at = after
    return tuple(found)


def told_numbers(text: str, language: str | None) -> list[Number]:
    """Return the numbers that a sentence tells: not the one that numbers it, as in "(1) Der Verein" or "§ 2 Beitrag"."""
    mark = _NUMBERING.match(text)
    return [number for number in find_numbers(text, language) if mark is None or number.span.start >= mark.end()]


# What a text says by itself is the same for every question and every other text that it is held against.
@lru_cache(maxsize=1024)
def number_values(text: str, language: str | None) -> frozenset[Decimal]:
    """Return the set of values that a text mentions, digits outside of any number included ("F35")."""
    numbers = find_numbers(text, language)
    values = {number.value for number in numbers}
    taken = {at for number in numbers for at in range(number.span.start, number.span.end)}
    return frozenset(values | {Decimal(m[0]) for m in _DIGITS_IN_WORD.finditer(text) if m.start() not in taken})


def _read(text: str, tokens: list[re.Match[str]], at: int, locale: str) -> tuple[Number | None, int]:
    """Return the number that begins with a token, if any, and the first token behind it."""
    first = tokens[at]
    word = (first["word"] or "").casefold()
    article = _ARTICLES[locale].get(word)
    value = Decimal(article) if article else _WORDS[locale].get(word) if word else _parse(first["digits"], locale)
    if value is None:
        return None, at + 1
    last, scaled = at, False
    following = _neighbour(text, tokens, last)
    if word == "half" and following in ("a", "an"):
        last += 1
    elif word in _ENGLISH_TENS and locale == "en" and following in _ENGLISH_UNITS and text[first.end()] == "-":
        value, last = value + _ENGLISH_UNITS[following], last + 1
    end = tokens[last].end()
    if first["digits"] and first["suffix"]:
        power = _SUFFIXES[locale].get(first["suffix"].casefold())
        end = end if power else first.end("digits")
        value, scaled = value.scaleb(power or 0), power is not None
    for _ in range(_SCALE_WORDS):
        power = _SCALES[locale].get(_neighbour(text, tokens, last))
        if power is None:
            break
        value, last, scaled = value.scaleb(power), last + 1, True
        end = tokens[last].end()
    if article and not scaled:
        return None, at + 1
    return Number(Span(first.start(), end), value.normalize()), last + 1


def _neighbour(text: str, tokens: list[re.Match[str]], at: int) -> str:
    """Return the folded word right behind a token, or nothing."""
    if at + 1 == len(tokens) or not tokens[at + 1]["word"]:
        return ""
    between = text[tokens[at].end() : tokens[at + 1].start()]
    return tokens[at + 1]["word"].casefold() if _GAP.fullmatch(between) else ""


def _parse(digits: str, locale: str) -> Decimal | None:
    """Read digits with separators; where both readings are possible the locale decides."""
    if len(digits) > 2 * _LONGEST or sum(map(str.isdigit, digits)) > _LONGEST:
        return None
    marks = [c for c in digits if c in ".," or c in _GROUP]
    if len(set(marks)) == 2:
        decimal = marks[-1]
    elif len(marks) == 1 and marks[0] in ".,":
        whole, part = digits.split(marks[0])
        foreign = marks[0] != ("," if locale == "de" else ".")
        decimal = "" if foreign and len(part) == 3 and len(whole) < 4 and whole[0] != "0" else marks[0]
    else:
        decimal = ""
    plain = "".join("." if c == decimal else c for c in digits if c not in marks or c == decimal)
    return Decimal(plain)
