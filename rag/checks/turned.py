"""A statement against its own contrary: what the evidence says is nearer to the one than to the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.checks.clauses import clauses_of
from rag.checks.wording import Likeness, Said

_DENIALS = {
    "de": re.compile(r"\s?\b(?:nicht|niemals|nie)\b|\bk(?=ein(?:e[mnrs]?)?\b)", re.IGNORECASE),
    "en": re.compile(r"\s\b(?:not|never|no longer)\b|(?<=can)not\b|n['’]t\b|\s\bno\b", re.IGNORECASE),
}
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|can|may|must|should|would|could|does|did|do)\b", re.IGNORECASE
)


def nearer_than_its_contrary(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return 0.5 and by how much more a statement is like the quotes than its contrary, in [0, 1]; 1 if it has none.

    The contrary is the statement with a negation put in, or its first one taken out. It need not be good German or English:
    one vector is compared with another of nearly the same words, so that how far the wording is from that of the
    quotes, in whichever language, falls out. It is done on the quote, or clause of one, that is most like the statement.

    Not seen: opposites without a negation are told less surely, and nothing is where what is denied is not the main point.
    """
    contrary = contrary_of(said)
    if contrary is None:
        return 1.0
    piece = max(_pieces(quotes), key=lambda one: likeness(said, one))
    return min(1.0, max(0.0, 0.5 + likeness(said, piece) - likeness(contrary, piece)))


def _pieces(quotes: Sequence[Said]) -> Iterator[Said]:
    """Yield each quote, and its clauses where it has more than one."""
    for quote in quotes:
        yield quote
        clauses = clauses_of(quote)
        yield from clauses if len(clauses) > 1 else ()


def contrary_of(said: Said) -> Said | None:
    """Return a statement without its first negation, or with one; None in other languages, and of a word or two."""
    text, few = said.text, said.text.split()
    if said.language not in _DENIALS or len(few) <= 2:
        return None
    denied, auxiliary = _DENIALS[said.language].search(text), _AUXILIARY.search(text)
    if denied:
        turned = text[: denied.start()] + text[denied.end() :]
    elif said.language == "de":
        # The verb that a negation stands before is more often than not the last word.
        turned = " ".join([*few[:-1], "nicht", few[-1]])
    elif auxiliary:
        turned = f"{text[: auxiliary.end()]} not{text[auxiliary.end() :]}"
    else:
        subject = max(1, len(few) // 3)
        turned = " ".join([*few[:subject], "did not", *few[subject:]])
    return Said(turned, said.language)
