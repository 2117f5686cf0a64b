"""The words of a text as they are searched for, kept: a server meets the same sentences over and over."""

from __future__ import annotations

from functools import lru_cache

from rag.lexical import analyse

# Texts whose words are kept, some 10 MB.
_REMEMBERED = 8192


@lru_cache(_REMEMBERED)
def stems(text: str, language: str | None) -> frozenset[str]:
    """Return the stems of a text's words, as the word index has them."""
    return frozenset(analyse(text, language))
