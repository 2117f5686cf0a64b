"""What a newcomer types first: "What is in here?", "Fasse zusammen", "Which documents are about China?".

No sentence of the documents answers such a question, but each document has one that opens it, or one
that speaks of the topic. Those are said, one a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.lexical import analyse
from rag.reading.scoring import ScoredSentence, span_text
from rag.records import Hit
from rag.snapshot import latest_first
from rag.text.places import find_places
from rag.text.words import word_set

MOST_DOCUMENTS = 10
"""How many documents an overview names, where nobody says how many."""

# A question of nothing but these words asks for all of it, if one of the second kind is among them.
_EMPTY = word_set(
    """a an and are as can could cover do does for from give have i in is it list make me my of one please say short show tell
    that the them there these they this to us we what what's which you your brief briefly main whole
    bitte da das dem den der des die dies diese diesem diesen dieser dieses du eigentlich ein eine einem einen
    einer er es euch fass fasse fassen fasst gib geben gibt ganz ganze hast habe haben ich im in ist kann kannst können kurz kurze
    kurzen liegen mach mache machen mal meine meinen mir sag sage sagen sie sind so steht stehen uns um und vor über von was welche welchen
    wichtigste wichtigsten zeig zu ihr
    ce ces c'est de des donne est il le les moi parle parlent que quels quoi s'il sont tout un une vous plaît qu'est"""
)
_ASKING = word_set(
    """about all covered tl dr alle allem allen alles contain contains content contents everything folder here overview outline recap subject subjects summarise summarize
    summary tldr topic topics
    article articles collection corpus document documents file files news source sources text texts
    behandeln berichten darin drin drinnen enthalten enthält geht geht's gehts handeln handelt hier inhalt inhalte thema themen überblick
    übersicht worum worüber wovon zusammen zusammenfassen zusammenfassung
    artikel artikeln datei dateien dokument dokumente dokumenten dokumenten korpus nachrichten ordner quelle quellen sammlung texte texten
    unterlagen
    contenu fichiers ici résume résumé résumer s'agit-il sujet sujets textes"""
)
_WORD = re.compile(r"[\w'’-]+")
_FILE = re.compile(r"[\"'„“”«»]?(?P<name>[\w()./+-]*\w\.[A-Za-z]\w{1,4})\b[\"'“”«»]?")
_KIND = (
    r"(?:documents?|articles?|texts?|files?|sources?|dokumente?n?|texte?n?|artikeln?|dateien|quellen|fichiers|textes)"
)
_LEAD = r"(?:(?:please|bitte)\s+)?(?:which|what|list|show|find|in\s+welche\w*|welche\w*|was|quels)"
_MEANWHILE = r"(?:of|me|all|the|do|der|den|die|steht|sagen|in)"
_VERB = (
    r"(?:are|is|talk|speak|deal|say|report|tell|have|something|anything|handeln|berichten|sprechen|reden|gehen|geht|es|sind|befassen|sich"
    r"|steht|stehen|etwas|informieren|parlent|traitent)"
)
_OF = (
    r"(?:about|with|mention|mentions|discuss|cover|concern|vom|von|über|um|mit|zu|zum|zur|erwähnen|behandeln|nennen|betreffen|wird|werden"
    r"|kommt|de|du|des|sur)"
)
_TOPIC = re.compile(
    rf"{_LEAD}(?:\s+{_MEANWHILE})*\s+{_KIND}(?:\s+{_VERB})*\s+{_OF}\s+(?P<topic>.+?)(?:\s+(?:erwähnt|behandelt|genannt|besprochen|vor))?",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|der|die|das|den|dem|des|eine?[mnr]?|an?|la|le|les)\s+", re.IGNORECASE)
_ENDS = re.compile(r"[.!…][\"'”“»)\]]*$")
# A sentence says something from so many words on; a line without an end from more of them.
_WORDS, _WORDS_OF_A_LINE = 6, 16
# A chunk this near to a topic speaks of it in other words; of other topics none comes nearer than .41.
_NEAR = 0.45


@dataclass(frozen=True, slots=True)
class Overview:
    """What is asked for: all documents, those that speak of a ``topic``, or the one of this ``name``."""

    topic: str | None = None
    name: str | None = None


def overview_asked(question: str) -> Overview | None:
    """Return what overview a question asks for; None for any other question."""
    file = _FILE.search(question)
    left = question.replace(file[0], " ") if file else question
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(left)]
    if words and (file or not _EMPTY.issuperset(words)) and (_EMPTY | _ASKING).issuperset(words):
        return Overview(name=file["name"] if file else None)
    found = _TOPIC.fullmatch(question.rstrip("?.!… "))
    topic = _ARTICLE.sub("", found["topic"].strip(" \"'„“”«»"), count=1) if found else ""
    return Overview(topic) if topic else None


def openings(hits: Sequence[Hit], each: int = 1) -> list[ScoredSentence]:
    """Return what each document says first, in the order of the hits, which are the documents' first chunks.

    Menus, headlines and captions say nothing: the first ``each`` sentences with an end and a few words are
    taken, or long lines; where there is none, the first sentence.
    """
    said: list[ScoredSentence] = []
    for below in _by_document(hits):
        sentences = [(hit, span, span_text(hit, span)) for hit in below for span in hit.chunk.sentences]
        first = [one for one in sentences if _says(one[2])][:each] or sentences[:1]
        said += [ScoredSentence(hit, span, text, 0.0, {}, 0.0) for hit, span, text in first]
    return said


def mentions(topic: str, hits: Sequence[Hit], scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the first sentence on a topic of each document that speaks of it; those with a sentence that names it first, then the latest.

    ``scored`` are the sentences of the hits, best first. A document speaks of a topic whose words, or
    whose places under any name, stand in its hits, or one of whose hits comes near enough.
    """
    said: list[ScoredSentence] = []
    named: set[str] = set()
    for below in _by_document(hits):
        if not _about(topic, below):
            continue
        own = [one for one in scored if one.hit.document.id == below[0].document.id]
        literal = [one for one in own if _holds(topic, [one.text], one.hit.document.language)]
        named |= {one.hit.document.id for one in literal}
        first = min(literal, key=lambda one: (not _says(one.text), one.span), default=own[0])
        said.append(replace(first, score=0.0))
    return sorted(said, key=lambda one: (one.hit.document.id not in named, latest_first(one.hit.document)))


def _by_document(hits: Iterable[Hit]) -> list[list[Hit]]:
    of: dict[str, list[Hit]] = {}
    for hit in hits:
        of.setdefault(hit.document.id, []).append(hit)
    return list(of.values())


def _says(text: str) -> bool:
    words = len(text.split())
    return words >= (_WORDS if _ENDS.search(text) else _WORDS_OF_A_LINE)


def _about(topic: str, hits: Sequence[Hit]) -> bool:
    near = max(max(hit.cosine, *hit.sentence_cosines) for hit in hits)
    return near >= _NEAR or _holds(topic, [hit.text for hit in hits], hits[0].document.language)


def _holds(topic: str, texts: Sequence[str], language: str | None) -> bool:
    """Say whether all words of a topic stand in the texts, also within longer words, or all its places do."""
    places = {place.key for place in find_places(topic)}
    if places and places <= {place.key for text in texts for place in find_places(text)}:
        return True
    held = {term for text in texts for term in analyse(text, language)}
    asked = analyse(topic, language)
    return bool(asked) and all(any(word in term for term in held) for word in asked)
