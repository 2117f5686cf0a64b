"""Questions about a mail itself: who wrote it, to whom, when. The lines of its head answer them, and nothing in its text.

Which mail is meant shows in what it says, so that the head is worth as much as the best of its document. Where the question
names whom it went to, who wrote it, or what its subject says, the head that tells this comes first: those who are only
mentioned in a mail neither wrote nor got it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.documents.formats import format_of
from rag.lexical import analyse
from rag.place import heading_of, places_of
from rag.reading.scoring import ScoredSentence, best_first, best_scores
from rag.records import Hit, Question
from rag.text.threads import SIGN
from rag.text.words import FUNCTION

_MAIL = re.compile(r"\b(?:e-?)?mails?\b", re.IGNORECASE)
_OF_HEAD = re.compile(
    r"\b(?:absender\w*|empfänger\w*|verfasser\w*|sender|recipients?|author|betreff|subject|cc|in\skopie|kopie|copy|copied"
    r"|geschrieben|geschickt|gesendet|verschickt|verfasst|schrieb|schickte|sandte|bekommen|bekam|erhalten|erhielt"
    r"|wrote|written|sent|send|received?|got|dated|datiert"
    r"|(?:an|von)\swe[nm]\b|to\swhom|from\swhom)\b",
    re.IGNORECASE,
)
_WHO_ELSE = re.compile(r"\bwho\b[^?]*\b(?:from|to)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:wer|wem|wen|wann|who|whom|when|absender\w*|empfänger\w*|verfasser\w*|betreff|sender|recipients?|subject"
    r"|wh(?:at|ich)\s(?:day|date)|welche[mnrs]?\s(?:tag|datum))\b",
    re.IGNORECASE,
)
# Who is asked for: whoever is named besides is at the other end.
_FROM_WHOM = re.compile(
    r"\b(?:(?:von|from)\swe?h?[eo]m|absender\w*|verfasser\w*|sender|author)\b|\bwhom?\b[^?]*\bfrom\W*\Z", re.IGNORECASE
)
_TO_WHOM = re.compile(
    r"\b(?:(?:an|to)\swe?h?[eo][nm]|wem|whom|empfänger\w*|recipients?)\b|\bwhom?\b[^?]*\bto\W*\Z"
    r"|\b(?:wer|who)\b[^?]*\b(?:bekommen|bekam|erhalten|erhielt|received?|got|gets?)\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"\b(?:wer|who)\b", re.IGNORECASE)
_TO, _FROM = re.compile(r"\b(?:an|to)\b", re.IGNORECASE), re.compile(r"\b(?:von|from|by)\b", re.IGNORECASE)
# That somebody writes to somebody, where no mail is spoken of.
_WRITES = re.compile(
    r"\b(?:geschrieben|schreibt|schrieb|(?:an)?gemailt|mailte|wrote|written|writes?|(?:e-?)?mailed)\b",
    re.IGNORECASE,
)
# What is said of a mail besides names and its matter.
_SAYS_NOTHING = re.compile(
    r"\b(?:did|does|do|has|have|had|was|were|hat|haben|hatte|wurde|ist|war|about|thema|regarding)\b", re.IGNORECASE
)
_WORD = re.compile(r"[\w@.+-]*\w")
_LINE = re.compile(r"(From|To|Cc|Subject): (.*)")
# The head above the best of its document; and what it loses where nobody asks for it, as it says what the mail is about
# and nothing of that.
_ABOVE, _NAMES_ONLY = 1.0, -2.0
# One that tells what the question names stands so much above all else that what other mails say is no part of the answer;
# several stand by what their mails say.
_MEANT, _ORDER = 4.0, 0.01


def head_asked(question: str) -> bool:
    """Say whether a question asks for what stands in the head of a mail."""
    return bool(_MAIL.search(question) and _ASKS.search(question)) and any(
        pattern.search(question) for pattern in (_OF_HEAD, _WHO_ELSE)
    )


def heads_first(question: Question, scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the sentences, best first: heads of mails above the best of their document where such are asked for, else lower.

    Heads that tell what the question names of a mail come before all else.
    """
    asked, best = head_asked(question.text), best_scores(scored)
    meant = _meant(question, [one.hit for one in scored])
    top = max(best.values(), default=0.0)

    def placed(one: ScoredSentence) -> float:
        own = best[one.hit.document.id]
        if one.hit.document.id in meant:
            return top + _MEANT - _ORDER * (top - own)
        return own + _ABOVE if asked and not meant else one.score + _NAMES_ONLY

    mails = {hit.document.id for hit in {id(one.hit): one.hit for one in scored}.values() if _is_mail(hit)}
    if not mails:
        return list(scored)
    out: list[ScoredSentence] = []
    for one in scored:
        if one.hit.document.id not in mails:
            out.append(one)
        elif _of_head(one):
            out.append(replace(one, score=placed(one)))
        else:
            out.append(replace(one, score=one.score + _NAMES_ONLY) if _leads(one) and not asked else one)
    return best_first(out)


def head_answers(question: Question, hits: Sequence[Hit]) -> int:
    """Say whether the head of a mail at hand answers a question for one.

    1 where it is of a mail that speaks of what the question names, if it names anything, or where it tells that itself; -1
    where no mail at hand speaks of that; 0 where neither is so, and where no head is asked for.
    """
    mails = [hit for hit in hits if _is_mail(hit)]
    if _meant(question, mails):
        return 1
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


def _meant(question: Question, hits: Sequence[Hit]) -> frozenset[str]:
    """Return the ids of the mails whose heads tell most of what a question names: who is at the other end, and the subject.

    None is meant where no head is asked for, and none that lacks anything of what is named; without a word for mail, it must be
    somebody who wrote or got one.
    """
    text = question.text
    spoken = head_asked(text)
    lines = _other_end(text)
    if not (spoken or (lines and _WRITES.search(text) and _ASKS.search(text))):
        return frozenset()
    for pattern in (_MAIL, _OF_HEAD, _ASKS, _WRITES, _SAYS_NOTHING):
        text = pattern.sub(" ", text)
    named = " ".join(word for word in _WORD.findall(text) if word.casefold() not in FUNCTION)
    told: dict[str, tuple[int, int]] = {}
    for hit in {one.chunk.id: one for one in hits if _is_mail(one) and one.chunk.span.start == 0}.values():
        words = frozenset(analyse(named, hit.document.language))
        head = _head(hit)
        ends = words & frozenset().union(*(head[line] for line in lines if line in head))
        subject = words & head.get("Subject", frozenset())
        if (ends or (spoken and subject)) and words <= ends | subject | _said(hit.document.id, hits):
            told[hit.document.id] = (len(ends), len(subject))
    most = max(told.values(), default=None)
    return frozenset(identity for identity, of in told.items() if of == most)


def _other_end(text: str) -> tuple[str, ...]:
    """Return the lines of a head that hold those whom a question names: its addressees where it asks for the sender."""
    if _FROM_WHOM.search(text):
        return ("To", "Cc")
    if _TO_WHOM.search(text):
        return ("From",)
    if _WHO.search(text) or _TO.search(text):
        return ("To", "Cc")
    return ("From",) if _FROM.search(text) else ()


def _head(hit: Hit) -> dict[str, frozenset[str]]:
    """Return the words of the lines of a mail's head, by what they tell."""
    lines = map(_LINE.fullmatch, hit.text.partition("\n\n")[0].split("\n"))
    return {line[1]: frozenset(analyse(line[2], hit.document.language)) for line in lines if line}


def _said(document: str, hits: Sequence[Hit]) -> frozenset[str]:
    """Return the words of a document's hits below the head."""
    own = {hit.chunk.id: hit for hit in hits if hit.document.id == document}.values()
    texts = (hit.text.partition("\n\n")[2] if hit.chunk.span.start == 0 else hit.text for hit in own)
    return frozenset(
        word for hit, text in zip(own, texts, strict=True) for word in analyse(text, hit.document.language)
    )


def _of_head(one: ScoredSentence) -> bool:
    """Say whether a sentence of a mail is of its head, which ends with the first blank line."""
    return one.hit.chunk.span.start == 0 and "\n\n" not in one.hit.text[: one.span.start]


def _leads(one: ScoredSentence) -> bool:
    """Say whether a sentence is the line above what a mail quotes: who wrote that, and when."""
    above = heading_of(places_of(one.hit.places, one.span.start, one.span.end))
    return above == f"{SIGN}{' '.join(one.text.split())}"


def _is_mail(hit: Hit) -> bool:
    found = format_of(hit.document.name)
    return found is not None and found.label == "mail"
