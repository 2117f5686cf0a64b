"""Clauses of a text, cut by what German and English put between them; no sentence is parsed."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.checks.wording import Said
from rag.text.words import word_set

PREPOSITIONS = word_set("""an auf aus bei beim bis durch für gegen gegenüber hinter in im ins mit nach neben ohne seit statt über um unter von vom
    vor wegen zu zum zur zwischen ab laut trotz at about after against among at before behind by for from in into of on over
    than through to toward towards under with without via between during since""")
DETERMINERS = word_set("""der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner ihr ihre ihren ihrem ihrer
    sein seine seinen seinem seiner dieser diese dieses diesen diesem the a an its his her their this these those no our""")
_CLAUSE = re.compile(r"[;:](?=\s)|(?<=[^\W\d_]{3})[.!?](?=\s|$)|(?<=\s[a-zäöüß]{2})[.!?](?=\s+[A-ZÄÖÜ])|\s[–—]\s|,\s")
CONJUNCTIONS = word_set("""und aber sondern dass weil nachdem während obwohl wobei denn die der das dessen deren den dem which who whose that
    but and while because after although where""")
_INFINITIVE = re.compile(r"\bzu\s\w+n\b|\b\w+zu\w+en\b")
_NEW_SUBJECT = re.compile(
    r"(?:[A-ZÄÖÜ][\w’'-]*\s)+(?!and\b|or\b|und\b|oder\b|sowie\b|of\b|in\b|from\b|at\b|aus\b|von\b|der\b|des\b|the\b|zu\b|to\b)[a-zäöü]+"
)
_LEAST = 3
# Where a clause without a comma turns to something else; "und" and "statt" only where a quote is taken apart.
_TURN = (
    r"\s(?=(?:but|while|whereas|after|because|when|if|unless|although|though|aber|sondern|nachdem|weil)\s)"
    r"|,\s(?=(?:nicht|not)\s)|\s(?=(?:und nicht|and not)\s)"
)
_PART = re.compile(_TURN)
_STATEMENT = re.compile(_TURN + r"|\s(?=that\s)")
_PIECE = re.compile(_TURN + r"|,\s|\s(?=(?:that|und|and|statt|anstatt|instead|rather than)\s)")
# Whose word it is, not who acts: "nach dem Willen der USA", "according to five sources".
_WORD_OF = re.compile(
    r"\b(?:[Ll]aut|[Nn]ach (?:dem Willen|Angaben|Ansicht|Meinung|Auskunft|Einschätzung)|[Aa]ccording to)\s(?:[a-zäöüß]+\s){0,3}?"
    r"(?:[A-ZÄÖÜ][\w.’'-]*|sources|officials|people|reports)(?:\s(?:der|des|of|von|vom)\s[A-ZÄÖÜ][\w.’'-]*|\s[A-ZÄÖÜ][\w.’'-]*)*"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*|\d+")


@lru_cache(maxsize=1024)
def clauses_of(said: Said) -> tuple[Said, ...]:
    """Return the clauses of a text, cut where a conjunction, a relative pronoun, a new subject or a stop stands.

    What is shorter than three words stays with what follows it ("Unklar bleibt, ob ...").
    """
    found: list[Said] = []
    text, at = said.text, 0
    for mark in (*_CLAUSE.finditer(text), None):
        if mark is not None and mark[0].strip() == ",":
            here = text[at : mark.start()]
            if len(here.split()) < _LEAST or _goes_on(here, text[mark.end() :], said.language):
                continue
        clause = _WORD_OF.sub(" … ", text[at : mark.start() if mark else len(text)]).strip()
        if clause:
            found.append(Said(clause, said.language))
        at = mark.end() if mark else at
    return tuple(found)


def parts_of(said: Said) -> list[Said]:
    """Return the clauses of a text, cut once more where a conjunction turns to something else ("but", "if")."""
    return [part for clause in clauses_of(said) for part in _cut(clause, _PART)]


def deeds_of(said: Said) -> list[Said]:
    """Return the clauses of a text, cut where an actor may change: parts, and what stands behind "that"."""
    return [part for clause in clauses_of(said) for part in _cut(clause, _STATEMENT)]


def pieces_of(said: Said) -> list[Said]:
    """Return the clauses of a text, and all that can be set apart in them, also by "and" and "instead of"."""
    found: list[Said] = []
    for clause in clauses_of(said):
        pieces = [*_cut(clause, _PART), *_cut(clause, _PIECE)]
        found += dict.fromkeys((clause, *pieces))
    return found


def _cut(clause: Said, at: re.Pattern[str]) -> list[Said]:
    parts: list[str] = []
    for part in at.split(clause.text):
        if parts and (len(part.split()) < _LEAST or len(parts[-1].split()) < _LEAST):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part.strip())
    return [Said(part, clause.language) for part in parts]


def _goes_on(here: str, behind: str, language: str | None) -> bool:
    """Say whether a clause goes on behind a comma: with a phrase, with an infinitive, or behind an apposition."""
    word = _WORD.match(behind)
    if word is None:
        return True
    low = word[0].casefold()
    rest = re.split(r"[,;:]|\.\s", behind, maxsplit=1)[0]
    if language == "de" and _INFINITIVE.search(rest):
        return True
    if language != "de" and re.fullmatch(r"[a-z]{2,}ing", low):
        return False
    if low in CONJUNCTIONS or (_NEW_SUBJECT.match(rest) and not here[-1:].isdigit()):
        return False
    if language != "de" or word[0][0].isupper() or low in PREPOSITIONS | DETERMINERS:
        return True
    between = here.rpartition(",")[2] if "," in here else ""
    return bool(between) and all(one[0].isupper() for one in between.split())
