"""Which language a text is in: German and English at once, others by a trained model.

Questions are short, and trained identifiers are weak there (py3langid takes "Wann?" for Hausa) and
cost half a second to load, which would double the time of a one-shot question. So function words
decide where they can, and the model is asked only where they are silent.
"""

from __future__ import annotations

import re
from functools import cache

KNOWN = ("de", "en")
"""Languages with an analyser, a sentence model and interface words of their own."""

_GERMAN = frozenset(
    """der die das den dem des ein eine einer eines einem einen und oder aber nicht kein keine ist sind war waren
    wird werden wurde wurden worden sei seien habe haben hat hatte hatten soll sollen sollte sollten kann können konnte
    muss müssen darf dürfen will wollen wollte wer wen wem wessen was wann wo wohin woher warum weshalb wieso wie viele
    viel welche welcher welches welchen welchem mit ohne für gegen auf aus bei bis nach seit von vor zu zum zur zwischen
    über unter durch um im am beim vom ins ans ich du er sie es wir ihr sich sein seine seiner ihre ihrer ihrem ihren
    dass daß ob als wenn weil denn doch noch schon auch nur sehr mehr gibt gab geht worum wofür wovon womit worüber
    wogegen diese dieser dieses diesen diesem hier dort jahr jahre welchem wieviel zusammen""".split()
)
_ENGLISH = frozenset(
    """the a an and or but not no is are was were be been being has have had do does did will would shall should can
    could may might must who whom whose what when where why how many much which with without for against on of off by
    from into to between over under through about after before since until than that this these those there here it its
    he she they we you his her their our i as if because while also only very more most at in out up down""".split()
)
# Words that both languages write alike say nothing about which one it is.
_SHARED = _GERMAN & _ENGLISH | {"in", "an", "war", "die", "will", "am", "so", "man", "hat", "also", "on", "du", "es"}
_OPENERS = {
    "de": frozenset("wer wen wem wessen was wann wo wohin woher warum weshalb wieso wie welche welcher welches".split()),
    "en": frozenset("who whom whose what when where why how which".split()),
}
_WORDS = re.compile(r"[^\W\d_]+")
_UMLAUT = re.compile(r"[äöüß]", re.IGNORECASE)
_SAMPLE = 20_000


def detect(text: str, *, default: str | None = None) -> str | None:
    """Return an ISO 639-1 code, or ``default`` where the text does not show its language.

    German and English are recognised by their function words; a text with few of them goes to
    py3langid, whose answer counts only when it is sure and the text is long enough to be judged.
    """
    words = [word.casefold() for word in _WORDS.findall(text[:_SAMPLE])]
    if not words:
        return default
    german = sum(word in _GERMAN and word not in _SHARED for word in words)
    english = sum(word in _ENGLISH and word not in _SHARED for word in words)
    weak_german = german + sum(word in _GERMAN and word in _SHARED for word in words)
    weak_english = english + sum(word in _ENGLISH and word in _SHARED for word in words)
    # The word that opens a question outweighs the names in it ("Wie oft reist Doctor Who allein?").
    german += 2 * (words[0] in _OPENERS["de"])
    english += 2 * (words[0] in _OPENERS["en"])
    if _UMLAUT.search(text) and max(weak_german, weak_english):
        german += 1
    # A short question shows itself by one word; a long text must show a density.
    need = 1 if len(words) < 12 else len(words) // 12
    if max(german, english) >= need and german != english:
        return "de" if german > english else "en"
    if max(weak_german, weak_english) >= need and weak_german != weak_english and len(words) < 12:
        return "de" if weak_german > weak_english else "en"
    return _trained(text[:_SAMPLE]) or default


@cache
def _model():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _trained(text: str) -> str | None:
    if len(text) < 12:
        return None
    language, probability = _model().classify(text)
    return str(language) if probability >= 0.4 else None
