"""Lines at the head of a text that end with a day: of the meeting that was held, which is the text's; or of one to come.

A board's meeting is told of under such a line ("Board meeting of the theatre, 3 April 2025"), and invited to under the same.
The lines below tell which it is; where they call people in, name an agenda or say what will be, it is no date of the text.
"""

from __future__ import annotations

import re

from rag.text.datelines import CLOCK, TRIM, WEEKDAY, calls_in, tells_present

# So many lines stand above at most, none of them as long as prose; so many below tell whether it was held.
_ABOVE, _LINE, _BELOW = 5, 120, 12
_MARKS = " \t#*_"
_WHO = (
    r"board|committee|council|staff|team|management|project|general|department|steering|parish|group|trustees|governors|faculty"
    r"|shareholders|members|owners|residents|parents|association"
)
_MEETING = re.compile(
    rf"(?:[\w.'’-]+\s){{0,5}}?(?:\w*(?:sitzung|besprechung|versammlung)|(?:{_WHO})['’]?s?['’]?\s+meeting|meeting(?=\s(?:of|held)\b))(?!\w)"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
# Then it is another meeting's day, or one that is announced.
_ANOTHER = re.compile(
    r"\b(?:einladung|invit\w+|agenda|tagesordnung|programme?|next|nächste\w*|upcoming|kommende\w*|previous|last|letzte\w*|vorige\w*|notice"
    r"|bekanntmachung|ankündigung|announce\w*|aufruf|termine?|dates?|absage|cancel\w*|verschoben|postponed|zu[mr]?|auf|über|vor|nach|seit"
    r"|to|for|on|about|re|fwd?|aw|wg|before|after|since|until|bis|the|die|der|das|in|at|from|our|unsere?\w*)\b",
    re.IGNORECASE,
)
# Between the meeting and its day.
_ABOUT = re.compile(
    r"\b(?:über|zu[mr]?|auf|wegen|nach|gegen|betreffend|about|on|to|regarding|after|against)\b", re.IGNORECASE
)
_JOINS = re.compile(r"(?:[,|•·(–—-]\s*|\s)(?:(?:vom|am|on|of)\s+)?\Z", re.IGNORECASE)
_HELD = re.compile(r"\b(?:held|abgehalten)\b", re.IGNORECASE)
_TO_COME = re.compile(
    r"\b(?:agenda|tagesordnung|einladung|invitation|rsvp|anmeld\w+|regist(?:er|ration)|top\s?1|(?:findet|finden|wird|werden)\b[^.!?]{0,80}\bstatt"
    r"(?:finden)?|will\s(?:be|take|meet|discuss|vote|consider)|takes?\splace|bitte\s|please\s)",
    re.IGNORECASE,
)
# Below these, lines are of what is enclosed, discussed or answered.
_LISTS = re.compile(
    r"[\W\d_]*(?:agenda|tagesordnung|anlagen?|anhang|betreff|betrifft|bezug|subject|re|enclosures?|attachments?|see\salso)\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*•+]|\d{1,3}[.)]|top\s\d+)\s", re.IGNORECASE)


def at_head(earlier: str, before: str, after: str, later: str) -> bool:
    """Say whether a date ends a line at the head of a text, one that is no item of a list and no piece of a sentence."""
    above = [line for line in earlier.split("\n") if line.strip()]
    short = len(above) <= _ABOVE and all(len(line) <= _LINE for line in above) and len(before) <= _LINE
    ends = not CLOCK.sub("", after).strip(TRIM) and not later[:1].islower()
    return short and ends and not any(map(_LISTS.match, above)) and not _ITEM.match(before)


def held(before: str, later: str) -> bool:
    """Say whether a line that ends with a day tells of a meeting on it; ``before`` is the line, ``later`` is what is below."""
    line = WEEKDAY.sub("", before.strip(_MARKS) + " ")
    joint = _JOINS.search(line)
    found = _MEETING.match(line[: joint.start()]) if joint else None
    if found is None or _ANOTHER.search(line[: found.start("rest")]) or _ABOUT.search(found["rest"]):
        return False
    below = [one for one in later.split("\n") if one.strip()][:_BELOW]
    if _HELD.search(line) or any(map(tells_present, below)):
        return True
    return not calls_in(below) and not any(map(_TO_COME.search, below))
