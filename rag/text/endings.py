"""Points that end no sentence although ``sentencex`` says so: those of abbreviations, ordinals and the numbers of a list's items.

A bold lead-in ("**Days.** Employees may ...") goes with what it leads to, and its closing marks with it. Where only what follows tells, it decides: "Art. 5" and "12. Feb." go on, "Sie wohnt in der Bergstr." does not. What is
written without any capitals is left as it is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.records import Span
from rag.text.words import word_set

_LONGEST = 1_000
_LAST_WORD = re.compile(r"([^\W\d_]+)\.\Z")
_NUMBER = re.compile(r"(?:\A|([^\W\d_]+|,)\.?\s+)\d{1,3}\.\Z")
# All of a sentence that only counts what follows, or names it in bold.
_COUNTS = re.compile(r"(?:#{1,6}\s+)?(?:\d{1,3}(?:\.\d{1,3})*[.)]|[a-z]\)|\(\w{1,3}\))")
_LEAD = re.compile(r"(?:\d{1,3}[.)]\s+|[-*•]\s+)?(\*\*|__)[^*_\n]{1,60}\1")
_CLOSING = re.compile(r"(\*\*|__)(?=\s|\Z)\s*")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_ITEM = re.compile(r"[a-z]{1,2}[.)]")
# Where a German sentence may end before one that begins with a number; sentencex ends none there.
_THEN_NUMBER = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,})\.\s+(?=\d[\d.,:]*(?:\s[%€$]|%)?\s+[^\W\d_])")
_VOWELS = frozenset("aeiouyäöü")

_MONTHS = word_set("jan feb mär mrz apr jun jul aug sep sept okt oct nov dez dec")
# Nobody ends a sentence with these: what they belong to comes behind them.
_GOES_ON = {
    "de": word_set(
        "abt abzgl allg bspw ca dipl ehem einschl evtl exkl geb gegr gem gesch gest ggf hr hrn ing inkl insb insbes jur kath lt pck resp tel"
        " med mtl nat phil rer sog stellv tel univ urspr verh vgl vorm zzgl"
    ),
    "en": word_set("approx arr cf dep dept eq eqs esp est excl fig figs gov incl lt rep resp sen tel vol vs"),
    "fr": word_set("apr av chap env fig mm vol"),
}
# These only before a number.
_BEFORE_NUMBER = {
    "de": _MONTHS
    | word_set(
        "abb abs anh anl anm art aufl ausg bd beil best bl bsp flst fn inv kap kat lfd lit masch max min mind mo di mi do fr pos sa so"
        " nr rn rz s seit ser str tab vers whg zi ziff zim"
    ),
    "en": _MONTHS | word_set("art ch ext max min mon tue tues wed thu thur thurs fri sat sun no para ref sec tab"),
    "fr": _MONTHS | word_set("art max min no réf"),
}
# What stands before an ordinal of a thing that is still to be named.
_BEFORE_ORDINAL = word_set(
    "der die das den dem des im am zum zur vom beim ins als seit bis ab in jeder jede jedes jeden ihr ihre ihren ihrem sein seine"
    " seinen seinem unser unsere unseren ein eine einen einem einer und oder mo di mi do fr sa so"
)
_BEGINS = word_set(
    "der die das ein eine er sie es wir ich ihr man dann danach dort hier dies diese dieser dieses das da so auch nun als wenn"
    " doch aber und im in am"
)


def joined(text: str, spans: Sequence[Span], language: str | None) -> list[Span]:
    """Return the spans, as cut in one paragraph, with those in one that are parts of one sentence, and German ones cut before a number."""
    out: list[Span] = []
    if language == "de":
        spans = [part for span in spans for part in _parted(text, span)]
    for span in _closed(text, spans):
        if out and span.end - out[-1].start <= _LONGEST and _runs_on(text, out[-1], span, language or "en"):
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return out


def _parted(text: str, span: Span) -> Iterator[Span]:
    """Yield the parts of a German sentence that another begins within by a number: "Sie kam. 640 Menschen leben hier."."""
    start = span.start
    for found in _THEN_NUMBER.finditer(text, span.start, span.end):
        word = found[1].casefold()
        known = word in _GOES_ON["de"] or word in _BEFORE_NUMBER["de"] or word.endswith("str")
        # A remark in brackets is one with what it stands in.
        inside = text.count("(", start, found.start()) > text.count(")", start, found.start())
        if not known and not inside and _VOWELS & set(word):
            yield Span(start, found.end(1) + 1)
            start = found.end()
    yield Span(start, span.end)


def _closed(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans, with marks that close what is bold in the one that they close."""
    waiting: Span | None = None
    for span in spans:
        mark = _CLOSING.match(text, span.start, span.end)
        if waiting is not None and mark and waiting.of(text).count(mark[1]) % 2:
            yield Span(waiting.start, mark.end(1))
            waiting = Span(mark.end(), span.end) if mark.end() < span.end else None
            continue
        if waiting is not None:
            yield waiting
        waiting = span
    if waiting is not None:
        yield waiting


def _runs_on(text: str, before: Span, span: Span, language: str) -> bool:
    left, right = before.of(text), span.of(text)
    if _COUNTS.fullmatch(left) or _LEAD.fullmatch(left):
        return True
    if not left.endswith(".") or left.endswith(".."):
        return False
    if before.end == span.start and right.startswith("-"):
        return True
    following = _FIRST_WORD.match(right)
    if language == "de" and following and (number := _NUMBER.search(left)):
        word = following[0].casefold()
        ordinal = number[1] is not None and (number[1] == "," or number[1].casefold() in _BEFORE_ORDINAL)
        return word in _MONTHS or (ordinal and word not in _BEGINS)
    last = _LAST_WORD.search(left)
    if last is None:
        return False
    word = last[1].casefold()
    known = word in _BEFORE_NUMBER.get(language, ()) or (language == "de" and word.endswith("str"))
    if word in _GOES_ON.get(language, ()) or (known and right[0].isdecimal()):
        return True
    # Some write without capitals, so that a small letter alone tells nothing.
    short = known or not _VOWELS & set(word)
    return short and right[0].islower() and not _ITEM.match(right) and not right[1:2].isupper()
