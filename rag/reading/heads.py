"""Questions about a mail itself: who wrote it, to whom, when. The lines of its head answer them, and nothing in its text.

Which mail is meant shows in what it says, so that the head is worth as much as the best of its document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.documents.formats import format_of
from rag.lexical import analyse
from rag.reading.scoring import ScoredSentence, best_first, best_scores
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
    asked, best = head_asked(question.text), best_scores(scored)
    placed = [
        replace(one, score=best[one.hit.document.id] + _ABOVE if asked else one.score + _NAMES_ONLY)
        if _of_head(one) and _is_mail(one.hit)
        else one
        for one in scored
    ]
    return best_first(placed)


def head_answers(question: Question, hits: Sequence[Hit]) -> int:
    """Say whether the head of a mail at hand answers a question for one.

    1 where it is of a mail that speaks of what the question names, if it names anything; -1 where no mail at hand speaks of
    that; 0 where neither is so, and where no head is asked for.
    """
    mails = [hit for hit in hits if _is_mail(hit)]
    if not mails or not head_asked(question.text):
        return 0
    topic = question.text
    for pattern in (_MAIL, _OF_HEAD, _ASKS):
        topic = pattern.sub(" ", topic)
    named = set(analyse(topic, question.language)) - FUNCTION
    speaking = {m.document.id for m in mails if not named or named & set(analyse(m.text, m.document.language))}
    if any(m.chunk.span.start == 0 and m.document.id in speaking for m in mails):
        return 1
    return 0 if speaking else -1


def _of_head(one: ScoredSentence) -> bool:
    """Say whether a sentence of a mail is of its head, which ends with the first blank line."""
    return one.hit.chunk.span.start == 0 and "\n\n" not in one.hit.text[: one.span.start]


def _is_mail(hit: Hit) -> bool:
    found = format_of(hit.document.name)
    return found is not None and found.label == "mail"
