"""How far a quote reaches beyond its sentence.

What leads to a list takes its items along, an item what leads to it, an answer in a conversation its question, a consequence
its reason, what can be understood only from the sentence before takes that along, and a rule what takes back a part of it.
"""

from __future__ import annotations

import re

from rag.reading.kinds import words_of_kind
from rag.reading.questions import Asks, asks
from rag.reading.scoring import ScoredSentence, span_text
from rag.records import Question, Span
from rag.text.turns import SPEAKER
from rag.text.words import FUNCTION, word_set

# How a sentence ends that goes on in a list, how an item of one begins, and how long the whole may be.
_LEADS = re.compile(r"(?:[:,]|[^\W_])[*_]*\Z")
_ITEM = re.compile(r"(?:[-*•‣–]|\d{1,2}[.)]|[a-z]\))\s")
_LONGEST, _LONGEST_LED = 900, 500
# What asks for all of a list, and not for one of it.
_ALL = re.compile(
    r"\b(?:nennen?\s|liste\b|auflist\w*|aufzähl\w*|alle[nrs]?\b|sämtliche\w*|zutaten|schritte|was\sist\sneu|was\s(?:hat|haben)\ssich\s\w*ge?änder\w*"
    r"|list\b|all\b|name\s(?:all|the)|(?:what|which)\sare\b|what(?:\shas|\swas)?\schanged|what(?:[’']s|\sis)\snew|ingredients|steps)",
    re.IGNORECASE,
)
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
# Beginnings that go on from the sentence before, without which they say nothing, or half.
_GOES_ON = re.compile(
    r"(?:außerdem|zudem|ferner|darüber\shinaus|des\sweiteren|da(?:zu|für|gegen|bei|durch|raus|von|rauf|rin|runter|nach|neben)|hier(?:zu|bei|für)"
    r"|stattdessen|dort|moreover|furthermore|in\saddition(?!\sto)|additionally|besides\s?,|instead(?!\sof)|thereby|these\sinclude)\b",
    re.IGNORECASE,
)
# A pronoun for a person with the word before it, and words behind which it is nobody who acts in the main clause.
_SOMEBODY = re.compile(r"(?:(\w+)\W+)?\b(?:er|sie|he|she)\b", re.IGNORECASE)
_BELOW = word_set(
    """da ob als die der das was wie wo weil dass wenn falls indem während nachdem bevor obwohl damit bis
    if as that what how where when while since because after before although until which who"""
)
# A sentence that takes back a part of the one before: "Dies gilt nicht für Kinder.", "This cover is not included."
_LIMITS = re.compile(
    r"(?:(?:dies|das|sie|er|es|diese[rsmn]?(?:\s\w+)?)\s(?:gilt|gelten|trifft)\s(?:\w+\s){0,3}?(?:nicht|nur)\b|(?:hiervon|davon)?\s?ausgenommen\b|ausnahmen?\b"
    r"|(?:this|that|it|these|they)\s(?:does|do)(?:\snot|n[’']t)\sapply|(?:this|that|it|these|they)\s(?:only\sappl\w+|appl\w+\sonly)"
    r"|(?:the\s)?(?:only\s)?exceptions?\b|(?:not\sincluded|excluded)\b|(?:diese[rsmn]?|this|these)\s(?P<noun>\w{4,})\b[^.;]*\b(?:nicht|keine?|not|no)\b)",
    re.IGNORECASE,
)
# So much of a noun is alike in all of its forms.
_PREFIX = 6
# How many sentences back it may stand who that is.
_BACK = 3


def quoted(question: Question, sentence: ScoredSentence) -> Span:
    """Return the span that is quoted for a sentence."""
    span = with_reason(sentence) if asks(question.text) is Asks.REASON else sentence.span
    if span != sentence.span:
        return span
    whole = with_others(sentence) if _ALL.search(question.text) else sentence.span
    if whole != sentence.span:
        return whole
    lists = with_lead(sentence) or with_items(sentence)
    span = lists if lists != sentence.span else with_those_before(question, sentence)
    return Span(span.start, max(span.end, _limited(sentence)))


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


def with_others(sentence: ScoredSentence) -> Span:
    """Return the span of a list's item with the items around it, as many as may be read at once; of another sentence as it is."""
    span, below = sentence.span, sentence.hit.chunk.sentences
    if not _ITEM.match(sentence.text):
        return span
    first = last = below.index(span)
    while first and _is_item(sentence, below[first - 1]) and span.end - below[first - 1].start <= _LONGEST:
        first -= 1
    while (
        last + 1 < len(below)
        and _is_item(sentence, below[last + 1])
        and below[last + 1].end - below[first].start <= _LONGEST
    ):
        last += 1
    return Span(below[first].start, below[last].end)


def _is_item(sentence: ScoredSentence, span: Span) -> bool:
    return _ITEM.match(span_text(sentence.hit, span)) is not None


def with_items(sentence: ScoredSentence) -> Span:
    """Return the span of a sentence, or where it leads to a list, to the end of the list's part in its chunk."""
    span, below = sentence.span, sentence.hit.chunk.sentences
    if not _LEADS.search(sentence.text) or _ITEM.match(sentence.text):
        return span
    end = span.end
    for item in below[below.index(span) + 1 :]:
        if not _is_item(sentence, item) or item.end - span.start > _LONGEST:
            break
        end = item.end
    return Span(span.start, end)


def _limited(sentence: ScoredSentence) -> int:
    """Return where a sentence ends, or the one behind, if that takes back a part of it: half a rule misleads."""
    below = sentence.hit.chunk.sentences
    behind = below[at] if (at := below.index(sentence.span) + 1) < len(below) else None
    if behind is None or not _joined(sentence, sentence.span, behind):
        return sentence.span.end
    limits = _LIMITS.match(span_text(sentence.hit, behind))
    noun = limits and limits["noun"]
    known = limits and (noun is None or noun.casefold()[:_PREFIX] in sentence.text.casefold())
    return behind.end if known and behind.end - sentence.span.start <= _LONGEST_LED else sentence.span.end


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


def with_those_before(question: Question, sentence: ScoredSentence) -> Span:
    """Return the span of a sentence with those before it in its paragraph that tell of whom or where it speaks.

    It is the sentence alone, unless a person or a place is asked for: where it has but a pronoun for a person, it begins with the
    last of the three before that has a name; where it begins with a word that goes on from the sentence before, with that.
    """
    below = sentence.hit.chunk.sentences
    at, kind = below.index(sentence.span), asks(question.text)
    first = at
    if kind is Asks.PERSON and any((m[1] or "").casefold() not in _BELOW for m in _SOMEBODY.finditer(sentence.text)):
        first = _naming(question, sentence, at)
    elif kind in (Asks.PERSON, Asks.PLACE) and at and _GOES_ON.match(sentence.text):
        first = at - 1 if _joined(sentence, below[at - 1], below[at]) else at
    start = below[first].start
    return Span(start, sentence.span.end) if sentence.span.end - start <= _LONGEST_LED else sentence.span


def _naming(question: Question, sentence: ScoredSentence, at: int) -> int:
    """Return which sentence, from the one at ``at`` back, names a person; ``at`` where none does that is near enough."""
    below = sentence.hit.chunk.sentences
    for first in range(at, max(-1, at - _BACK - 1), -1):
        if first < at and not _joined(sentence, below[first], below[first + 1]):
            break
        if _names(question, span_text(sentence.hit, below[first]), sentence.hit.document.language):
            return first
    return at


def _names(question: Question, text: str, language: str | None) -> bool:
    """Say whether a sentence names somebody; a capital at the beginning of a quotation is no name ("Dieses Bündnis")."""
    found = (span.of(text).split() for span in words_of_kind(question, text, language))
    return any(words[0].casefold() not in FUNCTION for words in found)


def _joined(sentence: ScoredSentence, first: Span, second: Span) -> bool:
    """Say whether nothing but white space of one paragraph stands between two sentences, and both are not too long."""
    between = span_text(sentence.hit, Span(first.end, second.start))
    return not between.strip() and between.count("\n") < 2 and second.end - first.start <= _LONGEST
