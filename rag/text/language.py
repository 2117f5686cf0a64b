"""Which language a text is in: German and English at once, others by a trained model.

Questions are short, and trained identifiers are weak there (py3langid takes "Wann?" for Hausa) and
cost half a second to load, which would double the time of a one-shot question. So function words
decide where they can, and the model is asked only where they are silent.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

KNOWN = ("de", "en")
"""Languages with an analyser, a sentence model and interface words of their own."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_GERMAN = _set(
    """der die das den dem des ein eine einer eines einem einen und oder aber nicht kein keine ist sind war waren
    wird werden wurde wurden worden sei seien habe haben hat hatte hatten soll sollen sollte sollten kann können konnte
    muss müssen darf dürfen will wollen wollte wer wen wem wessen was wann wo wohin woher warum weshalb wieso wie viele
    viel welche welcher welches welchen welchem mit ohne für gegen auf aus bei bis nach seit von vor zu zum zur zwischen
    über unter durch um im am beim vom ins ans ich du er sie es wir ihr sich sein seine seiner ihre ihrer ihrem ihren
    dass daß ob als wenn weil denn doch noch schon auch nur sehr mehr gibt gab geht worum wofür wovon womit worüber
    wogegen diese dieser dieses diesen diesem hier dort jahr jahre wieviel zusammen"""
)
_ENGLISH = _set(
    """the a an and or but not no is are was were be been being has have had do does did will would shall should can
    could may might must who whom whose what when where why how many much which with without for against on of off by
    from into to between over under through about after before since until than that this these those there here it its
    he she they we you his her their our i as if because while also only very more most at in out up down"""
)
# Words that both languages write alike say nothing about which one it is.
_SHARED = _GERMAN & _ENGLISH | _set("in an war die will am so man hat also on du es")
_OPENERS = {
    "de": _set("wer wen wem wessen was wann wo wohin woher warum weshalb wieso wie welche welcher welches"),
    "en": _set("who whom whose what when where why how which"),
}
# Function words of neighbours that neither German nor English has. Among them "des", "do" or "de"
# do not speak for German or English any more: the trained model decides.
_FOREIGN = _set(
    """le la les un une est sont et que qui quoi dans pour avec sur pas quel quelle quels quelles où quand pourquoi
    combien comment au aux ont el los las una y por qué quién cuándo cuál cómo dónde con del al il lo gli della di chi
    che perché quando è e o os são não het een van zijn deze niet worden wanneer waar wat hoe waarom kto jest nie się w z
    na że czy jak kiedy gdzie dlaczego ile która które który od dla kdo je se si že kde och är att inte som vad när
    hvad hvem og ikke bir bu ve için ne mi mu nasıl neden kim kaç"""
)
_WORDS = re.compile(r"[^\W\d_]+")
_UMLAUT = re.compile(r"[äöüß]", re.IGNORECASE)
_SAMPLE = 20_000
# The model needs so many characters, and to be so sure, before its answer counts.
_TRAINED_LENGTH = 12
_TRAINED_SURE = 0.4


def detect(text: str, *, default: str | None = None) -> str | None:
    """Return an ISO 639-1 code, or ``default`` where the text does not show its language.

    German and English are recognised by their function words; a text with few of them, or with as
    many of other languages, goes to py3langid, whose answer counts only when it is sure and the text
    is long enough to be judged.
    """
    sample = text[:_SAMPLE]
    words = [word.casefold() for word in _WORDS.findall(sample)]
    if not words:
        return default
    return _by_function_words(words, umlaut=_UMLAUT.search(sample) is not None) or _trained(sample) or default


def _by_function_words(words: list[str], *, umlaut: bool) -> str | None:
    german = sum(word in _GERMAN and word not in _SHARED for word in words)
    english = sum(word in _ENGLISH and word not in _SHARED for word in words)
    weak_german = german + sum(word in _GERMAN and word in _SHARED for word in words)
    weak_english = english + sum(word in _ENGLISH and word in _SHARED for word in words)
    foreign = sum(word in _FOREIGN for word in words)
    # The word that opens a question outweighs the names in it ("Wie oft reist Doctor Who allein?").
    german += 2 * (words[0] in _OPENERS["de"])
    english += 2 * (words[0] in _OPENERS["en"])
    if umlaut and max(weak_german, weak_english):
        german += 1
    # A short question shows itself by one word; a long text must show a density.
    short = len(words) < 12
    need = max(1 if short else len(words) // 12, foreign + (foreign > 0))
    if max(german, english) >= need and german != english:
        return "de" if german > english else "en"
    if short and max(weak_german, weak_english) >= need and weak_german != weak_english:
        return "de" if weak_german > weak_english else "en"
    return None


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _trained(text: str) -> str | None:
    if len(text) < _TRAINED_LENGTH:
        return None
    language, probability = _model().classify(text)
    return str(language) if probability >= _TRAINED_SURE else None
