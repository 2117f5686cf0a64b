"""Statement against span: whether a statement has its like in the evidence, by vector and by words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.checks.phrases import clauses_of, pieces_of
from rag.checks.wording import Likeness, Said, terms
from rag.text.names import unmatched_names

_MANY = 3
_SURE = 0.8


def likeness_to_evidence(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return the cosine of a statement and the piece of the quotes that is most like it, at least 0.

    Pieces are whole quotes, and where none of them is much like it, clauses and neighbouring pairs of them.

    Not seen: who does what to whom, and which figure is meant; across languages a cosine is lower.
    """
    whole = max(likeness(said, quote) for quote in quotes)
    if whole >= _SURE:
        return whole
    return max(0.0, whole, *(likeness(said, one) for quote in quotes for one in _pieces(quote)))


def words_in_evidence(said: Said, quotes: Sequence[Said]) -> float:
    """Return the share of a statement's content words that the quotes in its language hold, by stem.

    1 where no quote is in its language.

    Not seen: synonyms count as missing, and words of another sense as held.
    """
    own = [terms(quote) for quote in quotes if quote.language == said.language]
    words = terms(said)
    if not own or not words:
        return 1.0
    return len(words & frozenset().union(*own)) / len(words)


def names_in_evidence(said: Said, quotes: Sequence[Said]) -> float:
    """Return 1 less a third for each capitalised word that is no clear name and stands in no quote, at least 0.

    Only languages whose capitals mean something count: German nouns say nothing across languages.

    Not seen: what opens a sentence, and names that are spelled alike by chance.
    """
    if said.language == "de" and not all(quote.language == "de" for quote in quotes):
        return 1.0
    unclear = {n.text for n in unmatched_names(said.text, said.language, [q.text for q in quotes]) if not n.clear}
    return max(0.0, 1 - len(unclear) / _MANY)


def _pieces(quote: Said) -> list[Said]:
    clauses = clauses_of(quote)
    return [*pieces_of(quote), *(Said(f"{one.text}, {other.text}", quote.language) for one, other in pairwise(clauses))]
