"""Dates that stand by themselves near the top of a document, without a label: of its writing, or of what it is about.

A line that nothing but a date fills is mostly the day of writing, and so is the date behind a place with which the
text begins, as in press releases. Invitations and posters have such lines too, of the day on which something takes place,
and so have lists of events and of posts held. Where the lines around tell that, or where it cannot be told, it is no date of
writing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text.words import word_set

WEEKDAY = re.compile(
    r"\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday)\b,?|\b(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|mo|di|mi|do|fr|sa|so)\b[.,]*|\bden\b",
    re.IGNORECASE,
)
"""A weekday, or what else may lead from a place or a label to a date."""
CLOCK = re.compile(
    r"[,|•·–-]?\s*(?:T|(?:um|at)\s)?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*(?:uhr|h|am|pm|[a-z]{1,4}))?(?![^\W_])",
    re.IGNORECASE,
)
"""A time of day with its minutes, as the moment of writing has them."""
TRIM = " \t,.|•·–—-*_()[]"
"""What may stand around a date that fills a line."""

# "Wien, 6. September 2023" and "Hamburg, den 3. Mai 2022" as letters and press releases begin.
_PLACE = re.compile(r"\s*[A-ZÄÖÜ][\w.-]+(?:[ /][A-ZÄÖÜ(][\w.)-]*){0,2},\s")
# Signs of a birth and a death; the first marks a list's item, too.
_BORN = re.compile(r"\s*[*†+]\s")
# Whose text it is, behind the date of a newspaper: "*The Observer, 10 September 2025, by Ann Berg*".
_BYLINE = re.compile(r",?\s(?:by|von)\s[A-ZÄÖÜ][\w.'’-]*(?:\s[A-ZÄÖÜ][\w.'’-]*){1,3}(?=\W*\Z)")
# How a line ends, or the next one goes on, when a date between them was only wrapped onto its own line.
_WRAPPED = re.compile(
    r"(?:,|\b(?:am|vom|bis|zum|seit|ab|nach|vor|den|der|dem|on|of|since|until|by|from|before|after))\s?\Z"
)
# A span of time that is still open: "1. März 2018 –".
_OPEN = re.compile(r"\s*[–—-]\s*\Z")

# What takes place on a day. German nouns are told by their capital ("steht fest", "manifest").
_EVENT = re.compile(
    r"\b(?=[A-ZÄÖÜ])(?!(?i:mani|pod|fest\ssteht))(?i:\w*(?:fest|konzert|lesung|flohmarkt|basar|bazar|feier|vernissage|workshop|seminar|turnier"
    r"|gottesdienst|ausflug|wanderung|festival|einladung|ausstellung|stammtisch))(?:s|es|e|en|er|abend|tag)?\b"
    r"|(?i:\b(?:tag\sder\soffenen\stür|save\sthe\sdate|part(?:y|ies)|concert|recital|(?:book|poetry)\sreading|reading\s(?:by|with)"
    r"|open\s(?:day|house|evening|mic)|f[eê]te|(?:flea|christmas)\smarket|(?:jumble|bake)\ssale|gig|tournament|invitation|webinar"
    r"|screening|picnic|barbecue|quiz\snight|workshop|seminar|festival)\b)"
)
# Lines that tell when it begins, where, and for how much.
_WHERE = re.compile(
    r"[*_#\s]*(?:(?:ort|wo|wann|zeit|uhrzeit|beginn|start|einlass|treffpunkt|anmeldung|karten|veranstalter|venue|location|where|when|time"
    r"|begins|starts|meeting\spoint|registration|tickets?|rsvp|hosts?|organi[sz]er)[*_]*\s?:"
    r"|(?:eintritt|einlass|beginn|doors|admission|free\s(?:entry|admission)|tickets?|rsvp)\b.{0,60}\Z"
    r"|(?:(?:ab|um|von|from|at)\s)?\d{1,2}(?:[:.](?:00|15|30|45))?\s?(?:(?:bis|to|until|–|-)\s?\d{1,2}(?:[:.]\d{2})?\s?)?"
    r"(?:uhr|[ap]\.?m\.?|o['’]clock)(?!\w))",
    re.IGNORECASE,
)
_INVITES = re.compile(
    r"\b(?:lade[nt]?\b[^.!?]{0,80}\bein\b|(?:herzlich|freundlich)\s(?:eingeladen|willkommen)|komm(?:t|en\ssie)\svorbei|auf\seuer\skommen"
    r"|freuen\suns\sauf\s(?:euch|sie|dich|viele)|(?:we|i)\sinvite|you\sare\s(?:\w+\s)?invited|join\sus|come\s(?:along|and\sjoin)"
    r"|everyone\s(?:is\s)?welcome|all\s(?:are\s)?welcome|we\slook\sforward\sto\sseeing)\b",
    re.IGNORECASE,
)
_GREETS = re.compile(r"\s*(?:sehr\sgeehrte|liebe[rs]?\s|hallo|guten\stag|dear\s|hello|hi\s)", re.IGNORECASE)
# Who was there, as minutes tell it.
_PRESENT = re.compile(
    r"[*_#\s]*(?:anwesend\w*|teilnehm\w+|protokoll\w*|present|attendees|participants|minutes)\b", re.IGNORECASE
)
# What heads the posts that somebody held.
_POSTS = re.compile(
    r"[\W_]*(?:(?:[^\W\d_]+\W+){0,3}(?:lebenslauf|curriculum\svitae|cv|résumé)(?:\W.{0,40})?"
    r"|(?:werdegang|berufserfahrung|beruflicher\swerdegang|ausbildung"
    r"|resume|(?:work\s|professional\s)?experience|employment(?:\shistory)?|education)[\W_]*)",
    re.IGNORECASE,
)
# What may lead from the place to the date.
_LED = re.compile(rf"(?:(?:{WEEKDAY.pattern})\s*){{1,3}}\Z", re.IGNORECASE)
# So many lines above and below tell what a date is of; a line of so many characters is prose if it ends as a sentence does.
_ABOVE, _BELOW, _PROSE = 3, 6, 40
_SENTENCE = re.compile(r"[.!?…][\"'”“»)\]*_]*\s*\Z")

_NAME = r"[A-ZÄÖÜ][^\W\d_]*(?:[.'’-][^\W\d_]+)*\.?"
_TOWN = rf"{_NAME}(?:(?:[ /]|\s/\s)(?:(?:am|an\sder|an\sdem|ob\sder|im|in|upon|on|de|la|of)\s)?\(?{_NAME}\)?){{0,3}}"
# "London,", "New York, NY –", "Berlin (dpa),", and what stands behind the date and before the text.
_TOWN_FIRST = re.compile(
    rf"[*_]*(?P<opened>\(?)[*_]*(?P<town>{_TOWN})(?:,\s(?:{_NAME}\s?){{1,2}})?(?:\s?\([\w/ ]{{2,12}}\))?(?:,|\s?[–—-])\s*\Z"
)
_TEXT_NEXT = re.compile(
    r"[*_]*(?:(?P<closed>\))[*_]*[.:]?|\s?(?:\([\w ]{2,20}\)|/[\w ]{2,20}/)?\s?(?:[–—]|--?)|\.)[*_]*\s+(?=[\"„“«»']?[^\W_])"
)
_LEAST_WORDS = 5
# What leads from a sentence to a place.
_LEADS = word_set("in im aus bei nach von vom seit ab bis für mit at on from near to since until for with")
# No text has begun above, if there are only lines shorter than these.
_SHORT = 250


def alone(before: str, after: str) -> bool:
    """Say whether a date fills its line: weekday, time of day, the place of writing and who wrote it aside."""
    if _BORN.match(before):
        return False
    before = before.lstrip("*_(")
    place = _PLACE.match(before)
    before = before[place.end() :] if place else before
    after = CLOCK.sub("", _BYLINE.sub("", after))
    rest = WEEKDAY.sub("", before).strip(TRIM) + WEEKDAY.sub("", after).strip(TRIM)
    return not rest


def placed(before: str) -> bool:
    """Say whether the place of writing, or the name of a newspaper, leads to a date that fills its line."""
    return _PLACE.match(WEEKDAY.sub("", before.lstrip("*_("))) is not None


def wrapped(earlier: str, after: str, later: str) -> bool:
    """Say whether a line of a date alone is a piece of a sentence that an editor wrapped."""
    return after.rstrip().endswith(".") or later[:1].islower() or bool(_WRAPPED.search(earlier))


def of_something(earlier: str, before: str, after: str, later: str) -> bool:
    """Say whether a date that fills a line is that of an event or of a post, as far as the lines around it tell.

    ``earlier`` and ``later`` are the lines above and below, ``before`` and ``after`` the rest of its own.
    """
    above = [line for line in earlier.split("\n") if line.strip()]
    below = [line for line in later.split("\n") if line.strip()][:_BELOW]
    if not placed(before) and (any(map(_POSTS.fullmatch, above)) or (_OPEN.match(after) and not before.strip())):
        return True
    if any(map(_PRESENT.match, (*above[-_ABOVE:], *below))):
        return False
    held = any(map(_EVENT.search, (*above[-_ABOVE:], before)))
    if len(CLOCK.findall(after)) > 1 or _WHERE.match(below[0] if below else ""):
        return True
    if not held or (placed(before) and not _EVENT.search(before) and not CLOCK.search(after)):
        return False
    told = any(len(line) >= _PROSE and _SENTENCE.search(line) for line in below[:2])
    return not told or any(map(_WHERE.match, below)) or any(map(_GREETS.match, below)) or bool(_INVITES.search(later))


def tells_present(line: str) -> bool:
    """Say whether a line tells who was there, or who wrote the minutes."""
    return _PRESENT.match(line) is not None


def calls_in(below: Sequence[str]) -> bool:
    """Say whether the lines below a date invite, or begin with when and where."""
    return any(map(_WHERE.match, below[:2])) or any(map(_INVITES.search, below))


def dateline(earlier: str, before: str, after: str, later: str) -> bool:
    """Say whether a date stands behind a place with which a text begins: "London, 2 May 2025 – The port ..."."""
    lines = earlier.split("\n")
    town, text = _TOWN_FIRST.fullmatch(_LED.sub("", before)), _TEXT_NEXT.match(after)
    if not town or not text or bool(town["opened"]) != bool(text["closed"]):
        return False
    if _WRAPPED.search(lines[-1]) or len(lines[-1]) > 2 * _PROSE or any(len(line) > _SHORT for line in lines):
        return False
    if town["town"].split()[0].casefold() in _LEADS or _EVENT.search(town["town"]):
        return False
    paragraph = f"{after[text.end() :]}\n{later}".partition("\n\n")[0]
    return len(paragraph.split()) >= _LEAST_WORDS and not _INVITES.search(paragraph)
