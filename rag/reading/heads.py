"""Questions about a mail itself: who wrote it, to whom, when. The lines of its head answer them, and nothing in its text.

Which mail is meant shows in what it says, so that the head is worth as much as the best of its document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.documents.formats import format_of
from rag.lexical import analyse
from rag.reading.scoring import ScoredSentence
from rag.records import Hit, Question
from rag.text.words import FUNCTION

_MAIL = re.compile(r"\b(?:e-?)?mails?\b", re.IGNORECASE)
_OF_HEAD = re.compile(
    r"\b(?:absender\w*|empfänger\w*|verfasser\w*|sender|recipients?|author|betreff|subject|cc|in\skopie|kopie|copy|copied"
    r"|geschrieben|geschickt|gesendet|verschickt|verfasst|schrieb|schickte|sandte|bekommen|bekam|erhalten|erhielt"
    r"|wrote|written|sent|send|received?|got|dated|datiert"
    r"|(?:an|von)\swe[nm]\b|to\swhom|from\swhom|who\b[^?]*\b(?:from|to))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:wer|wem|wen|wann|who|whom|when|absender\w*|empfänger\w*|verfasser\w*|betreff|sender|recipients?|subject"
    r"|wh(?:at|ich)\s(?:day|date)|welche[mnrs]?\s(?:tag|datum))\b",
    re.IGNORECASE,
)
# The head above the best of its document; and what it loses where nobody asks for it, as it says what the mail is about
# and nothing of that.
_ABOVE, _NAMES_ONLY = 1.0, -2.0


def head_asked(question: str) -> bool:
    """Say whether a question asks for what stands in the head of a mail."""
    return all(pattern.search(question) for pattern in (_MAIL, _OF_HEAD, _ASKS))


def heads_first(question: Question, scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the sentences, best first: heads of mails above the best of their document where such are asked for, else lower."""
    asked = head_asked(question.text)
    best: dict[str, float] = {}
    for one in scored:
        best.setdefault(one.hit.document.id, one.score)
    placed = [
        replace(one, score=best[one.hit.document.id] + _ABOVE if asked else one.score + _NAMES_ONLY)
        if one.span.start == 0 and _is_mail(one.hit)
        else one
        for one in scored
    ]
    return sorted(placed, key=lambda one: (-one.score, one.hit.document.name, one.span))


def head_answers(question: Question, hits: Sequence[Hit]) -> bool:
    """Say whether a question asks for the head of a mail, and one is at hand of a mail that speaks of what the question names."""
    if not head_asked(question.text):
        return False
    topic = question.text
    for pattern in (_MAIL, _OF_HEAD, _ASKS):
        topic = pattern.sub(" ", topic)
    for head in (hit for hit in hits if hit.chunk.span.start == 0 and _is_mail(hit)):
        told = " ".join(hit.text for hit in hits if hit.document.id == head.document.id)
        named = set(analyse(topic, question.language)) - FUNCTION
        if not named or named & set(analyse(told, head.document.language)):
            return True
    return False


def _is_mail(hit: Hit) -> bool:
    found = format_of(hit.document.name)
    return found is not None and found.label == "mail"
