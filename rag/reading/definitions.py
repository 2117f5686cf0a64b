"""What a question wants explained, and which sentence says what it is.

"What is meant by net rent?" is nearest to each sentence on net rents; the one that explains it says "net rent is", "net rent
means" or "E4: ...". Only words are compared, so nothing is known here of a sentence in another language, but for
abbreviations and names.
"""

from __future__ import annotations

import re

from rag.reading.stems import stems

# Behind a term: where or when it is meant, which need not stand beside it.
_SCOPE = (
    r"(?:\s(?:in|im|bei|beim|when|wenn|if|falls|as|according\sto|laut|nach|under|within|for\sthe\spurposes?|on\sthe|auf\sder|auf\sdem|auf\sden)\s[^?]*"
    r"|,[^?]*)?"
)
_TERM = r"[\"'“„‚‘»«*]*(?:(?:a|an|the|ein|eine|einer|einem|einen|der|die|das|den|dem|dass|that)\s)?(?P<term>[^?,]{2,60}?)[\"'“”‘’»«*]*"
_ASKED = tuple(
    re.compile(pattern.format(term=_TERM, scope=_SCOPE), re.IGNORECASE)
    for pattern in (
        r"^what\s(?:is|are|was|were)\smeant\sby\s{term}{scope}\s*\??$",
        r"^what\s(?:does|do|did)\s{term}\s(?:mean|stand\sfor|refer\sto|denote){scope}\s*\??$",
        r"^(?:what(?:\sis|'s|’s)\s)?(?:the\s)?(?:definition|meaning)\sof\s{term}{scope}\s*\??$",
        r"^(?:define|explain\sthe\sterm)\s{term}{scope}\s*[.?]?$",
        r"^what(?:\sis|\sare|'s|’s)\s{term}{scope}\s*\??$",
        r"^was\s(?:ist|sind|war|waren)\s(?:mit|unter)\s{term}\s(?:gemeint|zu\sverstehen){scope}\s*\??$",
        r"^was\s(?:bedeutet|bedeuten|heißt|heißen|bezeichnet|bezeichnen|meint|meinen)\s{term}{scope}\s*\??$",
        r"^was\s(?:versteht|meint)\s(?:man|ihr|\w+)\s(?:unter|mit)\s{term}{scope}\s*\??$",
        r"^wofür\s(?:steht|stehen)\s{term}{scope}\s*\??$",
        r"^(?:definiere|erkläre)\s{term}{scope}\s*[.?]?$",
        r"^was\s(?:ist|sind)\s{term}{scope}\s*\??$",
    )
)
# What explains behind the term. A bare "is" does so only before what names a kind.
_SAYS = re.compile(
    r"\b(?:(?:is|are|was|were)\s(?:an?|the|any|one\sof|when|defined|short\sfor|understood|called|known\sas)\b"
    r"|(?:means?|meant|denotes?|comprises?|includes?|refers?\sto|stands?\sfor|describes?|consists?\sof)\b"
    r"|(?:ist|sind|war|waren)\s(?:eine?[rsnm]?|der|die|das|jede[rs]?|alle|diejenigen?|wer|gemeint|die\sabkürzung)\b"
    r"|(?:bedeutet|bedeuten|heißt|bezeichnet|bezeichnen|umfasst|umfassen|meint|meinen|versteht|verstehen)\b|(?:steht|stehen)\sfür\b|(?:gilt|gelten)\sals\b)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[\W_]*(?P<term>[^:|–—=]{1,60}?)[*_\"'“”»«]*\s?(?:[:|=]|\s[–—-]\s)[*_]*\s?\S")
# What a term is called before it is named, which the sentence need not repeat.
_KIND = re.compile(
    r"^(?:(?:the|der|die|das|dem)\s)?(?:(?:error|fault)\s(?:code|message)|error|code|term|word|expression|abbreviation|acronym"
    r"|fehler(?:code|meldung)?|begriff|wort|ausdruck|abkürzung|kürzel)\s[\"'“„‚»]*(?=\S)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r",[^,]*,|\([^)]*\)")
# So many words more than the term's may stand before what explains it: "Unter", "In diesem Vertrag".
_MORE = 3


def term_asked(question: str) -> str | None:
    """Return the term that a question asks the meaning of; None where it asks something else."""
    found = next((match for pattern in _ASKED if (match := pattern.match(question))), None)
    return _KIND.sub("", found["term"].strip()) if found else None


def explains(term: str, text: str, language: str | None) -> bool:
    """Say whether a sentence says what the term is: the term leads it, and what explains stands right behind."""
    words = stems(term, language)
    if not words:
        return False
    label = _LABEL.match(text)
    if label and stems(label["term"], language) == words:
        return True
    says = _SAYS.search(text)
    if says is None:
        return False
    before = text[: says.start()]
    if says[0].casefold().startswith("versteh"):
        # "Unter Nettomiete versteht man", "by net rent is understood".
        before = text[: says.end()]
    before = _ASIDE.sub(" ", before)
    return words <= stems(before, language) and len(before.split()) <= len(term.split()) + _MORE
