"""Sentences that are nearly alike and are told of two things: another figure, another place, a denial.

Two contracts from one template, or two branches' opening hours, have the same words but where it matters. They are
no two tellings of one story, and neither backs what the other says.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.checks.polarity import polarity
from rag.checks.wording import Said, named, places_named
from rag.citations import TextOf
from rag.origins import Pairs
from rag.records import DocumentInfo, DraftStatement
from rag.text.numbers import number_values

# From so many of the telling pairs on, two documents are of one template, not of one story.
_SHARE = 0.4


def contrary(one: Said, other: Said) -> bool:
    """Say whether each has a figure or a place that the other lacks, or they point different ways.

    Not seen: other names than those of places, and opposites that are on no axis of ``polarity``.
    """
    figures = [number_values(said.text, said.language) for said in (one, other)]
    places = [places_named(said) for said in (one, other)]
    if any(mine - theirs and theirs - mine for mine, theirs in (figures, places)):
        return True
    mine, theirs = polarity(one), polarity(other)
    opposed = any(theirs.signs.get(axis) is (not side) for axis, side in mine.signs.items())
    return opposed or mine.negated != theirs.negated


def told_otherwise(one: DraftStatement, other: DraftStatement) -> bool:
    """Say whether two quotes are contrary, the second lacks a figure or a place of the first, or in one language each names what the other does not.

    That parts some tellings of the same (German nouns are names here), which are then both said.
    """
    mine, theirs = Said(one.text, one.language), Said(other.text, other.language)
    # Else it would be evidence for what it does not say.
    if number_values(mine.text, mine.language) - number_values(theirs.text, theirs.language):
        return True
    if places_named(mine) - places_named(theirs):
        return True
    names = named(mine), named(theirs)
    if one.language == other.language and names[0] - names[1] and names[1] - names[0]:
        return True
    return contrary(mine, theirs)


def of_one_template(one: DocumentInfo, other: DocumentInfo, pairs: Pairs, text_of: TextOf) -> bool:
    """Say whether sentences that stand for each other tell of two things, where they tell anything that can differ.

    ``pairs`` are spans of the two documents; those whose text ``text_of`` has not at hand do not count.
    """
    told = [
        (Said(mine, one.language), Said(theirs, other.language))
        for here, there in pairs
        if (mine := text_of(one.id, one.version, here)) and (theirs := text_of(other.id, other.version, there))
    ]
    telling = [pair for pair in told if _tells(pair)]
    return bool(telling) and sum(contrary(*pair) for pair in telling) / len(telling) >= _SHARE


def _tells(pair: Sequence[Said]) -> bool:
    """Say whether two sentences could be contrary: both have figures or names, or one takes a side."""
    if all(number_values(said.text, said.language) or named(said) for said in pair):
        return True
    return any(polarity(said).negated or polarity(said).signs for said in pair)
