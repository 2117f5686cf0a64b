"""The evidence that a model is shown: numbered sentences, best first into it, fenced as data."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from rag.reading.instructions import speaks_to_a_model
from rag.reading.scoring import ScoredSentence
from rag.reading.tables import is_row, names_columns
from rag.records import DocumentInfo, Span

LANGUAGES = {"de": "German", "en": "English", "fr": "French"}

# A token has three to four characters in German and English; to count three is on the safe side.
_CHARACTERS = 3
_TITLE = 150


@dataclass(frozen=True, slots=True)
class Numbered:
    """A sentence under the number by which the model refers to it, counted from 1."""

    number: int
    sentence: ScoredSentence

    @property
    def document(self) -> DocumentInfo:
        """The document that it stands in."""
        return self.sentence.hit.document


def tokens(text: str) -> int:
    """Return how many tokens a text has, rather too many than too few."""
    return len(text) // _CHARACTERS + 1


def choose(scored: Sequence[ScoredSentence], most: int, room: int) -> list[ScoredSentence]:
    """Return the best sentences (``scored`` is best first) that fit: ``most`` of them, in ``room`` tokens.

    The best one is always in it. Passed over are a sentence whose words are in it already (the same
    article under two names), and one that speaks to a model instead of a reader. A table's row takes the line along that
    names its columns, as far as that fits.
    """
    heads = {(one.hit.chunk.id, one.span): one for one in scored if names_columns(one.hit, one.span)}
    chosen: list[ScoredSentence] = []
    known: set[str] = set()
    documents: set[str] = set()
    for one in chain.from_iterable((one, *_head_of(one, heads)) for one in scored):
        words = plain(one.text)
        if not words or words.casefold() in known or speaks_to_a_model(words):
            continue
        document = one.hit.document
        costs = tokens(f"[99] {words}\n") + (tokens(_heading(document)) if document.id not in documents else 0)
        if chosen and (len(chosen) == most or costs > room):
            break
        known.add(words.casefold())
        documents.add(document.id)
        chosen.append(one)
        room -= costs
    return chosen


def _head_of(row: ScoredSentence, heads: Mapping[tuple[str, Span], ScoredSentence]) -> Iterator[ScoredSentence]:
    """Yield the line that names the columns of a row, if it stands in the row's chunk."""
    if not heads or not is_row(row.hit, row.span):
        return
    above = [span for span in row.hit.chunk.sentences if span < row.span and (row.hit.chunk.id, span) in heads]
    if above:
        yield heads[row.hit.chunk.id, above[-1]]


def number(chosen: Sequence[ScoredSentence]) -> tuple[Numbered, ...]:
    """Give numbers to sentences, by document, the best one's first, and within it in the order of the text."""
    order = {identity: at for at, identity in enumerate(dict.fromkeys(one.hit.document.id for one in chosen))}
    ranked = sorted(chosen, key=lambda one: (order[one.hit.document.id], one.span))
    return tuple(Numbered(at, one) for at, one in enumerate(ranked, 1))


def listing(evidence: Sequence[Numbered]) -> str:
    """Return the evidence as the model sees it: a line for each document and for each sentence."""
    lines: list[str] = []
    last = None
    for one in evidence:
        if one.document.id != last:
            last = one.document.id
            lines.append(_heading(one.document))
        lines.append(f"[{one.number}] {plain(one.sentence.text)}")
    return "\n".join(lines)


def fence(*texts: str) -> str:
    """Return a line to put around texts, which whoever wrote them could not know."""
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()
    return f"==== {digest[:16]} ===="


def plain(text: str) -> str:
    """Return a text on one line, without control and formatting characters."""
    shown = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(shown.split())


def _heading(document: DocumentInfo) -> str:
    title = plain(document.title or document.name)[:_TITLE]
    date = document.date.isoformat() if document.date else "undated"
    return (
        f"Document: {title} ({date}, {LANGUAGES.get(document.language or '', document.language or 'unknown language')})"
    )
