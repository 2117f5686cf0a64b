"""Documents that a question names, by a word of their title or file name that tells them apart.

A manual, a contract or a CV says once what it is of; a question that says so too is nearest to that sentence, and far
from the one that answers. So all of a named document's chunks stand nearly as well as its best, and the words that name
it count as found in each of its sentences (``tokens.lifted``). What it is called is looked up for each question anew:
vectors do not depend on it, and a headline, which says something rather than name it, does not colour what stands below.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.lexical import analyse
from rag.records import DocumentInfo, Question, Span
from rag.text.words import FUNCTION, MONTHS_AND_DAYS
from rag.tokens import Naming, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

# How far the chunks of a named document are brought to its best, set by hand.
_SHARE = 0.7
# A word in the names of more documents than this share of those at hand tells none of them apart.
_COMMON = 0.5
# A title of more characters is a sentence, and names nothing.
_LONGEST = 120
# Also "K2" and "A320"; a number alone names nothing.
_WORD = re.compile(r"[^\W\d_]{3,}\d*|(?=\w*\d)[^\W_]*[^\W\d_][^\W_]*")

_PART = re.compile(r"\w{2,}")
_TELLS_NOTHING = FUNCTION | MONTHS_AND_DAYS


def naming(question: Question, documents: Iterable[DocumentInfo]) -> dict[str, tuple[Span, ...]]:
    """Return which of the documents a question names: by id, its words that stand in the document's title or file name."""
    known = {document.id: document for document in documents}
    names = {identity: _terms(f"{_title(d)} {d.name}", d.language) for identity, d in known.items()}
    held = Counter(term for terms in names.values() for term in terms)
    asked = {language: _asked(question.text, language) for language in {d.language for d in known.values()}}
    found: dict[str, tuple[Span, ...]] = {}
    for identity, terms in names.items():
        shared = [(term, span) for term, span in asked[known[identity].language] if term in terms]
        if any(held[term] <= _COMMON * len(known) for term, _ in shared):
            found[identity] = tuple(span for _, span in shared)
    words = {identity: frozenset(spans) for identity, spans in found.items()}
    # Who is called "Aurora K2" is not asked about with "Aurora K5".
    return {one: spans for one, spans in found.items() if not any(words[one] < other for other in words.values())}


def of_others(named: Container[str], documents: Sequence[DocumentInfo]) -> frozenset[str]:
    """Return the ids of documents of the kind of one that is named, and of another thing: the other medicine's leaflet."""
    titles = {document.title for document in documents if document.id in named}
    return frozenset(
        document.id
        for document in documents
        if document.id not in named and any(two_things(document.title, title) for title in titles)
    )


def two_things(one: str | None, other: str | None) -> bool:
    """Say whether two titles are alike but for a name in each: two contracts, two manuals.

    Where numbers, months and days alone tell them apart, it is one thing at two times.
    """
    mine, theirs = (
        frozenset(word.casefold() for word in _PART.findall(title or "") if not word.isdigit()) - _TELLS_NOTHING
        for title in (one, other)
    )
    return bool(mine - theirs and theirs - mine) and 2 * len(mine & theirs) >= min(len(mine), len(theirs))


def lent(documents: Sequence[str], values: Sequence[float], named: Container[str]) -> list[float]:
    """Return what is added to each value, which is of a chunk of the document beside it: nothing where that is not named."""
    best: dict[str, float] = {}
    for document, value in zip(documents, values, strict=True):
        best[document] = max(value, best.get(document, value))
    return [
        _SHARE * (best[document] - value) if document in named else 0.0
        for document, value in zip(documents, values, strict=True)
    ]


def naming_tokens(asked: Reading, named: Mapping[str, Sequence[Span]]) -> dict[str, Naming]:
    """Return which tokens of the question are of the words that name each document, by its id."""
    return {
        document: Naming(document, asked.touching([(word.start, word.end) for word in words]))
        for document, words in named.items()
    }


def is_name(text: str, document: DocumentInfo) -> bool:
    """Say whether a text is what its document is called, marks of a heading aside."""
    return text.strip("#*_= \t").casefold() == _title(document).casefold()


def _title(document: DocumentInfo) -> str:
    title = document.title or ""
    return title if len(title) <= _LONGEST else ""


# The names of documents are the same for every question.
@lru_cache(8192)
def _terms(name: str, language: str | None) -> frozenset[str]:
    return frozenset(analyse(" ".join(word[0] for word in _words(name)), language))


def _asked(text: str, language: str | None) -> list[tuple[str, Span]]:
    """Return the terms of a question, each with the word that it is of."""
    return [(term, Span(*word.span())) for word in _words(text) for term in analyse(word[0], language)]


def _words(text: str) -> list[re.Match[str]]:
    return [word for word in _WORD.finditer(text) if word[0].casefold() not in FUNCTION]
