"""What is told on top: a part of a statement of which the evidence knows no word and says nothing like it: "and won"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.checks.clauses import pieces_of
from rag.checks.nouns import akin_to, roots
from rag.checks.wording import Likeness, Said, terms, words
from rag.text.folding import folded
from rag.text.numbers import number_values
from rag.text.words import FUNCTION, LIGHT, word_set

# Where a statement goes on to something else.
_TURNS = re.compile(
    r"[,;]\s|\s[–—]\s|\s(?=(?:und|sowie|and|as well as|although|though|obwohl|while|während|weil|because|nachdem|after|wegen)\s)"
)

# Verbs that say nothing alone.
_AUXILIARIES = word_set(
    """is are was were be been being has have had do does did will would can could may might must should not ist sind war waren sei
    seien wird werden wurde wurden worden hat haben hatte hatten kann können konnte konnten soll sollen sollte muss müssen will
    wollen nicht sich"""
)
_LITTLE = FUNCTION | LIGHT | _AUXILIARIES


def likeness_of_additions(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return the least cosine, with what the quotes say, of a part of a statement that shares no word with them.

    Parts are cut at commas and conjunctions. 1 where each part behind the first has a word, name or figure of the quotes,
    and where no quote is in the statement's language.

    Not seen: what is added within a part, or before all else, and anything across languages.
    """
    own = [quote for quote in quotes if quote.language == said.language]
    if not own or said.language not in ("de", "en"):
        return 1.0
    given = [piece for quote in own for piece in (quote, *pieces_of(quote))]
    least = 1.0
    for part in _unknown(said, own):
        least = min(least, max(likeness(part, piece) for piece in given))
    return max(0.0, least)


def _unknown(said: Said, quotes: Sequence[Said]) -> Iterator[Said]:
    """Yield the parts behind the first, of content, of which quotes hold no word."""
    held = frozenset[str]().union(*(roots(quote) for quote in quotes))
    stems = frozenset[str]().union(*(terms(quote) for quote in quotes))
    figures = frozenset().union(*(number_values(quote.text, quote.language) for quote in quotes))
    for text in _TURNS.split(said.text)[1:]:
        content = [match for match in words(text) if folded(match[0]) not in _LITTLE]
        known = [bool(terms(Said(one[0], said.language)) & stems) or akin_to(one[0], held) for one in content]
        end = len(text)
        # What two parts share stands at the end in German: "wegen Betrugs und wegen Mordes verurteilt".
        while said.language == "de" and len(content) > 1 and known[-1] and content[-1][0].islower():
            end = content.pop().start()
            known.pop()
        if content and not any(known) and not number_values(text, said.language) & figures:
            yield Said(text[:end].strip(), said.language)
