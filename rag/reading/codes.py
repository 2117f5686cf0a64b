"""Models and versions that a question names by a code: "BX-60", "Quillpad 5.0". What is told of another is no answer.

A code has one spelling in every language, but for hyphens and blanks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.records import Hit

_MODEL = re.compile(r"\b[A-ZÄÖÜ]{1,5}-?\d{1,5}[A-Za-z]?(?![\w-])")
# A number with a point is a version behind a name or a word for one; else it may be a price, a date or a measure.
_VERSION = re.compile(
    r"\b(?:(?-i:[A-ZÄÖÜ][\w-]*)|version|release|fassung)\sv?(\d{1,3}(?:\.\d{1,4}){1,3})(?![\w,%]|\.\d|\s?[€$£]|\s(?:[kc]?g|[kcm]?m|m?l|h|ha|t|euros?|eur|pounds?|dollars?|percent|prozent|uhr|grad|degrees|mio|mrd|million|billion)\b)",
    re.IGNORECASE,
)
_APART = re.compile(r"[\W_]+")


def is_unknown(question: str, hits: Sequence[Hit]) -> bool:
    """Say whether a question names a model or a version of which no hit has the code, nor its document's title or name."""
    models, versions = _codes(question)
    if not models and not versions:
        return False
    text = "\n".join(f"{hit.document.title or ''}\n{hit.document.name}\n{hit.text}" for hit in hits)
    plain = _APART.sub("", text).casefold()
    return any(model not in plain for model in models) or any(not _told(version, text) for version in versions)


@lru_cache(256)
def _codes(question: str) -> tuple[frozenset[str], frozenset[str]]:
    models = frozenset(_APART.sub("", code).casefold() for code in _MODEL.findall(question))
    return models, frozenset(_VERSION.findall(question))


def _told(version: str, text: str) -> bool:
    """Say whether a text has a version, also as "version 5" or "v5" for 5.0."""
    whole = re.sub(r"(?:\.0)+\Z", "", version)
    written = rf"(?<![\d.]){re.escape(version)}(?!\d)|\b(?:version|release|fassung|v)\s?{re.escape(whole)}(?![\d])"
    return re.search(written, text, re.IGNORECASE) is not None
