"""What a name is called in the other language, learned from documents that tell one story in both.

Two tellings of one story name the same persons, places and bodies. Where their sentences answer to each
other, a name that the one lacks and a word that the other lacks may be the same thing: they are where they
occur together and are spelled alike, or occur together again and again, and no other word comes near. Nothing
is kept: only a statement whose name no quote holds asks, and only of the documents that it rests on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.catalog import Sentences
from rag.origins import OriginRule, counterparts
from rag.records import DocumentInfo
from rag.text.names import unmatched_names
from rag.text.spelling import in_compound, plain, same_start, spelling

WholeText = Callable[[DocumentInfo], str | None]
"""A document to its stored text; None where that version is not stored any more."""


_OFTEN = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

# Short sentences hold names, too.
_RULE = OriginRule(least=0)


@dataclass(frozen=True, slots=True)
class NameRule:
    """When two words that stand in sentences that answer to each other name the same.

    ``alike`` is how they must be spelled (``rag.text.names.spelling``) where they stand together once, with one first
    letter; ``fairly`` where they do so twice; three times they may be spelled as they like. ``together`` is the least
    share of the sentences with one of them that hold both (Dice), and ``lead`` by how much share and spelling together
    must exceed those of either with any other word. The longer word is at most ``longer`` times as long where they stand
    together once, else ``longest``. Set by hand; precision: evals/README.md.
    """

    alike: float = 0.68
    fairly: float = 0.4
    together: float = 0.75
    lead: float = 0.15
    longer: float = 1.5
    longest: float = 2.0
    shortest: int = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of one telling and its counterpart in the other, each with its language."""

    here: str
    here_in: str | None
    there: str
    there_in: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """Names of a statement that no quote holds as they are.

    ``sure`` are held under another name for the same, ``likely`` stand in the counterpart of a cited sentence, which
    has a name of its own that this one lacks.
    """

    sure: frozenset[str] = frozenset()
    likely: frozenset[str] = frozenset()


class Namesakes:
    """The tellings among some documents, and what they call each other's names.

    ``origins`` are documents grouped by the story that they tell, ``sentences`` theirs by document id.
    """

    def __init__(
        self,
        origins: Sequence[Sequence[DocumentInfo]],
        sentences: Mapping[str, Sentences],
        text_of: WholeText,
        rule: NameRule | None = None,
    ) -> None:
        self._origin_of = {document.id: group for group in origins for document in group}
        self._sentences = sentences
        self._text_of = text_of
        self._rule = rule or NameRule()
        self._told: dict[tuple[str, str], list[Told]] = {}

    def known(self, text: str, language: str | None, quotes: Sequence[tuple[DocumentInfo, str]]) -> Known:
        """Return the names of a text that its quotes, each with its document, hold under another language's name."""
        others = [(document, quote) for document, quote in quotes if document.language != language]
        if not any(self._twins(document, language) for document, _ in others):
            return Known()
        missing = {name.text for name in unmatched_names(text, language, [q for _, q in quotes]) if name.clear}
        sure: set[str] = set()
        likely: set[str] = set()
        for document, quote in others if missing else ():
            told = [one for twin in self._twins(document, language) for one in self._pairs(twin, document)]
            sure |= {name for name in missing if called(name, told, self._rule) & _words(quote)}
            beside = [one for one in told if one.there in quote and _open(one)[1]]
            likely |= {name for name in missing if any(plain(name) in _words(one.here) for one in beside)}
        return Known(frozenset(sure), frozenset(likely - sure))

    def _twins(self, document: DocumentInfo, language: str | None) -> list[DocumentInfo]:
        """Return the other tellings of a document's story in a language."""
        return [d for d in self._origin_of.get(document.id, ()) if d.id != document.id and d.language == language]

    def _pairs(self, here: DocumentInfo, there: DocumentInfo) -> list[Told]:
        """Return the sentences of two tellings that answer to each other."""
        key = (here.id, there.id)
        if key not in self._told:
            ours, theirs = self._text_of(here), self._text_of(there)
            found = counterparts(self._sentences[here.id], self._sentences[there.id], _RULE)
            self._told[key] = [
                Told(one.of(ours), here.language, other.of(theirs), there.language)
                for one, other in found
                if ours is not None and theirs is not None
            ]
        return self._told[key]


def called(name: str, told: Sequence[Told], rule: NameRule | None = None) -> frozenset[str]:
    """Return what the other telling calls a name, plain (``rag.text.names.plain``); empty where that is not sure.

    ``told`` holds all sentences of two tellings that answer to each other, the name's own language first.
    """
    own = plain(name)
    near = {word for one in told if own in _words(one.here) for word in _open(one)[1]}
    # All that counts for a name and for what may be called so; most sentences hold neither.
    rows = [one for one in told if own in _words(one.here) or near & _words(one.there)] if near else []
    return frozenset(there for here, there in learned(rows, rule) if here == own)


def learned(told: Sequence[Told], rule: NameRule | None = None) -> list[tuple[str, str]]:
    """Return the pairs of plain words of two tellings that name the same, by ``NameRule``."""
    rule = rule or NameRule()
    opened = [_open(one) for one in told]
    together = Counter((a, b) for ours, theirs in opened for a in ours for b in theirs)
    among = Counter(word for one in told for word in _words(one.here))
    there = Counter(word for one in told for word in _words(one.there))
    worth = {(a, b): 2 * n / (among[a] + there[b]) + spelling(a, b) for (a, b), n in together.items()}
    return [
        pair
        for pair, times in together.items()
        if _may_be(pair, times, worth[pair] - spelling(*pair), rule)
        and all(worth[pair] - worth[other] >= rule.lead for other in worth if _rivals(pair, other))
    ]


def _rivals(pair: tuple[str, str], other: tuple[str, str]) -> bool:
    return (pair[0] == other[0]) != (pair[1] == other[1])


def _may_be(pair: tuple[str, str], times: int, share: float, rule: NameRule) -> bool:
    """Say whether two words may name the same, rivals aside."""
    one, other = pair
    short, long = sorted(map(len, pair))
    if short < rule.shortest or share < rule.together:
        return False
    alike = spelling(one, other)
    if times >= _OFTEN or (times > 1 and alike >= rule.fairly):
        return long <= rule.longest * short and not in_compound(one, other)
    return alike >= rule.alike and long <= rule.longer * short and short > rule.shortest and same_start(one, other)


@lru_cache(maxsize=4096)
def _open(told: Told) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of each of two sentences that the other lacks, plain; in German any word with a capital."""
    sides = (told.here, told.here_in, told.there), (told.there, told.there_in, told.here)
    found = [
        frozenset(
            plain(name.text)
            for name in unmatched_names(text, language, [other])
            if name.text[0].isupper() and " " not in name.text and (name.clear or language == "de")
        )
        for text, language, other in sides
    ]
    return found[0], found[1]


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(plain(word) for word in _WORD.findall(text))
