"""Name-like tokens of a statement, and which of them a cited text holds, also in the other language.

In German every noun is capitalised, so a capital alone makes no name: "Außenminister" needs no match,
"Landau" does. A token is *clear* where something besides the capital says that it is a name: it is an
acronym, a place that CLDR knows, one word of a run ("Ilka Brandes", "Reederei Tamsen"), or the one who
is quoted ("sagte Kuleba"). What is not clear and stands nowhere is reported as such, for a soft check.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from rag.records import Span
from rag.text.folding import folded
from rag.text.numbers import find_numbers
from rag.text.places import find_places, names_of
from rag.text.spelling import ALIKE, REMOTE, STEM, plain, same_word, spelled_alike, spelling
from rag.text.titles import TRANSLATED
from rag.text.words import FUNCTION, MEASURES, MONTHS_AND_DAYS, word_set

# Acronyms of one thing in two languages.
_SAME = (
    {"bip", "gdp", "bruttoinlandsprodukt", "bruttoinlandsprodukts"},
    {"osze", "osce"}, {"ezb", "ecb"}, {"iwf", "imf"}, {"wm", "fifa"}, {"ki", "ai"}, {"eugh", "ecj"},
    {"egmr", "echr"}, {"uno", "un"}, {"iaeo", "iaea"}, {"igh", "icj"}, {"istgh", "icc"}, {"akw", "npp"},
    {"mwst", "vat"}, {"lkw", "hgv"}, {"gus", "cis"},
)  # fmt: skip
_PLAIN_ACRONYMS = word_set("gdp bip ok tv pc ai ki cd dvd gps dna dns lkw pkw mwst vat ceo cfo sms ceo ii iii iv")
_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*")
_ACRONYM = re.compile(r"[A-ZÄÖÜ]{2,}s?|[A-ZÄÖÜ]+[a-zäöü]?[A-ZÄÖÜ]+|(?:[A-Z]\.){2,}")
_SAYS = re.compile(
    r"(?:\b(?:sagte|sagt|so|laut|erklärte|erklärt|betonte|meinte|schrieb|kritisierte|forderte|warnte|teilte|fügte"
    r"|said|says|according to|by|told|wrote|added|warned)\s+)$",
    re.IGNORECASE,
)
_OPENS = re.compile(r"(?:^|[.!?:;…]|[\n„“”\"»«(–—])\s*$")
# What only common nouns end in: "the Association of Cities", "bei vielen Abgeordneten Besorgnis".
_DERIVED = {
    "de": re.compile(r"\w{3,}(?:nis|nisse[ns]?|(?:heit|keit|schaft|ität|tion)(?:en)?|ismus)", re.IGNORECASE),
    "en": re.compile(r"\w{3,}(?:s|ion|ment|ity|ship|ing|ance|ence|ure)", re.IGNORECASE),
}
# The whole that a part belongs to.
_WHOLE = {"East Germany": "DE", "West Germany": "DE"}
# What two peoples are called together: "Afroamerikaner".
_BOTH = re.compile(r"(afro|anglo|euro)-?(\w{4,})")
_HALF = {"afro": "002", "anglo": "GB", "euro": "150"}
_DOLLAR = re.compile(r"[-\s]?dollars?\b", re.IGNORECASE)
_COMPASS = re.compile(r"(?:nord|süd|ost|west|nordost|nordwest|südost|südwest|zentral|mittel)-?(\w{4,})")
_DECLINED = re.compile(r"e[nmrs]?$")
_COMPOUND = 8


@dataclass(frozen=True, slots=True)
class Name:
    """A name-like token. ``clear``: that it is a proper name is beyond doubt."""

    span: Span
    text: str
    clear: bool

    @property
    def fixed(self) -> bool:
        """Whether it is told alike in all languages, or its other names are known: an acronym, a place."""
        return _ACRONYM.fullmatch(self.text) is not None or bool(find_places(self.text))


def find_names(text: str, language: str | None) -> list[Name]:
    """Return the name-like tokens of a text in their order: places whole, other names word by word.

    In German these are all capitalised words and acronyms, in other languages those that do not open a
    sentence. Words of titles and institutions ("Foreign Minister"), months and days are left out.
    """
    places = find_places(text)
    # "US-Dollar" is a unit.
    names = [Name(p.span, p.span.of(text), clear=True) for p in places if _DOLLAR.match(text, p.span.end) is None]
    tokens = [m for m in _TOKEN.finditer(text) if not any(p.span.overlaps(Span(m.start(), m.end())) for p in places)]
    names += _german(text, tokens) if language == "de" else _english(text, tokens)
    return sorted(names, key=lambda name: name.span)


def unmatched_names(text: str, language: str | None, quotes: Sequence[str]) -> list[Name]:
    """Return the name-like tokens of a text that none of the quotes holds, whatever their language.

    A token is held where a quote has the same word (folded, inflected, as a part of a compound), the same
    place under another name, the words that an acronym stands for, or a word that is spelled alike
    ("Bucharest", "Bukarest"). What opens a sentence, or who says something, before a name of two words that is held is no clear
    name but what that person is ("Headteacher Amina Sturm"), nor is what goes on a title before one ("District Administrator
    Mertens"), nor whose thing is told by a word that is held ("Solbergs Oper").
    """
    held = _Held(quotes)
    names = find_names(text, language)
    known = [held.has(name) for name in names]
    return [
        replace(name, clear=False)
        if name.clear
        and (
            _is_title(text, names[at : at + 3], known[at + 1 : at + 3]) or _is_whose(text, name.span.start, held.words)
        )
        else name
        for at, name in enumerate(names)
        if not known[at]
    ]


def _is_title(text: str, names: Sequence[Name], known: Sequence[bool]) -> bool:
    """Say whether the first of some names opens a sentence, and the two right behind it are known; behind a title one."""
    title = re.search(r"([^\W\d_]+)[^\S\n]+$", text[: names[0].span.start])
    if title is not None and title[1][0].isupper() and folded(title[1]) in TRANSLATED and list(known[:1]) == [True]:
        return text[names[0].span.end : names[1].span.start] == " "
    before = text[: names[0].span.start]
    opens = _OPENS.search(before) is not None or _SAYS.search(before) is not None
    run = all(text[one.span.end : other.span.start] == " " for one, other in pairwise(names))
    return opens and run and list(known) == [True, True]


def _is_whose(text: str, at: int, held: Collection[str]) -> bool:
    """Say whether a word stands behind one that tells whose it is, or from where: "Solbergs Oper", "Innsbrucker Ärzte"."""
    before = re.search(r"(\w{4,})[^\S\n]$", text[:at])
    word = plain(before[1]) if before is not None else ""
    return word not in held and any(
        word.removesuffix(ending) in held for ending in ("s", "er") if word.endswith(ending)
    )


def may_be_spelled(name: str, quotes: Sequence[str]) -> bool:
    """Say whether a capitalised word of the quotes could be a name in another language's spelling ("Genf", "Geneva")."""
    return any(spelled_alike(plain(name), other, REMOTE) for other in _Held(quotes).capitals)


class _Held:
    """The words of some quotes, looked up in every form."""

    def __init__(self, quotes: Sequence[str]) -> None:
        self._quotes = quotes
        self._tokens = words = [m[0] for quote in quotes for m in _TOKEN.finditer(quote)]
        self.words = {plain(word) for word in words}
        self.capitals = {plain(word) for word in words if word[0].isupper()}
        self.initials = " ".join(word[0].casefold() if word[0].isupper() else " " for word in words).replace("   ", " ")

    @cached_property
    def _places(self) -> set[str]:
        found = {place.key for quote in self._quotes for place in find_places(quote)}
        tails: list[str] = []
        for word in self._tokens:
            low = folded(word)
            # Who speaks of "Nordafrika" speaks of Africa; not the other way round.
            if word[0].isupper() and (inside := _COMPASS.fullmatch(low)):
                tails.append(inside[1])
            if both := _BOTH.fullmatch(low):
                found.add(_HALF[both[1]])
                tails.append(both[2])
        found |= {place.key for tail in tails for place in find_places(tail.title())}
        return found | {_WHOLE[key] for key in found & _WHOLE.keys()}

    @cached_property
    def _compounds(self) -> set[str]:
        return {plain(word) for word in self._tokens if len(word) > _COMPOUND and not find_places(word)}

    def has(self, name: Name) -> bool:
        keys = {place.key for place in find_places(name.text)}
        if keys:
            return plain(name.text) in self.words or all(key in self._places or self._begins(key) for key in keys)
        word = plain(name.text)
        if word in self.words or any(self.words & same for same in _SAME if word in same):
            return True
        if len(word) <= STEM:
            spelled = len(word) > 2 and any(spelling(word, other) == 1.0 for other in self.capitals)
            return spelled or (len(word) > 1 and " ".join(word) in self.initials)
        return any(same_word(word, other) for other in self.words) or any(
            spelled_alike(word, other, ALIKE) for other in self.capitals
        )

    def _begins(self, key: str) -> bool:
        """Say whether a compound begins with a name of a place: "Europameisterschaft", "Koreakrieg"."""
        names = tuple(name for name in names_of(key) if len(name) > STEM)
        return any(word.startswith(names) for word in self._compounds)


def _english(text: str, tokens: Sequence[re.Match[str]]) -> Iterator[Name]:
    for at, token in enumerate(tokens):
        word, low = token[0], folded(token[0]).removesuffix("'s").removesuffix("’s")
        if not word[0].isupper() or low in TRANSLATED or low in MONTHS_AND_DAYS:
            continue
        span = Span(token.start(), token.end())
        if _ACRONYM.fullmatch(word):
            yield Name(span, word, clear=low not in _PLAIN_ACRONYMS)
        elif re.match(r"-[a-z]", text[token.end() :]):
            # "Co-operation", "Anti-war": the first half of a word.
            yield Name(span, word, clear=False)
        elif _OPENS.search(text[: token.start()]):
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            run = following is not None and _adjacent(text, token, following) and following[0][0].isupper()
            known = run and following is not None and folded(following[0]) not in TRANSLATED | MONTHS_AND_DAYS
            # A capital that opens a sentence says nothing, unless a name goes on behind it.
            if known and low not in FUNCTION:
                yield Name(span, word, clear=True)
            elif low not in FUNCTION:
                yield Name(span, word, clear=False)
        else:
            yield Name(span, word, clear=not (_before_title(text, tokens, at) or _of_title(text, tokens, at)))


def _before_title(text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
    """Say whether a run of capitals goes on to a word of titles and institutions: "Higher Administrative Court"."""
    for one, other in pairwise(tokens[at:]):
        if not other[0][0].isupper() or not _adjacent(text, one, other):
            return False
        if folded(other[0]) in TRANSLATED:
            return True
    return False


def _of_title(text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
    """Say whether a common noun tells what an institution is of: "Association of Cities", "Ministry of Education"."""
    if at < 2 or _DERIVED["en"].fullmatch(tokens[at][0]) is None:
        return False
    between = text[tokens[at - 2].end() : tokens[at].start()]
    return between.split() == ["of"] and tokens[at - 2][0][0].isupper() and folded(tokens[at - 2][0]) in TRANSLATED


def _german(text: str, tokens: Sequence[re.Match[str]]) -> Iterator[Name]:
    for at, token in enumerate(tokens):
        word, low = token[0], folded(token[0])
        if not word[0].isupper() or low in MONTHS_AND_DAYS:
            continue
        span = Span(token.start(), token.end())
        before = text[: token.start()]
        if _ACRONYM.fullmatch(word):
            yield Name(span, word, clear=low not in _PLAIN_ACRONYMS)
        elif _OPENS.search(before) and low in FUNCTION:
            continue
        else:
            earlier = tokens[at - 1] if at else None
            yield Name(span, word, clear=bool(_SAYS.search(before)) or _goes_on(text, earlier, token))


def _goes_on(text: str, earlier: re.Match[str] | None, token: re.Match[str]) -> bool:
    """Say whether a German word continues a run of capitals that only a name makes."""
    if earlier is None or not earlier[0][0].isupper() or not _adjacent(text, earlier, token):
        return False
    low = folded(earlier[0])
    if _DERIVED["de"].fullmatch(token[0]):
        return False
    if low in MEASURES | MONTHS_AND_DAYS | FUNCTION or folded(token[0]) in MEASURES or find_numbers(low, "de"):
        return False
    # The capital of "Neue Straßen" is the sentence's.
    return not (_OPENS.search(text[: earlier.start()]) and _DECLINED.search(low))


def _adjacent(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    return re.fullmatch(r"[^\S\n]+", text[one.end() : other.start()]) is not None
