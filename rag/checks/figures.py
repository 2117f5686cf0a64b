"""A figure beside its subject: whether a number, year or date stands by what it stands by in the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.checks.wording import Likeness, Said, named, terms
from rag.records import Span
from rag.text.dates import find_dates
from rag.text.names import find_names
from rag.text.numbers import find_numbers
from rag.text.units import unit_behind
from rag.text.words import word_set

_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_BREAK = re.compile(r"[;:!?]|[.,](?=\s|$)|\s(?:und|and|but|aber|while|sowie|dagegen|whereas|sondern)\s|\s[–—]\s")
_ABOUT = r"(?:\s(?:alle|every|the|rund|about|around|etwa|some|jeweils|its|ihrer|den|their))?\s"
_OLD = re.compile(
    rf"\b(?:statt|anstatt|anstelle von|instead of|rather than|up from|down from|zuvor|previously|nach){_ABOUT}$",
    re.IGNORECASE,
)
_FROM = re.compile(rf"\b(?:von|from){_ABOUT}$", re.IGNORECASE)
_TO = re.compile(rf"^[^.;,]{{0,25}}?\b(?:auf|to){_ABOUT}$", re.IGNORECASE)
_RATIO = re.compile(rf"^(?:\s[^\W\d_]+)?\s(?:zu|to|:){_ABOUT}$|^\s?:\s?$", re.IGNORECASE)
_PART = re.compile(
    rf"^(?:\s[^\W\d_]+)?\s(?:von|of|out of|der|ihrer){_ABOUT}$|^\s(?:der|ihrer|of|of the|of its|von)\s$", re.IGNORECASE
)
_WHOLE = re.compile(r"(?:^|[.;]\s)(?:von den|of the|of its|of their)\s$", re.IGNORECASE)
_TIGHT_BEFORE, _TIGHT_AFTER = 2, 3
_WIDE = 0.5
_OTHER = {
    "old": ("new",),
    "new": ("old",),
    "first": ("second",),
    "second": ("first",),
    "part": ("whole",),
    "whole": ("part",),
}
_BETWEEN = re.compile(r"\b(?:zwischen|between)\s$", re.IGNORECASE)
_COUNTED = "counted"
_NOT_COUNTED = word_set(
    "more further others other of to in on at by for from and or but instead than out the are is was were had have has per as"
)
_SHARES = frozenset(("percent", "half", "third", "quarter", "fifth", "tenth"))
_TIME = frozenset(("second", "minute", "hour", "day", "week", "month", "year", "decade"))


@dataclass(frozen=True, slots=True)
class _Figure:
    span: Span
    value: str
    kind: str
    unit: str | None
    role: str
    tight: Said
    wide: Said


def figure_beside_subject(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return how surely each figure of a statement stands by what it stands by in the quotes.

    Only figures that the quotes hold and that could be taken for another one there (same kind, same or
    no unit) are judged: their surroundings in the statement are held against the surroundings of each
    such figure in the quotes, by the words that only one of them has, else by vector. 1 means that none
    could be mistaken, 0 that one stands by another's words.

    Not seen: a figure whose only rival has the same words around it, sums and differences, and what a
    figure is compared with in another sentence.
    """
    evidence = [figure for quote in quotes for figure in _figures(quote)]
    return min((_score(figure, evidence, likeness) for figure in _figures(said)), default=1.0)


def _score(figure: _Figure, evidence: Sequence[_Figure], likeness: Likeness) -> float:
    own = [other for other in evidence if other.value == figure.value]
    if not own:
        return 1.0
    if all(_contradict(figure.role, other.role) for other in own):
        return 0.0
    if figure.role and any(figure.role == other.role for other in own):
        return 1.0
    rivals = [other for other in evidence if other.value != figure.value and _may_rival(figure, other)]
    if not rivals:
        return 1.0
    lead = _lead(figure, own, rivals)
    margin = max(_near(figure, o, likeness) for o in own) - max(_near(figure, o, likeness) for o in rivals)
    return min(1.0, max(0.0, 0.5 + margin + 0.5 * lead))


def _contradict(said: str, given: str) -> bool:
    """Say whether a figure is told in one role and was given in another."""
    return said in _OTHER.get(given, ()) or (given == "old" and said not in ("old", "whole"))


def _may_rival(one: _Figure, other: _Figure) -> bool:
    if (other.role == "old" and one.role != "old") or (other.role == "whole" and one.role == "part"):
        return False
    units = {one.unit, other.unit}
    same_unit = len(units) == 1 or (None in units and not units & _SHARES)
    return one.kind == other.kind and same_unit


def _lead(figure: _Figure, own: Sequence[_Figure], rivals: Sequence[_Figure]) -> float:
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
                leads.append(_share(here, mine - theirs) - _share(here, theirs - mine))
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


def _near(one: _Figure, other: _Figure, likeness: Likeness) -> float:
    return likeness(one.tight, other.tight) + _WIDE * likeness(one.wide, other.wide)


def _figures(said: Said) -> list[_Figure]:
    text, language = said.text, said.language
    dates = find_dates(text)
    found: list[tuple[Span, str, str, str | None]] = [(d.span, d.date.isoformat(), "date", None) for d in dates]
    for number in find_numbers(text, language):
        if not any(number.span.overlaps(d.span) for d in dates):
            year = _YEAR.fullmatch(number.span.of(text)) is not None
            unit = unit_behind(text, number.span)
            kind = "year" if year and unit is None else "number"
            unit = unit or (_COUNTED if _counts(text[number.span.end :], language) else None)
            found.append((number.span, f"{number.value:f}", kind, unit))
    found.sort(key=lambda one: one[0])
    roles = _roles(text, [one[0] for one in found], [one[3] for one in found])
    figures: list[_Figure] = []
    for at, (span, value, kind, unit) in enumerate(found):
        low = found[at - 1][0].end if at else 0
        # What a part of a whole is said of stands behind the whole: "1.600 der 2.400 Teilnehmer".
        last = at + 1 if roles[at] == "part" else at
        high = found[last + 1][0].start if last + 1 < len(found) else len(text)
        before, behind = text[low : span.start], text[found[last][0].end : high]
        breaks = list(_BREAK.finditer(before))
        before = before[breaks[-1].end() :] if breaks else before
        stop = _BREAK.search(behind)
        behind = behind[: stop.start()] if stop else behind
        tight = " ".join([*before.split()[-_TIGHT_BEFORE:], "…", *behind.split()[:_TIGHT_AFTER]])
        figures.append(
            _Figure(
                span, value, kind, unit, roles[at], Said(tight, language), Said(f"{before}…{behind}".strip(), language)
            )
        )
    return figures


def _counts(behind: str, language: str | None) -> bool:
    """Say whether the word behind a number is what it counts: "85 rooms", but not "45 more" or "20 statt"."""
    word = re.match(r"\s([^\W\d_]+)", behind)
    if word is None:
        return False
    return word[1][0].isupper() if language == "de" else word[1] not in _NOT_COUNTED and word[1].islower()


def _roles(text: str, spans: Sequence[Span], units: Sequence[str | None]) -> list[str]:
    """Say which figures are a former value, a present one, a side of a ratio, or a part of another."""
    roles = [""] * len(spans)
    for at, span in enumerate(spans):
        before = text[: span.start]
        old = _OLD.search(before)
        # "nach 54 Minuten" is no former value, "nach 6,1 Mrd. Dollar" is.
        small = units[at] in _TIME or (units[at] is None and not re.search(r"[^\W\d_]", span.of(text)))
        if old and not (old[0].casefold().startswith("nach") and small):
            roles[at] = "old"
    for at, (one, other) in enumerate(pairwise(spans)):
        between = text[one.end : other.start]
        if _FROM.search(text[: one.start]) and _TO.match(between):
            roles[at], roles[at + 1] = "old", "new"
        elif _RATIO.match(between) or _BETWEEN.search(text[: one.start]):
            roles[at], roles[at + 1] = "first", "second"
        elif _PART.match(between):
            roles[at], roles[at + 1] = "part", "whole"
    if spans and _WHOLE.search(text[: spans[0].start]):
        roles[0] = "whole"
    return roles
