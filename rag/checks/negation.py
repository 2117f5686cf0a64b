"""Negation: whether a statement affirms what the evidence affirms, and denies what it denies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.checks.phrases import clauses_of, parts_of, pieces_of
from rag.checks.wording import Likeness, Said, named, terms
from rag.text.numbers import find_numbers

# Words that turn a clause round, and of each pair of opposites the one that denies, lessens or undoes:
# "lehnte ab" is "did not approve", "fiel" is "did not rise". What counts is only whether their number is
# odd, so a pair's other word must not stand here.
_GERMAN = (
    r"nicht|kein\w*|(?<!wie )nie|niemals|niemand\w*|nichts|ohne|weder|nirgends|keineswegs|statt|anstatt|anstelle"
    r"|un(?!d\b|ter|s\b|ser|ion|gar|iver|gefähr|fall|fäll|abhängig|mittelbar|d\w)[a-zäöü]{4,}|rechtswidrig\w*|illegal\w*|verfassungswidrig\w*"
    r"|verweiger\w*|weiger\w*|abgelehnt\w*|ablehn\w*|lehn(?:t|te|ten|en)|scheiter\w*|gescheitert|missl\w+|bestreit\w*|bestritt\w*|leugn\w*"
    r"|dementier\w*|verhinder\w*|verbiet\w*|verbot(?:en)?|untersag\w*|geschlossen\w*|schließ\w*|entlass\w*|entließ\w*|kündig(?:t|te|ten)\s(?:ihr|ihm|ihnen)"
    r"|sink\w*|sank\w*|gesunken\w*|senk\w*|gesenkt\w*|(?:fiel|fielen)(?![^,;]*\saus\b)|gefallen|verringer\w*|reduzier\w*|gering\w*|wenig\w*|niedrig\w*"
    r"|kleiner\w*|verlor\w*|verlier\w*|verlust\w*|gegen|dagegen(?=\s*(?:[,.;]|$|gestimmt|gewesen))|freigesprochen|freispr\w*|sprach\b.*\bfrei\b|aufgehoben|aufheb\w*|abgesagt"
    r"|gestrichen|früher\sals|anders|leer|kritisier\w*|verfehl\w*|verpass\w*|blockier\w*"
)
_ENGLISH = (
    r"not|\w+n[’']t|cannot|no|never|none|nobody|nothing|neither|nor|without|instead|rather\sthan"
    r"|un(?!der|til|less|ion|ions|ite|ited|ique|iver|its?\b)[a-z]{4,}|dissatisf\w*|dis(?:agree|approv|continu|like)\w*|illegal\w*|impossible"
    r"|refus\w*|reject\w*|turn(?:ed|s|ing)?\sdown|den(?:y|ies|ied|ying)|fail(?:s|ed|ing|ure)?|declin\w*|prohibit\w*|banned|prevent\w*|forb[aiy]\w*"
    r"|close[sd]?|closing|shut|lay(?:s|ing)?\soff|laid\soff|dismiss\w*|fir(?:ed|ing)|fell|fall(?:s|en|ing)?|dropp?\w*|lower\w*|cut(?:s|ting)?|reduc\w*"
    r"|decreas\w*|smaller|less|fewer|los(?:t|e|es|ing)|against|oppos\w*|acquit\w*|cancel\w*|criticis\w*|criticiz\w*|miss(?:ed|es|ing)|block(?:s|ed|ing)?|scrapp\w*|abolish\w*|earlier\sthan|different\w*"
)
_WORDS = 0.5
_TURNS = {
    "de": re.compile(rf"(?<!\w)(?:{_GERMAN})(?!\w)", re.IGNORECASE),
    "en": re.compile(rf"(?<!\w)(?:{_ENGLISH})(?!\w)", re.IGNORECASE),
}


def negation(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return how surely each clause of a statement is affirmed or denied as its like in the quotes is.

    A clause is denied where an odd number of words in it turns it round: negations, and of opposites the
    one that denies or lessens. Each clause of the statement is held against the clauses of the quotes,
    single, in pieces and in neighbouring pairs; the score is 0.5 more than the lead, by vector and by shared
    words, of those that are denied alike over those that are not; 0 where there is none of the former, 1 where there is none of
    the latter.

    Not seen: irony, "hardly", "only", opposites that are not in the lists, what a negation reaches
    within its clause, and languages other than German and English.
    """
    given = [clause for quote in quotes for clause in _candidates(quote)]
    return min(
        (_score(clause, given, likeness) for clause in parts_of(said) if len(clause.text.split()) > 2), default=1.0
    )


def _score(clause: Said, given: Sequence[Said], likeness: Likeness) -> float:
    odd = denied(clause)
    alike = [one for one in given if denied(one) == odd]
    unlike = [one for one in given if denied(one) != odd]
    if not unlike:
        return 1.0
    if not alike:
        return 0.0
    lead = max(likeness(clause, one) for one in alike) - max(likeness(clause, one) for one in unlike)
    return min(1.0, max(0.0, 0.5 + lead + _WORDS * _lead(clause, alike, unlike)))


def _lead(clause: Said, alike: Sequence[Said], unlike: Sequence[Said]) -> float:
    """Return how many more of the clause's words the best of one side holds, as a share of those held by either.

    Across languages only names and figures could be shared, which says too little: 0.
    """
    own = _subject(clause)
    best = [max((own & _subject(one) for one in side), key=len) for side in (alike, unlike)]
    if clause.language != unlike[0].language:
        return 0.0
    return (len(best[0]) - len(best[1])) / max(1, len(best[0] | best[1]))


def _subject(said: Said) -> frozenset[str]:
    """Return the words of a clause without those that turn it round."""
    plain = Said(_pattern(said.language).sub(" ", said.text), said.language)
    return terms(plain) | named(plain) | {f"{number.value:f}" for number in find_numbers(plain.text, plain.language)}


def denied(said: Said) -> bool:
    """Say whether an odd number of words turns a clause round."""
    return sum(1 for _ in _pattern(said.language).finditer(said.text)) % 2 == 1


def _pattern(language: str | None) -> re.Pattern[str]:
    return _TURNS["de" if language == "de" else "en"]


def _candidates(quote: Said) -> list[Said]:
    """Return the pieces of a quote, and neighbouring clauses together.

    Where only one of two neighbours is denied they count together only if a comma alone parts them:
    what one sentence denies does not reach into the next.
    """
    pairs = [(one, other, f"{one.text}, {other.text}") for one, other in pairwise(clauses_of(quote))]
    near = (both for one, other, both in pairs if both in quote.text or denied(one) == denied(other))
    return [*pieces_of(quote), *(Said(both, quote.language) for both in near)]
