"""A question as it is worked on, and what kind of answer it asks for, in German and in English."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache

from rag.errors import FixInput
from rag.records import Question
from rag.text.language import detect


class Asks(Enum):
    """The kind of answer: a time, a number, a person, a place, a reason, or something else."""

    TIME = "time"
    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    OTHER = "other"


_UNTIL = r"(?:(?:bis|seit|ab|until|by|since|till)\s+)?"
_KINDS = (
    (Asks.NUMBER, r"wie\s*(?:viel|viele|vielen|vieler|hoch|groß|lange|oft|alt|teuer|weit|schwer)\b|how\s+(?:many|much|long|often|old|far|large|big|high|tall)\b|what\s+(?:percentage|share|number|amount)\b|in\s+welcher\s+höhe\b|(?:welche|what|which)\s+(?:summe|sum)\b|welche[nr]?\s+(?:betrag|anteil|prozentsatz)\b|was\s+(?:kost(?:e[nt]|eten?)|(?:hat|haben|hatten?)\b[^?]*\bgekostet)\b"),
    (Asks.TIME, _UNTIL + r"(?:wann|when)\b|um\s+wie\s*viel\s+uhr\b|(?:at\s+)?what\s+time\b|zu\s+welcher\s+(?:uhr)?zeit\b|\b(?:in\s+)?(?:welche[ms]?|what|which)\s+(?:jahr|monat|tag|datum|year|month|day|date)\b"),
    (Asks.REASON, r"(?:warum|weshalb|wieso|weswegen|wozu|why|for\s+what\s+reason|aus\s+welchem\s+grund)\b"),
    # The WHO and Doctor Who are asked about, not for.
    (Asks.PERSON, r"(?:von\s+|mit\s+|an\s+|für\s+|by\s+|with\s+|to\s+)?(?!(?-i:WHO\b|(?<=[^\s.?!:,] )Who\b))(?:wer|wen|wem|wessen|who|whom|whose)\b"),
    (Asks.PLACE, r"(?:von\s+)?(?:wo|wohin|woher|where)\b|\bin\s+(?:welche[mnr]?|what|which)\s+(?:stadt|ort|land|city|town|place|country)\b"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE)) for kind, pattern in _KINDS)


# A question is looked at again for each sentence that may answer it.
@lru_cache(256)
def asks(question: str) -> Asks:
    """Return the kind of answer that a question asks for; the first question word decides."""
    text = question.lower() if question.isupper() else question
    first = [(match.start(), order, kind) for order, (kind, p) in enumerate(_PATTERNS) if (match := p.search(text))]
    return min(first)[2] if first else Asks.OTHER


def clean_question(text: str, longest: int) -> Question:
    """Return the question in NFC, white space folded, with its language.

    Raises:
        FixInput: it is no text, empty, or longer than ``longest`` characters.
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise FixInput(f"The question is no text: {type(text).__name__}.", hint="Give it as a str.")
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    clean = " ".join(unicodedata.normalize("NFC", shown).split())
    if not any(c.isalnum() for c in clean):
        raise FixInput("The question is empty.", hint='Ask in words: rag ask "Who ...?"')
    if len(clean) > longest:
        raise FixInput(
            f"The question has {len(clean):,} characters; at most {longest:,} are taken.",
            hint="Shorten it, or raise max_question in rag.toml (RAG_MAX_QUESTION).",
        )
    return Question(clean, detect(clean))
