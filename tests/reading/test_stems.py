"""Words of a text as they are searched for."""

from __future__ import annotations

from rag.lexical import analyse
from rag.reading.stems import stems


def test_stems_are_those_of_the_word_index_in_the_language_of_the_text() -> None:
    for text, language in (("Die Schiffe kamen an.", "de"), ("The ships arrived.", "en"), ("", None)):
        assert stems(text, language) == frozenset(analyse(text, language))
    assert stems("ships", "en") == stems("Ship", "en")
