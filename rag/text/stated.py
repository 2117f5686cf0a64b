"""The date that a document bears: said near its top, or in its title.

What is taken must be unmistakable: a date of something inside (a delivery, an expiry, a birth, an accident that is
reported on) is never the document's, and where nothing says otherwise the date is unknown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from enum import Enum, auto
from itertools import pairwise

from rag.text.datelines import CLOCK, TRIM, WEEKDAY, alone, dateline, of_something, placed, wrapped
from rag.text.dates import FoundDate, find_dates
from rag.text.headlines import at_head, held
from rag.text.histories import ends_history

_HEAD = 2_000
_LABEL_REACH = 60

# Documents whose own date a label may name: "Rechnungsdatum", "Date of issue".
_KINDS_DE = (
    r"rechnungs|brief|beleg|angebots|ausstellungs|ausgabe|berichts|dokument(?:en)?|erstellungs|sitzungs|besprechungs"
    r"|protokoll|versions|bescheid|veröffentlichungs"
)
_KINDS_EN = r"invoice|issue|letter|report(?:ing)?|meeting|document|version|revision|statement|quot(?:e|ation)|offer|minutes|publication"
_OF_DE = r"sitzung|besprechung|versammlung|rechnung|ausstellung|veröffentlichung|erstellung|fassung"
_LABEL = re.compile(
    rf"\b(?:(?P<kind>(?:{_KINDS_DE})datum|(?:{_KINDS_EN})\s+date|date\s+of\s+(?:the\s+)?(?:{_KINDS_EN})"
    rf"|datum\s+de[rs]\s+(?:{_OF_DE})|ausgestellt|erstellt|issued|dated"
    r"|(?P<change>(?:last\s+|zuletzt\s+)?(?:revised|reviewed|überarbeitet)|(?:last|zuletzt)\s+geändert|letzte\s+(?:änderung|aktualisierung)"
    r"|last\s+(?:change|revision|update)))"
    r"|stand|datum|veröffentlicht|erschienen|date|published|posted|last\s+modified"
    r"|(?P<update>(?:last\s+|zuletzt\s+)?(?:updated|aktualisiert)))\b[*_]*\s*(?P<colon>:?)[*_]*\s*"
    r"(?:(?-i:(?:by|von)\s[A-ZÄÖÜ][\w.'’-]*\s(?:[\w.'’-]+\s){0,3}?)?(?:am|on|vom)\s+)?",
    re.IGNORECASE,
)
# What may stand behind a date whose label has no colon; anything else makes it a sentence.
_APART = re.compile(r"[ \t]*(?:\Z|[|•·–—)\]*_/-]|(?:von|by)\s)")
# Behind the day of a change a sentence may end, and another follow.
_ENDS = re.compile(r"\.(?:\s|\Z)")
# What may stand before a label without a colon: nothing, or a sign that sets it apart.
_LEADS = re.compile(r"(?:\A|[|•·–—(\[*_/>-])\s*\Z")
# Before one that names a kind of document, as on a line of several: "No. 4711, invoice date: ...".
_LEADS_KIND = re.compile(r"(?:\A|[|•·–—(\[*_/>;,-]|\t|\s\s)\s*\Z")
# What a line at the head calls the document by, before it says of which day that is: "Document DS-90, revision 7, issued ...".
_NUMBERED = re.compile(
    r"[\s*_(]*(?:document|dokument|doc|form|formular|data\s?sheet|datenblatt|bulletin|policy|richtlinie|manual|handbuch|version|revision|issue"
    r"|ausgabe|edition)\b(?=[^\n]*\d)[^\n:;]{0,60},\s*",
    re.IGNORECASE,
)
# Labels that say what of a thing the date is, unless a word of these says that it is of its text.
_OF_SOMETHING = re.compile(r"(?:date|datum)\b", re.IGNORECASE)
_OF_TEXT = re.compile(r"\b(?:publishing|published|release|posting|creation|last|zuletzt)\s\Z", re.IGNORECASE)
# What the line above names whose value fills a line: "Due date", "Geburtsdatum", "Valid until:".
_NAMES_VALUE = re.compile(
    r":\s*\Z|\A\W*(?:[\w-]+\s){0,3}\w*(?:date|datum|until|bis|valid|gültig|fällig|due)\W*\Z", re.IGNORECASE
)
# "Fassung vom 1. Juli 2024", "(Version 4.2, as of 12 May 2025)".
_EDITION = (
    r"(?:in\s+der\s+)?(?:fassung|version|stand|ausgabe|edition|revision|entwurf|draft|status)"
    r"(?:\s+(?:nr\.?\s*|no\.?\s*|v)?\d[\w.]*)?,?\s+(?:vom|of|from|dated|as\s+of)\s+(?:the\s+)?"
)
_EDITION_LINE = re.compile(rf"[\s(\[*_#]*(?:{_EDITION}|version\s+v?\d[\w.]*\s*[,(–-]\s*)\Z", re.IGNORECASE)
_TITLE_EDITION = re.compile(
    rf"(?:(?<!\bzum\s)(?<!\bzur\s)(?<!\bauf\s)(?<!\bto\s)(?<!\bthe\s)\b{_EDITION}|\b(?:stand|as\s+of|version\s\d[\w.]*|fassung)\s*[:,(]?\s*(?:vom\s+|of\s+)?)\Z",
    re.IGNORECASE,
)
# What a title calls its document. Minutes are of the meeting's day; all others of the day that stands right beside them.
_MINUTES = r"\w*(?:protokoll|niederschrift)|minutes|(?:meeting|call|session)\snotes|mitschrift"
_PAPERS = (
    r"\w*(?:rechnung|brief|schreiben|vermerk|notiz|mitteilung|bericht|satzung|(?<!tages)ordnung|vertrag|bescheid|beschluss|preisliste"
    r"|angebot|richtlinie|gutachten|fassung|newsletter)"
    r"|invoice|letter|memo|memorandum|circular|press\srelease|report|statutes|contract|agreement|lease|price\slist|quote|quotation"
    r"|offer|policy|edition|update"
)
_TITLE_KIND = re.compile(rf"(?<!\w)(?:(?P<minutes>{_MINUTES})|(?P<paper>{_PAPERS}))(?!\w)", re.IGNORECASE)
_MEETING = re.compile(
    r"\b\w*(?:sitzung|versammlung|treffen|besprechung|konferenz|klausur|tagung|meeting|session|assembly|call|conference)\b",
    re.IGNORECASE,
)
# Before the kind: then the date is that of what is answered, changed or ended.
_OF_ANOTHER = re.compile(
    r"\b(?:ihr|ihre|ihrer|ihres|ihrem|unser\w*|mein\w*|your|our|my|zu|zum|zur|auf|des|der|über|of|to|on|for|about|re|fwd?|aw|wg"
    r"|kündigung|widerspruch|einspruch|antwort|änderung|nachtrag|anlage|anhang|ergänzung|mahnung|\w*erinnerung|korrektur|stornierung"
    r"|storno|gutschrift|stellungnahme|termination|reply|response|amendment|addendum|appendix|annex|attachment|reminder|correction"
    r"|cancellation|objection|appeal|comments?|answer|query)\b",
    re.IGNORECASE,
)
# What of minutes is told where they are not the text.
_EARLIER = re.compile(r"\b(?:approv\w*|genehmig\w*|previous|last|letzte\w*|vorige\w*|see|siehe)\b", re.IGNORECASE)
_HELD = re.compile(r"sitzung|besprechung|versammlung|meeting|protokoll|niederschrift|minutes", re.IGNORECASE)
_LINE = 150
# Between the kind and the date: then the date is that of what is written about.
_ABOUT = re.compile(
    r"\b(?:über|zu|zum|zur|auf|aus|an|am|nach|von|vom|gegen|betreffend|wegen|gültig|ab|bis|seit|valid|effective|until|since|on|about|to"
    r"|regarding|after|into|against|between|for|of)\b",
    re.IGNORECASE,
)
_TO_WHOM = re.compile(r"\A\s+(?:an|to|für|for)\s+(?:(?:die|den|das|alle|all|the)\s+)?[\w-]+", re.IGNORECASE)
_JOINS = re.compile(r"(?:\b(?:vom|of|from|dated|(?P<day>on|am))\s+(?:the\s+)?|[,:|•·(\[–—-]\s*|\s)\Z", re.IGNORECASE)


class _By(Enum):
    """By what a text states a date: a label, one that names a kind of document, how it stands alone, or as the day of what was held."""

    LABEL = auto()
    KIND = auto()
    PLACED = auto()
    LINE = auto()
    DATELINE = auto()
    HEAD = auto()


# Lines of a date alone that follow each other within so many characters are a list: of events, of posts held, of other texts.
_SOON = 300


def stated_date(text: str) -> dt.date | None:
    """Return the date that a document gives itself near its top, or None.

    A date counts where a label leads it ("Stand: 22.10.2021", "Invoice date: 3 May 2025", "Published on ..." that is set
    apart from running text), where its line says of which day an edition is ("Fassung vom 1. Juli 2024"), or where it
    fills a line of its own, weekday, clock time and the place of writing aside, stands behind the place with which
    a press release begins, or ends a line at the head that calls the text the minutes of a day, or names a meeting held on it, or
    is the last that a line there tells of the text's own history (see ``histories``). A date in running text is what the text is about, not when it was written; so is one of
    something ("Expiry date: ..."), and that of an event under its name (see ``datelines``). A text that gives a label of
    one kind twice with different dates, or one line of a date soon after another, lists other things, and has none by it.
    """
    head = text[:_HEAD]
    found = [(by, one) for one in find_dates(head) if (by := _stated_by(head, one)) is not None]
    listed = {by for by in _By if by is not _By.LABEL and _lists([one for way, one in found if way is by], by)}
    told = [(by, one) for by, one in found if by not in listed]
    # What a text says of itself goes before the day of what was held.
    said = next((one.date for by, one in told if by is not _By.HEAD), None)
    if said or not told or _is_one_of_several(text, told[0][1]):
        return said
    return told[0][1].date


def titled_date(title: str | None) -> dt.date | None:
    """Return the date that a title gives its document, or None.

    It does where it ends with the day of an edition ("Satzung (Stand: 1. Juli 2024)") or calls the document something
    that is of a day, and the date stands right beside it: "Mietvertrag vom 1. Juli 2024", "Invoice, 3 May 2025". The
    minutes of a meeting are of its day; a report on an accident is not.
    """
    dates = find_dates(title or "")
    if not title or len(dates) != 1:
        return None
    one = dates[0]
    before, after = title[: one.span.start], title[one.span.end :]
    if not WEEKDAY.sub("", before).strip(TRIM):
        kind = _TITLE_KIND.search(after)
        return one.date if kind and not _OF_ANOTHER.search(after[: kind.start()]) else None
    if CLOCK.sub("", after).strip(TRIM):
        return None
    before = WEEKDAY.sub("", before)
    if _TITLE_EDITION.search(before):
        return one.date
    kinds = [found for found in _TITLE_KIND.finditer(before) if not _OF_ANOTHER.search(before[: found.start()])]
    return one.date if any(_beside(found, before) for found in kinds) else None


def gives_date(line: str) -> bool:
    """Say whether a line gives a date and nothing else, whatever that is of."""
    return any(
        alone(line[: one.span.start], line[one.span.end :])
        or _stated_by(line, one) not in (None, _By.DATELINE, _By.HEAD)
        for one in find_dates(line)
    )


def _lists(dates: Sequence[FoundDate], by: _By) -> bool:
    """Say whether dates that a text gives in one way, in their order, are of several things."""
    near = _HEAD if by in (_By.KIND, _By.DATELINE, _By.HEAD) else _SOON
    return any(b.date != a.date and b.span.start - a.span.end <= near for a, b in pairwise(dates))


def _stated_by(head: str, one: FoundDate) -> _By | None:
    """Return by what a date is stated, None where it is not."""
    earlier, _, before = head[: one.span.start].rpartition("\n")
    after, _, later = head[one.span.end :].partition("\n")
    by = _By.KIND if ends_history(earlier, before, after, later) else _said_by(earlier, before, after, later)
    if by is not None or not at_head(earlier, before, after, later):
        return by
    if (numbered := _NUMBERED.match(before)) and _names_day(before[numbered.end() :], after):
        return _By.KIND
    return _By.HEAD if _is_minuted(before) or held(before, later) or _is_issued(earlier, before, after) else None


def _said_by(earlier: str, before: str, after: str, later: str) -> _By | None:
    """Return by what the text around a date says in so many words, or by how it stands, that it is the text's."""
    if (by := _labelled(before, after)) is not None:
        return by
    above = earlier.rstrip().rpartition("\n")[2]
    filled = not after.strip(TRIM)
    if filled and _EDITION_LINE.match(before) and not wrapped(earlier, after, later):
        return _By.KIND
    if not before.strip(TRIM) and (by := _labelled(f"{above} ", after, colon=True)) is not None:
        return by
    if dateline(earlier, before, after, later):
        return _By.DATELINE
    if not alone(before, after) or wrapped(earlier, after, later) or _NAMES_VALUE.search(above):
        return None
    if of_something(earlier, before, after, later):
        return None
    return _By.PLACED if placed(before) else _By.LINE


def _labelled(before: str, after: str, *, colon: bool = False) -> _By | None:
    """Return what label leads from ``before`` to the date: one that names a kind of document, or another; None where none does.

    Without a colon it must be set apart, or with ``colon`` be all that there is.
    """
    labels = list(_LABEL.finditer(before, max(0, len(before) - _LABEL_REACH)))
    if not labels or WEEKDAY.sub("", before[labels[-1].end() :]).strip(TRIM):
        return None
    label = labels[-1]
    ahead, kind = before[: label.start()], label["kind"] is not None
    by = _By.KIND if kind else _By.LABEL
    if label["colon"]:
        free = not kind and not _OF_SOMETHING.match(label[0])
        leads = bool((_LEADS_KIND if kind else _LEADS).search(ahead))
        return by if free or leads or (not kind and _OF_TEXT.search(ahead)) else None
    # "Updated by Ann Berg on 3 May 2025. Please ...": a line that begins so says nothing else before the point.
    changed = (label["change"] or label["update"]) and not ahead.strip(TRIM) and label[0][0].isupper()
    apart = (
        label.end() == len(before) if colon else _APART.match(CLOCK.sub("", after)) or (changed and _ENDS.match(after))
    )
    return by if apart and _LEADS.search(ahead) else None


def _names_day(before: str, after: str) -> bool:
    """Say whether a line's words before a date, behind what numbers the document, say that it is of that day."""
    last = before.rpartition(",")[2]
    return bool(_EDITION_LINE.match(last) or _EDITION_LINE.match(before)) or _labelled(last.lstrip(), after) is _By.KIND


def _is_issued(earlier: str, before: str, after: str) -> bool:
    """Say whether the first line of a text ends with the day of its issue: "Safety notice 14, issued 3 May 2025"."""
    name, comma, last = before.rpartition(",")
    return bool(comma and name and not earlier.strip()) and _labelled(last.lstrip(), after) is _By.KIND


def _is_minuted(before: str) -> bool:
    """Say whether a line calls its text the minutes of the day behind it."""
    line = WEEKDAY.sub("", before)
    called = (found for found in _TITLE_KIND.finditer(line) if found["minutes"] and _beside(found, line))
    return any(
        not (_OF_ANOTHER.search(ahead) or _EARLIER.search(ahead)) for one in called for ahead in [line[: one.start()]]
    )


def _is_one_of_several(text: str, one: FoundDate) -> bool:
    """Say whether other lines of a text tell of other days' meetings as the line of this date does: a year's minutes."""
    for line in text.split("\n"):
        if len(line) <= _LINE and _HELD.search(line):
            for other in find_dates(line):
                before, after = line[: other.span.start], line[other.span.end :]
                if (
                    other.date != one.date
                    and at_head("", before, after, "")
                    and (_is_minuted(before) or held(before, ""))
                ):
                    return True
    return False


def _beside(kind: re.Match[str], before: str) -> bool:
    """Say whether a title's date, which stands behind ``before``, is that of the document that ``kind`` calls."""
    joint = _JOINS.search(before, kind.end())
    # What is told on a day may be told of what happened on it.
    if joint is None or (joint["day"] and not kind["minutes"]):
        return False
    # Whom it goes to comes first: "Rundschreiben an die Mieter vom ...".
    between = _TO_WHOM.sub("", before[kind.end() : joint.start()])
    meetings = list(_MEETING.finditer(between)) if kind["minutes"] else []
    return not (_ABOUT.search(between[meetings[-1].end() :] if meetings else between) or (":" in between.rstrip(": ")))
