"""Lines at the head that tell how a text came about: enacted and amended, numbered and revised, received and accepted.

The last day that such a line tells is the text's, and those before it are of what it was until then. A law that is cited tells
the same of another text: there a sentence goes on.
"""

from __future__ import annotations

import re

from rag.text.dates import find_dates

_MARKS = r"[\s*_#(]*"
# Of which papers a line "Vom 12. Dezember 2023" below their name says the day.
_ENACTED = re.compile(
    r"(?:satzung|ordnung|gesetz|erlass|richtlinie|vereinbarung|vertrag|statut|bekanntmachung|beschluss)(?:e?[ns]|en|er)?\b",
    re.IGNORECASE,
)
_OF = re.compile(rf"{_MARKS}(?:Vom|Beschlossen\sam|Erlassen\sam|Adopted(?:\son)?)\s+\Z")
_AMENDED = re.compile(
    rf"(?:{_MARKS}(?:Vom|(?:In\sder\s)?Fassung\s(?:der\s\w+\s)?vom|Beschlossen\sam|Erlassen\sam|Adopted(?:\son)?)\s[^\n;:]{{6,40}}[,;]\s*"
    rf"(?:(?:and|und)\s)?|{_MARKS}(?=[A-ZÄÖÜ]))"
    r"(?i:(?:zuletzt\s)?geändert\s(?:durch|mit|am)|(?:last\s|as\s(?:last\s)?)?amended\s(?:by|on))\b"
    r"(?:[^\n;:]{0,100}\s(?:vom|am|of|on))?\s+\Z"
)
# "Stand: Beschluss der Mitgliederversammlung vom ...", as of what was decided.
_DECIDED = re.compile(
    rf"{_MARKS}(?i:stand|fassung|as\sof|version)[*_]*:[*_]*\s+(?:the\s)?(?i:\w*(?:beschluss|änderung|fassung|versammlung|sitzung)|resolution|decision"
    r"|meeting)\b[^\n.;:]{0,80}\s(?:vom|am|of|on)\s+\Z"
)
# "Document DS-0713, revision D, 3 February 2025".
_NUMBERED = re.compile(
    rf"{_MARKS}(?i:document|dokument|doc|form|formular|data\s?sheet|datenblatt|bulletin|manual|handbuch|preprint|working\spaper)\b"
    r"(?=[^\n]*\d)[^\n:;,]{0,40}(?:,\s*(?i:rev(?:ision)?|version|issue|edition|ausgabe|stand|fassung|index)\b\.?[^\n:;,]{0,15})?,\s*"
    r"(?i:(?:posted|published|veröffentlicht)\s(?:(?:on|am)\s)?)?\Z"
)
# "Received 11 March 2023; accepted 2 September 2023."
_RECEIVED = re.compile(rf"{_MARKS}(?:article\shistory:?\s*)?(?:received|submitted|eingegangen|eingereicht)\b", re.IGNORECASE)  # fmt: skip
_ACCEPTED = re.compile(
    r"\b(?:accepted|published(?:\sonline)?|angenommen|(?:online\s)?veröffentlicht)[:,]?\s+(?:(?:on|am)\s)?\Z",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[\s*_)]*(?:[.;]|\Z)")
# So many lines stand above at most, none of them longer than this.
_ABOVE, _LINE = 6, 200


def ends_history(earlier: str, before: str, after: str, later: str) -> bool:
    """Say whether a date is the last of its text's own history, as its line at the head tells it.

    ``earlier`` and ``later`` are the lines above and below, ``before`` and ``after`` the rest of its own.
    """
    above = [line for line in earlier.split("\n") if line.strip()]
    if len(above) > _ABOVE or any(len(line) > _LINE for line in above):
        return False
    if _RECEIVED.match(before):
        return _ACCEPTED.search(before) is not None and not any(
            _ACCEPTED.search(after[: one.span.start]) for one in find_dates(after)
        )
    # Where a sentence goes on, or a line leads to others, it is of another text.
    if (
        (above and above[-1].rstrip(" *_").endswith(":"))
        or later.lstrip()[:1].islower()
        or (later[:1].isalnum() and after.rstrip().endswith(","))
    ):
        return False
    if _DECIDED.match(before):
        return _ENDS.match(after) is not None
    if after.strip(" \t.*_)"):
        return False
    if _OF.match(before):
        return bool(above) and any(map(_ENACTED.search, above[-2:]))
    return _AMENDED.match(before) is not None or _NUMBERED.match(before) is not None
