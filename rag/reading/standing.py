"""What a hit is worth before its sentences are told apart, in the light of the document that it stands in.

A manual, a leaflet or a CV names its subject once, in its title; a question that names it is nearest to that sentence,
and far from the one that answers. So where a question names a document, its other hits stand nearly as well as its best.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.lexical import analyse
from rag.records import DocumentInfo, Hit, Question
from rag.text.words import FUNCTION

# How far the hits of a named document are brought to its best, set by hand.
_SHARE = 0.3
# A word in the names of more documents than this share of those at hand tells none of them apart.
_COMMON = 0.5
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Standing:
    """A hit's cosine, the highest cosine of its sentences and its lexical share."""

    chunk: float
    best: float
    words: float

    def towards(self, other: Standing) -> Standing:
        """Return what lies between two."""
        pairs = ((self.chunk, other.chunk), (self.best, other.best), (self.words, other.words))
        return Standing(*(own + _SHARE * max(0.0, theirs - own) for own, theirs in pairs))


def standings(question: Question, hits: Sequence[Hit]) -> list[Standing]:
    """Return the standing of each hit."""
    own = [Standing(hit.cosine, max(hit.sentence_cosines), hit.lexical) for hit in hits]
    members: dict[str, list[Standing]] = {}
    for hit, one in zip(hits, own, strict=True):
        members.setdefault(hit.document.id, []).append(one)
    named = _named(question, {hit.document.id: hit.document for hit in hits})
    best = {identity: _best(members[identity]) for identity in named}
    return [
        one.towards(best[hit.document.id]) if hit.document.id in best else one
        for hit, one in zip(hits, own, strict=True)
    ]


def _best(of: Sequence[Standing]) -> Standing:
    return Standing(max(one.chunk for one in of), max(one.best for one in of), max(one.words for one in of))


def _named(question: Question, documents: dict[str, DocumentInfo]) -> set[str]:
    """Return those of the documents whose title or file name shares a word with a question that tells them apart."""
    names = {identity: _terms(f"{d.title or ''} {d.name}", d.language) for identity, d in documents.items()}
    held = Counter(term for terms in names.values() for term in terms)
    telling = {term for term, count in held.items() if count <= _COMMON * len(documents)}
    return {
        identity
        for identity, terms in names.items()
        if terms & telling & _terms(question.text, documents[identity].language)
    }


# A document's names are the same for every question, and the question is for every document.
@lru_cache(2048)
def _terms(text: str, language: str | None) -> frozenset[str]:
    # Names of files have their words joined by signs.
    words = (word for word in _WORD.findall(text) if word.casefold() not in FUNCTION)
    return frozenset(analyse(" ".join(words), language))
