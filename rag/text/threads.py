"""What a mail quotes of the mails before it: lines behind ``>``, and what stands under "Am ... schrieb ...:"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

SIGN = "> "
"""How the name of a place begins that heads text of an earlier mail."""

_LEVEL = re.compile(r"[ \t]*>(?!=) ?")
# Nobody reads on below so many levels: what is deeper stands as one.
_DEEPEST = 20
# "> 5" at the beginning of a line within a paragraph that an editor wrapped is a comparison; such lines are about so long.
_COMPARES = re.compile(r"[ \t]*> ?[-+±~]?[€$£]?\d")
_FULL = 40
_ENDED = re.compile(r"[.!?:;…][\"'”“»)\]*_]*\s*\Z")
_ALL_LEVELS = re.compile(r"^(?:[ \t]*>(?!=) ?)+", re.MULTILINE)
_MOST_LINES = 3
_LONGEST = 250
# Who wrote when: such a line tells with certainty where it has a time of day or an address, else if quoted lines follow.
_WROTE = re.compile(
    r"(?:on|am)\s.{4,}?\s(?:wrote|schrieb)\b.{0,120}:|\S.{1,120}?\s(?:wrote|schrieb)(?:\s(?:on|am)\s.{4,60})?:",
    re.IGNORECASE,
)
_CERTAIN = re.compile(r"(?:on|am)\s.*(?:\d:\d\d|@)", re.IGNORECASE)
_RULE = re.compile(
    r"[-_]{2,}\s*(?:original message|ursprüngliche nachricht|original-?nachricht|forwarded message|weitergeleitete nachricht)\s*[-_]{2,}"
    r"|begin forwarded message:|anfang der weitergeleiteten nachricht:",
    re.IGNORECASE,
)
# The head that some programs put above the mail that is answered.
_FROM = re.compile(r"[*_]*(?:von|from):[*_ ]*\S.*", re.IGNORECASE)
_HEAD = re.compile(
    r"[*_]*(?:von|from|gesendet|sent|datum|date|an|to|cc|kopie|betreff|subject):[*_ ]*\S.*", re.IGNORECASE
)
_SENT = re.compile(r"[*_]*(?:gesendet|sent|datum|date):[*_ ]*\S.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a mail's text from ``start`` on in what was given.

    Where it quotes an earlier mail, ``under`` is who wrote that when, on one line, or nothing but a sign where that is not
    said; ``lead`` are the lines that say it, where the run begins with them. Both are empty where the mail says it itself.
    """

    text: str
    start: int
    under: str = ""
    lead: str = ""


def is_head(text: str) -> bool:
    """Say whether a text is nothing but lines as they head a mail or a memo: who wrote it, to whom, when, and about what."""
    return all(_HEAD.fullmatch(line.strip()) for line in text.splitlines()) and bool(text.strip())


def parts(text: str) -> list[Part]:
    """Return the runs of a mail's text in their order: its own, and what it quotes, without the marks of quoting.

    Without marks the quoted text goes on to the end, or to the next line that says who wrote it.
    """
    return [part for part in _runs(text, 0, "", _DEEPEST) if part.text.strip() or part.lead]


def _runs(text: str, offset: int, outer: str, levels: int) -> Iterator[Part]:
    if not levels:
        yield Part(_ALL_LEVELS.sub("", text), offset, outer)
        return
    lines = text.splitlines(keepends=True)
    starts = [offset]
    for line in lines:
        starts.append(starts[-1] + len(line))
    at = begun = led = 0
    under = outer
    while at < len(lines):
        count = _opens(lines, at)
        if not count and (not _LEVEL.match(lines[at]) or _compares(lines, at)):
            at += 1
            continue
        yield Part("".join(lines[led:at]), starts[begun], under, "".join(lines[begun:led]))
        below = _next(lines, at + count)
        name = SIGN + _name("".join(lines[at : at + count])) if count else outer or SIGN
        if below == len(lines) or not _LEVEL.match(lines[below]):
            under, begun, led = name, at, at + count
            at = led
            continue
        end = _marked(lines, below)
        inner = "".join(_LEVEL.sub("", line, count=1) for line in lines[below:end])
        lead = "".join(lines[at : at + count])
        if lead:
            yield Part("", starts[at], name, lead)
        yield from (replace(part, start=starts[below]) for part in _runs(inner, 0, name, levels - 1))
        at = begun = led = end
        under = outer
    yield Part("".join(lines[led:]), starts[begun], under, "".join(lines[begun:led]))


def _name(lines: str) -> str:
    return " ".join(lines.split()).strip("*_ ")


def _opens(lines: list[str], at: int) -> int:
    """Return how many lines from ``at`` on say that an earlier mail follows; 0 if they do not."""
    if _RULE.fullmatch(lines[at].strip()):
        return 1
    if _FROM.fullmatch(lines[at].strip()) and any(_SENT.fullmatch(line.strip()) for line in lines[at + 1 : at + 3]):
        return next((n for n, line in enumerate(lines[at:]) if not _HEAD.fullmatch(line.strip())), len(lines) - at)
    for count in range(1, _MOST_LINES + 1):
        if not "".join(lines[at + count - 1 : at + count]).strip():
            return 0
        said = _name("".join(lines[at : at + count]))
        if len(said) > _LONGEST or _LEVEL.match(lines[min(at + count, len(lines)) - 1]):
            return 0
        if _WROTE.fullmatch(said):
            below = _next(lines, at + count)
            marked = below < len(lines) and _LEVEL.match(lines[below])
            return count if marked or _CERTAIN.match(said) else 0
    return 0


def _compares(lines: list[str], at: int) -> bool:
    """Say whether a marked line is a piece of the paragraph around it, which goes on over it."""
    above, below = lines[at - 1] if at else "", lines[at + 1] if at + 1 < len(lines) else ""
    goes_on = len(above.strip()) >= _FULL and not _ENDED.search(above) and not _LEVEL.match(above)
    return goes_on and bool(_COMPARES.match(lines[at])) and not _LEVEL.match(below)


def _next(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _marked(lines: list[str], at: int) -> int:
    """Return where marked lines end that begin at ``at``, blank ones between them included."""
    end = at
    while at < len(lines) and (_LEVEL.match(lines[at]) or not lines[at].strip()):
        at += 1
        if lines[at - 1].strip():
            end = at
    return end
