"""Offices that a question asks the holder of: "Who is the treasurer?" What another office-holder did is no answer.

An office has names in both languages, and one may be told by what its holder does or where: "ran the defence ministry".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.reading.around import above, text_from
from rag.reading.scoring import ScoredSentence
from rag.records import Hit

# The same office by its names, as patterns at the beginning of a word or in a German compound. The first that fits counts, so that
# a deputy is none of those whom he stands for. Who follows and who went before count as offices of their own.
_NAMES = {
    "deputy": r"(?:stellvertret\w*|deput(?:y|ies))(?:\s\w+)?|vize\w*|vice[\s-]\w+",
    "defence": r"verteidigungs(?:minist|ressort)\w*|(?:defen[cs]e)\s(?:minist\w*|secretar\w*)|secretar\w+\sof\sdefen[cs]e",
    "foreign": r"außenminist\w*|foreign\s(?:minist\w*|secretar\w*)|secretar\w+\sof\sstate|auswärtige\w*\samt\w*",
    "interior": r"innenminist\w*|interior\sminist\w*|home\ssecretar\w*",
    "finance": r"finanzminist\w*|finance\sminist\w*|(?:secretar\w+\sof\s(?:the\s)?)?treasury\b",
    "health": r"gesundheitsminist\w*|health\s(?:minist\w*|secretar\w*)",
    "head_of_government": r"ministerpräsident\w*|premier(?:minist\w*)?\b|prime\sminist\w*|regierungschef\w*|heads?\sof\sgovernment",
    "chancellor": r"\w*kanzler\w*|chancellor\w*",
    "secretary_general": r"generalsekretär\w*|secretar\w+[\s-]general",
    "spokesman": r"\w*sprecher\w*|spokes\w+",
    "head_of_state": r"(?:bundes|staats)?präsident(?:en|in|innen)?\b|presidents?\b|staatsoberh\w*|heads?\sof\sstate",
    "mayor": r"\w*bürgermeister\w*|(?:lord\s)?mayors?\b",
    "treasurer": r"schatzmeister\w*|kassenwart\w*|kassier\w*|kassenführ\w*|treasurers?\b",
    "manager": r"geschäftsführ\w*|managing\sdirectors?|chief\sexecutives?|\bceos?\b",
    "successor": r"nachfolg\w*|succeed(?:s|ed)?\b|successors?\b",
    "predecessor": r"vorgänger\w*|predecessors?\b",
    "ambassador": r"botschafter\w*|ambassadors?\b",
}
# Other ways to tell of one who follows.
_FOLLOWS = re.compile(
    r"\b(?:ab(?:ge)?löst\w*|folgte?n?\b|übern(?:imm|ahm|omm)\w*|ersetz\w*|replac\w+|took\sover|takes\sover|follow\w*)",
    re.IGNORECASE,
)
# What asks for the holder of what comes next, and not whom the president met: "Wer leitet", "Who was", "Which chancellor", "names of".
_HOLDER = re.compile(
    r"\bwer\s(?:ist|war|wird|wurde|leitete?|führte?|bekleidete?)\b|\bwho\s(?:is|was|became|becomes|ran|runs|heads|headed|leads|led|chairs|chaired|holds|held|serves|served"
    r"|succeed\w*)\b|\bwie\s(?:hei(?:ß|ss)\w*|lautet\sder\sname)|\bnames?\sof\b",
    re.IGNORECASE,
)
_WHICH = re.compile(r"\b(?:which|what|welche[rs]?)\s(?:\w+\s)?\Z", re.IGNORECASE)


def is_of_another_office(question: str, one: ScoredSentence, hits: Sequence[Hit]) -> bool:
    """Say whether a question asks for the holder of an office, and a sentence tells of others, or no hit tells of that office.

    It tells of an office, too, by the sentence before and by what it stands under. Of several offices in a question the first is
    asked for: "Who was president when the ministers met?" Not seen: an office that is not listed, and of which state or firm it is.
    """
    asked = _pattern().search(question)
    if asked is None or not (_HOLDER.search(question) or _WHICH.search(question, 0, asked.start())):
        return False
    if asked.lastgroup == "successor" and _FOLLOWS.search(_near(one)):
        return False
    if _offices(one.text):
        return asked.lastgroup not in _offices(_near(one))
    named = _one(str(asked.lastgroup))
    return not any(named.search(hit.document.title or "") or named.search(hit.text) for hit in hits)


def _near(one: ScoredSentence) -> str:
    return f"{text_from(one, 1)} {above(one)}"


def _offices(text: str) -> set[str | None]:
    """Return the offices that a text names."""
    return {found.lastgroup for found in _pattern().finditer(text)}


@cache
def _pattern() -> re.Pattern[str]:
    groups = (rf"(?P<{name}>(?:\w*-)?(?:{pattern}))" for name, pattern in _NAMES.items())
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})", re.IGNORECASE)


@cache
def _one(name: str) -> re.Pattern[str]:
    """Return what finds one office alone, several times as fast."""
    return re.compile(rf"(?<!\w)(?:\w*-)?(?:{_NAMES[name]})", re.IGNORECASE)
