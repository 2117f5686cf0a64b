"""Questions for what somebody said: "What did Morag say about the pump?" What another said is no answer to them.

Who said a sentence is told by it, by the sentences before it, by the line above what a mail quotes, or by the head of the mail.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.reading.around import above, text_from
from rag.reading.scoring import ScoredSentence
from rag.text.places import find_places
from rag.text.spelling import ALIKE, plain, spelled_alike
from rag.text.words import FUNCTION, word_set

_SAYS = (
    r"(?:say|said|think|thought|write|wrote|written|propose|suggest|tell|told|comment|argue|report|claim|criticis?z?e|promise|warn|announce"
    r"|recommend|mention|explain)e?d?"
)
_SAGT = r"(?:sag|mein|schr|bericht|denk|dacht|erklär|verspr|kritisier|äußer|warn)\w*"
_GESAGT = r"(?:gesagt|gemeint|geschrieben|berichtet|vorgeschlagen|geäußert|erklärt|versprochen|mitgeteilt|kritisiert|angekündigt)"
_ASKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bwhat\s(?:did|does|do|has|have|had)\s(?P<who>[^?,]{{2,60}}?)\s{_SAYS}\b",
        rf"\b(?:was|wie)\s{_SAGT}\s(?:sich\s)?(?P<who>[^?,]{{2,60}}?)(?:\s(?:zu[rm]?|über|von|vom|wegen|dazu|darüber)\b|\?|\Z)",
        rf"\bwas\s(?:hat|haben|hatte|hatten)\s(?P<who>[^?,]{{2,60}}?)\s(?:(?:zu[rm]?|über|von|vom|wegen|dazu|darüber)\b[^?]*\s)?{_GESAGT}\b",
    )
)
_NAME = re.compile(r"\b[A-ZÄÖÜ][\w-]+")
_TITLES = word_set("frau herr herrn dr prof professor mr mrs ms miss sir lord lady")
# So many characters at the beginning of a name are alike in the languages, and in all of its forms.
_PREFIX = 5
# Whoever is named by more words is described.
_MOST = 5
# How many sentences back it may stand who speaks.
_BACK = 3


@lru_cache(256)
def speakers_asked(question: str) -> frozenset[str]:
    """Return the names of those of whom it is asked what they said; nothing where it is not asked, or of nobody by name."""
    found = next((match for pattern in _ASKED if (match := pattern.search(question))), None)
    # "Washington demands": what stands for a government has other names, too.
    if found is None or len(found["who"].split()) > _MOST or find_places(found["who"]):
        return frozenset()
    return frozenset(map(str.casefold, _NAME.findall(found["who"]))) - FUNCTION - _TITLES


def of_another(question: str, one: ScoredSentence) -> bool:
    """Say whether a question is for what somebody said, and nothing tells that a sentence is theirs, or speaks of them."""
    names = speakers_asked(question)
    if not names:
        return False
    near = frozenset(_NAME.findall(f"{text_from(one, _BACK)} {above(one)} {one.hit.document.author or ''}"))
    return not any(_is_same(plain(name), plain(word)) for name in names for word in near)


def _is_same(one: str, other: str) -> bool:
    """Say whether two plain names are one in another form, or as another language writes it ("Zelensky", "Selenskyj")."""
    return one[:_PREFIX] == other[:_PREFIX] or spelled_alike(one, other, ALIKE)
