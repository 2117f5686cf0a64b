"""A figure beside its subject: whether a number, year or date stands by what it stands by in the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.checks.surroundings import Figure, figures_of
from rag.checks.wording import Likeness, Said, named, terms
from rag.text.names import find_names

_OTHER = {
    "old": ("new",),
    "new": ("old",),
    "first": ("second",),
    "second": ("first",),
    "part": ("whole",),
    "whole": ("part",),
}
_SHARES = frozenset(("percent", "half", "third", "quarter", "fifth", "tenth"))
_WIDE = 0.5
_TELLER = re.compile(
    r"\b(?i:laut|nach (?:angaben?|auskunft|schätzung(?:en)?|zählung)|according to|estimates? (?:by|of)|figures (?:by|of))\s"
    r"(?:(?:the|de[rsmn]|von|vom|ihrer|seiner)\s)*([^\W\d_]+(?:\s[A-ZÄÖÜ][^\W\d_]+)*)"
)


def figure_beside_subject(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return how surely each figure of a statement stands by what it stands by in the quotes.

    Only figures that the quotes hold and that could be taken for another one there (same kind, same or
    no unit) are judged: their surroundings in the statement are held against the surroundings of each
    such figure in the quotes, by the words that only one of them has, else by vector. 1 means that none
    could be mistaken, 0 that one stands by another's words.

    Not seen: a figure whose only rival has the same words around it, sums and differences, and what a
    figure is compared with in another sentence.
    """
    evidence = [figure for quote in quotes for figure in figures_of(quote)]
    return min((_score(figure, evidence, likeness) for figure in figures_of(said)), default=1.0)


def _score(figure: Figure, evidence: Sequence[Figure], likeness: Likeness) -> float:
    own = [other for other in evidence if other.value == figure.value]
    if not own:
        return 1.0
    if all(_contradict(figure.role, other.role) for other in own):
        return 0.0
    if figure.role and any(figure.role == other.role for other in own):
        return 1.0
    # A bare "2000" may be a year, but not where either side counts something by it.
    kind = next((one.kind for one in (figure, *own) if one.kind != "year"), "year")
    # Of what stands in one enumeration the same is said, if it is told in that order.
    lists = {one.listed for one in own if len(figure.listed) > 1 and _in_order(figure.listed, one.listed)}
    rivals = [
        other
        for other in evidence
        if other.value != figure.value and other.listed not in lists and _may_rival(figure, other, kind)
    ]
    if not rivals:
        return 1.0
    if _by_another(figure, own, rivals):
        return 0.0
    lead = _lead(figure, own, rivals)
    if abs(lead) == 1.0:
        return 0.5 + 0.5 * lead
    margin = max(_near(figure, o, likeness) for o in own) - max(_near(figure, o, likeness) for o in rivals)
    return min(1.0, max(0.0, 0.5 + margin + 0.5 * lead))


def _by_another(figure: Figure, own: Sequence[Figure], rivals: Sequence[Figure]) -> bool:
    """Say whether a figure is told by who tells a rival, and its own by somebody else: "according to the police"."""
    teller, tellers = _teller(figure), [_teller(one) for one in own]
    return (
        bool(teller) and all(one and not one & teller for one in tellers) and any(_teller(r) & teller for r in rivals)
    )


def _teller(figure: Figure) -> frozenset[str]:
    """Return the stems of who tells a figure in its clause."""
    match = _TELLER.search(figure.wide.text)
    return terms(Said(match[1], figure.wide.language)) if match is not None else frozenset()


def _in_order(some: Sequence[str], whole: Sequence[str]) -> bool:
    """Say whether the values of a statement stand among those of a quote one behind the other."""
    rest = iter(whole)
    return all(value in rest for value in some)


def _contradict(said: str, given: str) -> bool:
    """Say whether a figure is told in one role and was given in another."""
    return said in _OTHER.get(given, ()) or (given == "old" and said not in ("old", "whole"))


def _may_rival(one: Figure, other: Figure, kind: str) -> bool:
    if (other.role == "old" and one.role != "old") or (other.role == "whole" and one.role == "part"):
        return False
    units = {one.unit, other.unit}
    same_unit = len(units) == 1 or (None in units and not units & _SHARES)
    return kind == other.kind and same_unit


def _lead(figure: Figure, own: Sequence[Figure], rivals: Sequence[Figure]) -> float:
    """Return by how much more of own surroundings than of any rival's stands by the figure, from -1 to 1.

    Only words that the other side lacks count. Names decide alone where both sides have one of their
    own; a name on one side only may be the subject of both.
    """
    for of, both in ((named, True), (_common, False)):
        here = of(figure.wide)
        mine = frozenset(one for other in own for one in of(other.wide))
        leads: list[float] = []
        for rival in rivals:
            theirs = of(rival.wide)
            telling = here & (mine ^ theirs)
            if telling and (not both or (mine - theirs and theirs - mine)):
                held = _share(here, mine - theirs)
                # Whoever says all that only own surroundings say may borrow from a rival's what both mean.
                leads.append(1.0 if held == 1.0 else held - _share(here, theirs - mine))
        if leads:
            return min(leads)
    return 0.0


def _common(said: Said) -> frozenset[str]:
    """Return the stems of a text without its names: those may be the subject of what stands elsewhere."""
    if said.language == "de":
        return terms(said)
    return terms(said) - terms(
        Said(" ".join(name.text for name in find_names(said.text, said.language)), said.language)
    )


def _share(here: frozenset[str], words: frozenset[str]) -> float:
    return len(here & words) / len(words) if words else 0.0


def _near(one: Figure, other: Figure, likeness: Likeness) -> float:
    return likeness(one.tight, other.tight) + _WIDE * likeness(one.wide, other.wide)
