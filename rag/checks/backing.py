"""Statement against span: whether a statement has its like in the evidence, by vector and by words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from rag.checks.clauses import clauses_of, pieces_of
from rag.checks.wording import Likeness, Said, terms
from rag.text.names import may_be_spelled, unmatched_names

_MANY = 3


def likeness_to_evidence(said: Said, quotes: Sequence[Said], likeness: Likeness, enough: float) -> float:
    """Return the cosine of a statement and the piece of the quotes that is most like it, at least 0.

    Pieces are whole quotes; where none of them reaches ``enough``, also all of them together, their clauses and neighbouring
    pairs of these, one by one until one does.

    Not seen: who does what to whom, and which figure is meant; across languages a cosine is lower.
    """
    whole = max(likeness(said, quote) for quote in quotes)
    for piece in (*_together(quotes), *(one for quote in quotes for one in _pieces(quote))):
        if whole >= enough:
            break
        whole = max(whole, likeness(said, piece))
    return max(0.0, whole)


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


def names_in_evidence(said: Said, quotes: Sequence[Said], known: Collection[str] = ()) -> float:
    """Return 1 less a third for each capitalised word that stands in no quote, at least 0.

    What is clearly a name gives 0, unless it may be another spelling of a word of the quotes: then it counts like
    what is no clear name. Words that are not clear count only where capitals mean something, so in German they do
    not. Names of ``known`` count as held: the documents themselves tell them so.

    Not seen: what opens a sentence, and names that are spelled alike by chance.
    """
    texts = [quote.text for quote in quotes]
    score = 1.0
    for name in unmatched_names(said.text, said.language, texts):
        if name.text in known:
            continue
        if name.clear and not may_be_spelled(name.text, texts):
            return 0.0
        if name.clear or said.language != "de":
            score -= 1 / _MANY
    return max(0.0, score)


def _pieces(quote: Said) -> list[Said]:
    clauses = clauses_of(quote)
    return [*pieces_of(quote), *(Said(f"{one.text}, {other.text}", quote.language) for one, other in pairwise(clauses))]


def _together(quotes: Sequence[Said]) -> list[Said]:
    """Return the quotes of each language as one text, where there is more than one."""
    languages = dict.fromkeys(quote.language for quote in quotes)
    among = [[quote.text for quote in quotes if quote.language == language] for language in languages]
    return [Said(" ".join(some), of) for of, some in zip(languages, among, strict=True) if len(some) > 1]
