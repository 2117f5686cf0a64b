"""What a question is about, and whether any passage speaks of it: "What does a trumpet cost?" is not answered by another price.

A short question is mostly frame: what it asks of a thing comes near to whatever tells that of another. So the words that name the
thing are looked at by themselves. By their vectors, as another word or another language may name it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rag.reading.stems import stems
from rag.records import Hit, Question
from rag.text.words import FUNCTION, LIGHT, MEASURES, MONTHS_AND_DAYS
from rag.tokens import Reading

_TELLS_NOTHING = FUNCTION | LIGHT | MEASURES | MONTHS_AND_DAYS
# A word of the thing itself comes nearer than this in a passage that speaks of it; in passages of other languages alone, not as near.
_NEAR, _ACROSS = 0.6, 0.5
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
# What is asked of a thing, and tells nothing of which.
_FRAME = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|ist|sind|war|waren|hat|haben|hatten?|wird|werden|kann|gibt|gab|sich"
    r"|what|which|when|where|who|whom|whose|how|why|welche\w*|wann|wo|wer|wen|wem|wie|warum|wozu|wieso|viel\w*|many|much"
    r"|kost\w*|costs?|preise?s?|prices?|teuer|expensive|wiegt|wiegen|weighs?|gewicht|weight|dauert?\w*|takes?|lasts?|lang|lange|long|hoch|high|tall|height|höhe"
    r"|groß|größe|size|big|large|alt|old|age|alter|weit|far|schnell|fast|öffn\w*|geöffnet|offen|opens?|opened|opening"
    r"|happen\w*|passier\w*|gescheh\w*|geschah|neue?s?|new|chang\w*|\w*änder\w*|tells?|says?|said|sagt\w*|means?|meant|bedeute\w*|works?|funktionier\w*"
    r"|needs?|brauch\w*|mach\w*|makes?|made|uses?|used|muss|müssen|soll\w*|must|should|may|might|darf|dürfen|documents?|dokument\w*|texte?s?|files?|datei\w*"
    r"|heiß\w*|names?|named|called|number|zahl|anzahl|\w*nummer|phone|euro|pounds?|dollars?|year|years|jahre?n?|tage?n?|days?|uhr|uhrzeit|times?|zeit)\Z",
    re.IGNORECASE,
)


def is_absent(question: Question, asked: Reading, hits: Sequence[Hit]) -> bool:
    """Say whether a question names a thing, and no hit has any of its words, nor comes near to one.

    ``asked`` is the question as it was embedded; where that has no tokens nothing is said to be absent.
    """
    near = [hit.matched.nearest for hit in hits if hit.matched and hit.matched.nearest]
    if not near or not len(asked.tokens):
        return False
    reach = np.max(np.array(near), axis=0)
    words = [word for word in _WORD.finditer(question.text) if not _is_frame(word[0])]
    tokens = [asked.touching([word.span()]) for word in words]
    least = _NEAR if any(hit.document.language == question.language for hit in hits) else _ACROSS
    if not words or any(of.any() and float(reach[of].mean()) >= least for of in tokens):
        return False
    return not any(_holds(hit, word[0]) for hit in hits for word in words)


def _is_frame(word: str) -> bool:
    return word.casefold() in _TELLS_NOTHING or _FRAME.match(word) is not None


def _holds(hit: Hit, word: str) -> bool:
    language = hit.document.language
    return bool(stems(word, language) & stems(f"{hit.document.title or ''} {hit.text}", language))
