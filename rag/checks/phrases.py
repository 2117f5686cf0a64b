"""The actors of a clause: noun phrases with the part that they play.

No sentence is parsed: word order, articles, prepositions, the passive and verbs of receiving are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.checks.clauses import CONJUNCTIONS, DETERMINERS, PREPOSITIONS
from rag.checks.wording import Said, named, terms
from rag.text.dates import YEAR
from rag.text.folding import folded
from rag.text.names import find_names
from rag.text.numbers import find_numbers
from rag.text.places import find_places
from rag.text.words import MEASURES, word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*|\d+")
# Prepositions of those who give, get, help or are opposed; all others tell where, when and how.
_PARTNERS = word_set("an von vom durch gegen mit für vor zu zum zur to by from for against with on over of")
# What opens a clause and is no noun, whatever its capital.
_OPENERS = CONJUNCTIONS | word_set(
    "because if unless as since so then also saying according wenn falls ob da als bevor ehe sobald indem sodass"
)
# Articles that no subject has, whatever its gender and number.
_NEVER_SUBJECT = word_set("den dem des einen einem eines keinen keinem ihrem ihren seinem seinen diesem diesen")
_COUNT = "#"
_JOIN = re.compile(
    r"\s(?:und|and|sowie)\s(?:\w+\s)?"
    r"|(?:['’]?\s[a-zäöüß'’-]+){0,2},\s(?:(?:der|die|das|the|an?|its|his|her|their|ihre?|seine?)\s)?"
)
_BY = frozenset(("von", "vom", "durch", "by"))
# Who did what a noun tells: "the takeover of Holst by Zwaan".
_DOER = frozenset(("by", "durch"))
_DEED = re.compile(r"\s(?:of|von|der|des)\s")
_FROM = frozenset(("von", "vom", "aus", "from"))
# A name right behind a noun and one of these says more of the noun: "Chor aus Basel", "der Rat der EU".
_OF = frozenset(("aus", "von", "vom", "in", "of", "from", "at"))
_GENITIVE = frozenset(("der", "des"))
_TOWN_S = re.compile(r"\w+er\s[A-ZÄÖÜ]")
_BUYS = re.compile(r"\b(?:kauft|kaufte|kauften|gekauft|bought|buys?)\b", re.IGNORECASE)
_GIVER = re.compile(r"\b(?:von|vom|aus|from)\b", re.IGNORECASE)
_PARTICIPLE = r"(?:ge\w+|\w+ge\w+|be\w+|ver\w+|er\w+|ent\w+|zer\w+|über\w+|unter\w+|\w+ier)(?:t|en)"
_PASSIVE = re.compile(
    rf"\b(?:wird|werden|wurde|wurden)\b.*\b{_PARTICIPLE}\b|\b{_PARTICIPLE}\s(?:wird|werden|wurde|wurden|worden)\b"
    r"|\b(?:is|are|was|were|been|being|be)\s(?:\w+ly\s)?(?:\w+ed|won|sold|bought|given|made|taken|found|built|run|led|held|sent"
    r"|told|written|paid|cut|beaten|driven|chosen|handed|turned|dug|drawn|shown|lost|left|brought|put|set|met|seen|known)\b",
    re.IGNORECASE,
)
_RECEIVES = re.compile(
    r"\b(?:erhält|erhielt|erhielten|erhalten|bekommt|bekam|bekamen|bekommen|receives?|received|gets?|got|gotten)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A noun phrase: what it can be recognised by, whether it acts, and whether it holds a clear name.

    ``acts`` is None where it only tells a place, a time or a manner.
    """

    text: str
    keys: frozenset[str]
    acts: bool | None
    is_named: bool


@lru_cache(maxsize=1024)
def actors_of(clause: Said) -> tuple[Actor, ...]:
    """Return the actors of a clause: the phrase that stands free and first acts, all others do not."""
    passive = _PASSIVE.search(clause.text) is not None
    buys = _BUYS.search(clause.text) is not None and _GIVER.search(clause.text) is not None
    receives = buys or _RECEIVES.search(clause.text) is not None
    giver = _FROM if receives else _BY if passive else frozenset[str]()
    found: list[Actor] = []
    phrases = list(_phrases(clause, merge=not receives))
    free = [
        p
        for p in phrases
        if not p.preposition
        and not (clause.language == "de" and p.determiner in _NEVER_SUBJECT)
        and not word_set(folded(p.text).replace(".", "")) <= MEASURES
    ]
    subject = free[0] if free else None
    if subject is not None and clause.language == "de" and not subject.is_named and not subject.determiner:
        # An object may come first: "Baumwolle bezieht Kanada", but hardly a name.
        subject = next((p for p in free if p.is_named), subject)
    for phrase in phrases:
        if phrase.joined and found:
            acts = found[-1].acts
        elif phrase.preposition:
            partner = phrase.preposition in _PARTNERS or phrase.preposition == _COUNT
            acts = phrase.preposition in giver if partner or phrase.preposition in giver else None
            if phrase.preposition in _DOER and phrase.is_named and found and _DEED.search(found[-1].text):
                acts = True
        else:
            acts = phrase is subject and not giver
        found.append(Actor(phrase.text, phrase.keys, acts, phrase.is_named))
    return tuple(found)


@dataclass(slots=True)
class _Phrase:
    text: str
    language: str | None
    preposition: str
    determiner: str
    joined: bool
    """Whether it is in the same case as the phrase before it: "Polen und Litauen", "ihr Nachfolger, Pavel Novak"."""
    end: int
    named: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        small = PREPOSITIONS | DETERMINERS
        said = Said(" ".join(word for word in self.text.split() if word.casefold() not in small), self.language)
        if self.language != "de" and self.is_named:
            return named(said) | self.named
        return named(said) | terms(said) | self.named

    @property
    def is_named(self) -> bool:
        return any(name.clear for name in find_names(self.text, self.language))


def _phrases(clause: Said, *, merge: bool) -> Iterator[_Phrase]:
    """Yield the noun phrases of a clause: in German runs of capitals, in English what a determiner opens, too."""
    last: _Phrase | None = None
    preposition = determiner = ""
    fresh, end = True, 0
    for match in _WORD.finditer(clause.text):
        word, low = match[0], match[0].casefold()
        if "," in clause.text[end : match.start()]:
            preposition = determiner = ""
        end = match.end()
        if low in PREPOSITIONS and not (low == "an" and clause.language != "de"):
            preposition, determiner, fresh = low, "", True
        elif low in DETERMINERS or _is_owner(word, clause.language):
            preposition, determiner, fresh = preposition if fresh else "", low, True
        elif word.isdigit() or find_numbers(word, clause.language):
            preposition, fresh = _counting(clause.text[: match.start()], word, preposition, determiner), True
        elif low in _OPENERS or not _is_noun(clause, match, fresh=fresh and bool(determiner or not match.start())):
            fresh = fresh and clause.language == "de"
        else:
            between = clause.text[last.end : match.start()] if last else ""
            if last is not None and _continues(last, between, determiner, preposition, word, clause, merge=merge):
                last.text, last.end = last.text + between + word, match.end()
            else:
                if last is not None:
                    yield last
                joined = last is not None and _joins(last, between, preposition)
                people = _people(clause.text[: match.start()])
                last = _Phrase(word, clause.language, preposition, determiner, joined, match.end(), people)
            preposition, determiner, fresh = "", "", False
    if last is not None:
        yield last


def _is_owner(word: str, language: str | None) -> bool:
    """Say whether a word tells whose the next one is, and so does not act itself: "Chicago's teachers"."""
    return language != "de" and re.search(r"['’]s?$", word) is not None


def _counting(before: str, word: str, preposition: str, determiner: str) -> str:
    """Return the preposition behind a number: what is counted does not act ("120 Schneepflüge kaufte Norwegen").

    A year counts nothing, nor does a number that opens the clause or stands behind an article.
    """
    if YEAR.fullmatch(word):
        return ""
    return preposition or ("" if not before.strip() or determiner else _COUNT)


def _joins(last: _Phrase, between: str, preposition: str) -> bool:
    """Say whether a phrase shares the part of the one before it: behind "and", or as its apposition."""
    if preposition not in ("", _COUNT) or (last.preposition and "," in between):
        return False
    return _JOIN.fullmatch(between) is not None


def _people(before: str) -> frozenset[str]:
    """Return the place that a small adjective right before a noun names ("russischen Diplomaten")."""
    words = before.split()
    if not words or not words[-1].islower():
        return frozenset()
    return frozenset(f"place:{place.key}" for place in find_places(words[-1]))


def _continues(
    last: _Phrase, between: str, determiner: str, preposition: str, word: str, clause: Said, *, merge: bool
) -> bool:
    if not between.strip():
        return True
    if (
        clause.language != "de"
        and word[0].isupper()
        and re.fullmatch(r"['’]?(?:\s[a-z'’-]+){1,2}\s", between)
        and last.determiner
        and not preposition
        and not determiner
    ):
        return True
    behind = between.split()
    if not merge or not word[0].isupper():
        return False
    # "Der Berliner Firma Haltern" is no "Auftrag der Berliner".
    a_town_s = _TOWN_S.match(word + clause.text[last.end + len(between) + len(word) :]) is not None
    a_name = not a_town_s and any(name.clear for name in find_names(f"x {word}", clause.language))
    genitive = clause.language == "de" and len(behind) == 1 and determiner in _GENITIVE and a_name
    return genitive or (preposition in _OF and len(behind) == 1 + bool(determiner) and (a_name or not determiner))


def _is_noun(clause: Said, match: re.Match[str], *, fresh: bool) -> bool:
    if clause.language == "de":
        return match[0][0].isupper() and bool(terms(Said(match[0], "de")) or find_places(match[0]))
    return (match[0][0].isupper() or fresh) and bool(terms(Said(match[0], clause.language)) or find_places(match[0]))
