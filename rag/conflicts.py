"""Documents that disagree: cited spans that give different values for one thing.

Two spans are held against each other where their documents are of different origins or dates, or bear none, and one
could be the other but for a figure: the words around the two figures are alike, by stem within a
language and by vector across, and the figures have the same unit. Both values then stand in the answer,
each with its document and date; which of them is right is for the reader to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from rag.checks.surroundings import Figure, figures_of
from rag.checks.wording import Likeness, Said, places_named, terms
from rag.naming import two_things
from rag.records import Citation
from rag.text.units import in_full
from rag.verdicts import Conflict, Told

# Surroundings that are this much alike speak of one thing: the share of common stems, or the cosine.
_WORDS = 0.6
_COSINE = {False: 0.85, True: 0.72}
_FEWEST = 3


def find_conflicts(citations: Sequence[Citation], likeness: Likeness) -> tuple[Conflict, ...]:
    """Return the figures on which cited spans of different origins or dates differ, in the order of citations.

    A span that gives both values disagrees with nobody, nor do documents of two things, nor figures of two years. Not seen: differences in words ("many",
    "few"), in names, and figures whose surroundings are told quite differently.
    """
    spans = [(n, citation, _figures(citation)) for n, citation in enumerate(citations)]
    found: list[Conflict] = []
    for (n, one, ones), (m, other, others) in combinations(spans, 2):
        # Tellings of one story on one day differ in what they leave out, not in what they say.
        told_alike = one.origin == other.origin and one.date == other.date is not None
        if one.document_id == other.document_id or told_alike or two_things(one.title, other.title):
            continue
        if _of_two_times(ones, others):
            continue
        found += [
            _conflict((n, one, here), (m, other, there))
            for here in ones
            for there in others
            if _differ(here, there, ones, others) and _one_thing(here, there, one, other, likeness)
        ]
    return tuple(_merged(found))


def _figures(citation: Citation) -> list[Figure]:
    """Return what a quote gives, but for the date of its document, which is another one for each."""
    found = figures_of(Said(citation.quote, citation.language))
    stated = citation.date.isoformat() if citation.date else None
    return [figure for figure in found if figure.kind != "date" or figure.value != stated]


def _differ(here: Figure, there: Figure, ones: Sequence[Figure], others: Sequence[Figure]) -> bool:
    """Say whether two figures of one kind and unit differ, and neither text gives the other's value too."""
    if here.value == there.value or here.kind != there.kind or here.unit != there.unit:
        return False
    return here.value not in {f.value for f in others} and there.value not in {f.value for f in ones}


def _of_two_times(ones: Sequence[Figure], others: Sequence[Figure]) -> bool:
    """Say whether two texts name years, none of them the same, and each gives some other figure, which is then of its own year."""
    years = [{figure.value[:4] for figure in figures if figure.kind in ("year", "date")} for figures in (ones, others)]
    told = all(any(figure.kind == "number" for figure in figures) for figures in (ones, others))
    return told and all(years) and years[0].isdisjoint(years[1])


def _one_thing(here: Figure, there: Figure, one: Citation, other: Citation, likeness: Likeness) -> bool:
    """Say whether two figures are about one thing: names must not differ, and the rest must be alike."""
    crosses = one.language != other.language
    mine, theirs = terms(here.wide), terms(there.wide)
    # Of so few words all must be the same, and the figures be of one unit: "Eine Marke kostet 2 Euro."
    if min(len(mine), len(theirs)) < _FEWEST and (mine != theirs or len(mine) < _FEWEST - 1 or here.unit is None):
        return False
    if places_named(here.wide) != places_named(there.wide):
        return False
    if not crosses and len(mine & theirs) / len(mine | theirs) < _WORDS:
        return False
    return likeness(here.wide, there.wide) >= _COSINE[crosses]


def _conflict(one: tuple[int, Citation, Figure], other: tuple[int, Citation, Figure]) -> Conflict:
    told = (_told(*one), _told(*other))
    return Conflict(one[2].wide.text, _latest_first(told))


def _told(number: int, citation: Citation, figure: Figure) -> Told:
    value = figure.span.of(citation.quote)
    whole = in_full(citation.quote, figure.span).of(citation.quote) if figure.kind == "number" else value
    return Told(number, value, citation.document, citation.date, "" if whole == value else whole)


def _latest_first(told: Sequence[Told]) -> tuple[Told, ...]:
    """Order by date, undated documents last."""
    dated = sorted(
        (t for t in told if t.date is not None), key=lambda t: t.date.toordinal() if t.date else 0, reverse=True
    )
    return (*dated, *(t for t in told if t.date is None))


def _merged(conflicts: Sequence[Conflict]) -> list[Conflict]:
    """Join conflicts that share a value of one span: three documents that differ are one conflict, and so are two ranges."""
    merged: list[Conflict] = []
    for conflict in conflicts:
        for at, earlier in enumerate(merged):
            told: dict[tuple[int, str], Told] = {}
            for one in (*earlier.told, *conflict.told):
                told.setdefault((one.citation, one.shown), one)
            if len(told) < len(conflict.told) + len(earlier.told):
                merged[at] = Conflict(earlier.subject, _latest_first(tuple(told.values())))
                break
        else:
            merged.append(conflict)
    return merged
