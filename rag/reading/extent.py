"""How far a quote reaches beyond its sentence.

What leads to a list takes its items along, an item what leads to it, an answer in a conversation its question, a consequence
its reason.
"""

from __future__ import annotations

import re

from rag.reading.scoring import ScoredSentence, span_text
from rag.records import Span
from rag.text.turns import SPEAKER

# How a sentence ends that goes on in a list, how an item of one begins, and how long the whole may be.
_LEADS = re.compile(r"(?:[:,]|[^\W_])[*_]*\Z")
_ITEM = re.compile(r"(?:[-*•‣–]|\d{1,2}[.)]|[a-z]\))\s")
_LONGEST, _LONGEST_LED = 900, 500
# How a question ends that is put to somebody.
_QUESTION = re.compile(r"\?[\"'”“»)*_]*\Z")
_PUT = re.compile(rf"[^\n]*?\?[\"'”“»)*_]*\s+(?={SPEAKER.pattern})")
# Words that point back to a reason told before, and beginnings of a sentence that tells the reason of the one before.
_POINTS_BACK = re.compile(
    r"\b(?:deshalb|daher|darum|deswegen|folglich|infolgedessen|demzufolge|aus\sdiese[mn]\sgr[uü]nd\w*|therefore|hence|that\sis\swhy"
    r"|that[’']s\swhy|for\sth(?:is|at|ese|ose)\sreasons?|as\sa\s(?:result|consequence)|consequently)\b",
    re.IGNORECASE,
)
_TELLS_WHY = re.compile(
    r"(?:denn|nämlich|(?:der\s|ein\s|als\s)?(?:haupt)?(?:grund|gründe|ursache|auslöser|hintergrund|schuld)\b|die\sursache|das\sl(?:iegt|ag)\b"
    r"|because|the\s(?:main\s)?(?:reason|cause|explanation)|th(?:is|at)\s(?:is|was)\sbecause|it\s(?:is|was)\sbecause)\b",
    re.IGNORECASE,
)  # fmt: skip


def quoted(sentence: ScoredSentence, *, reason: bool) -> Span:
    """Return the span that is quoted for a sentence; ``reason`` says whether a reason is asked for."""
    span = with_reason(sentence) if reason else sentence.span
    if span != sentence.span:
        return span
    return with_lead(sentence) or with_items(sentence)


def unled(text: str) -> int:
    """Return where in a quote the answer begins: behind the question that is quoted with it, else at 0."""
    asked = _PUT.match(text)
    return asked.end() if asked else 0


def with_lead(sentence: ScoredSentence) -> Span | None:
    """Return the span of a list's item from what leads to the list, or of an answer in a conversation from its question.

    None where a sentence is neither, or the whole is too long to be read at once.
    """
    below = sentence.hit.chunk.sentences
    at = below.index(sentence.span)
    texts = [span_text(sentence.hit, span) for span in below[: at + 1]]
    if SPEAKER.match(texts[at]) and at and _QUESTION.search(texts[at - 1]):
        start = below[at - 1].start
    elif _ITEM.match(texts[at]):
        while at and _ITEM.match(texts[at]):
            at -= 1
        if not texts[at].rstrip("*_").endswith(":"):
            return None
        start = below[at].start
    else:
        return None
    return Span(start, sentence.span.end) if sentence.span.end - start <= _LONGEST_LED else None


def with_items(sentence: ScoredSentence) -> Span:
    """Return the span of a sentence, or where it leads to a list, to the end of the list's part in its chunk."""
    span, below = sentence.span, sentence.hit.chunk.sentences
    if not _LEADS.search(sentence.text) or _ITEM.match(sentence.text):
        return span
    end = span.end
    for item in below[below.index(span) + 1 :]:
        if not _ITEM.match(span_text(sentence.hit, item)) or item.end - span.start > _LONGEST:
            break
        end = item.end
    return Span(span.start, end)


def with_reason(sentence: ScoredSentence) -> Span:
    """Return the span of a sentence with the one before, if it points back to a reason, or the one behind, if that tells it.

    Both stand in one paragraph. A sentence that tells of a consequence is no answer to a question for its reason.
    """
    below = sentence.hit.chunk.sentences
    at = below.index(sentence.span)
    if at and _POINTS_BACK.search(sentence.text) and _joined(sentence, below[at - 1], below[at]):
        return Span(below[at - 1].start, sentence.span.end)
    if at + 1 < len(below) and _joined(sentence, below[at], below[at + 1]):
        behind = below[at + 1]
        if _TELLS_WHY.match(span_text(sentence.hit, behind)):
            return Span(sentence.span.start, behind.end)
    return sentence.span


def _joined(sentence: ScoredSentence, first: Span, second: Span) -> bool:
    """Say whether nothing but white space of one paragraph stands between two sentences, and both are not too long."""
    between = span_text(sentence.hit, Span(first.end, second.start))
    return not between.strip() and between.count("\n") < 2 and second.end - first.start <= _LONGEST
