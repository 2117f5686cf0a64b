"""Negation: whether a statement affirms what the evidence affirms, and denies what it denies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.checks.phrases import clauses_of
from rag.checks.wording import Likeness, Said

# Words that turn a clause round, and of each pair of opposites the one that denies, lessens or undoes:
# "lehnte ab" is "did not approve", "fiel" is "did not rise". What counts is only whether their number is
# odd, so a pair's other word must not stand here.
_GERMAN = (
    r"nicht|kein\w*|nie|niemals|niemand\w*|nichts|ohne|weder|nirgends|keineswegs|statt|anstatt|anstelle"
    r"|un(?!d\b|ter|s\b|ser|ion|gar|iver|gefähr|fall|fäll|abhängig|mittelbar|d\w)[a-zäöü]{4,}|rechtswidrig\w*|illegal\w*|verfassungswidrig\w*"
    r"|verweiger\w*|weiger\w*|abgelehnt\w*|ablehn\w*|lehn(?:t|te|ten|en)|scheiter\w*|gescheitert|missl\w+|bestreit\w*|bestritt\w*|leugn\w*"
    r"|dementier\w*|verhinder\w*|verbiet\w*|verbot\w*|untersag\w*|geschlossen\w*|schließ\w*|entlass\w*|entließ\w*|kündig(?:t|te|ten)\s(?:ihr|ihm|ihnen)"
    r"|sink\w*|sank\w*|gesunken\w*|senk\w*|gesenkt\w*|fiel|fielen|gefallen|verringer\w*|reduzier\w*|gering\w*|wenig\w*|niedrig\w*"
    r"|kleiner\w*|verlor\w*|verlier\w*|verlust\w*|gegen|dagegen|freigesprochen|freispr\w*|sprach\b.*\bfrei\b|aufgehoben|aufheb\w*|abgesagt"
    r"|gestrichen|früher|anders|leer"
)
_ENGLISH = (
    r"not|\w+n[’']t|cannot|no|never|none|nobody|nothing|neither|nor|without|instead|rather"
    r"|un(?!der|til|less|ion|ions|ite|ited|ique|iver|its?\b)[a-z]{4,}|dissatisf\w*|dis(?:agree|approv|continu|like)\w*|illegal\w*|impossible"
    r"|refus\w*|reject\w*|turn(?:ed|s|ing)?\sdown|den(?:y|ies|ied|ying)|fail(?:s|ed|ing)?|declin\w*|prohibit\w*|ban(?:s|ned)?|prevent\w*|forb[aiy]\w*"
    r"|close[sd]?|closing|shut|lay(?:s|ing)?\soff|laid\soff|dismiss\w*|fir(?:ed|ing)|fell|fall(?:s|en|ing)?|dropp?\w*|lower\w*|cut(?:s|ting)?|reduc\w*"
    r"|decreas\w*|smaller|less|fewer|los(?:t|e|es|ing)|against|oppos\w*|acquit\w*|cancel\w*|scrapp\w*|abolish\w*|earlier|different\w*"
)
_TURNS = {
    "de": re.compile(rf"(?<!\w)(?:{_GERMAN})(?!\w)", re.IGNORECASE),
    "en": re.compile(rf"(?<!\w)(?:{_ENGLISH})(?!\w)", re.IGNORECASE),
}


def negation(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return how surely each clause of a statement is affirmed or denied as its like in the quotes is.

    A clause is denied where an odd number of words in it turns it round: negations, and of opposites the
    one that denies or lessens. Each clause of the statement is held against the clauses of the quotes,
    single and in neighbouring pairs; the score is 0.5 more than the lead, by vector, of those that are
    denied alike over those that are not; 0 where there is none of the former, 1 where there is none of
    the latter.

    Not seen: irony, "hardly", "only", opposites that are not in the lists, what a negation reaches
    within its clause, and languages other than German and English.
    """
    given = [clause for quote in quotes for clause in _candidates(quote)]
    return min(
        (_score(clause, given, likeness) for clause in clauses_of(said) if len(clause.text.split()) > 2), default=1.0
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
    return min(1.0, max(0.0, 0.5 + lead))


def denied(said: Said) -> bool:
    """Say whether an odd number of words turns a clause round."""
    pattern = _TURNS.get(said.language or "en", _TURNS["en"])
    return sum(1 for _ in pattern.finditer(said.text)) % 2 == 1


def _candidates(quote: Said) -> list[Said]:
    clauses = clauses_of(quote)
    return clauses + [Said(f"{one.text}, {other.text}", quote.language) for one, other in pairwise(clauses)]
