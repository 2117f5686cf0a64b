"""The spellings that one German word has, with umlauts and without."""

from __future__ import annotations

import itertools
import re

# Spellings that both occur for the same German word; a question looks for either. The German
# stemmer knows that by itself; in a text of another language nobody else does.
_SPELLINGS = {
    one: (one, other)
    for pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))
    for one, other in (pair, pair[::-1])
}
_SPELT = re.compile("|".join(_SPELLINGS) + "|.", re.DOTALL)
_MAX_SPELLINGS = 16


def spellings(word: str) -> list[str]:
    """Return the other spellings of a word in lower case; each umlaut is taken by itself."""
    pieces = (_SPELLINGS.get(piece, (piece,)) for piece in _SPELT.findall(word))
    return ["".join(chosen) for chosen in itertools.islice(itertools.product(*pieces), 1, _MAX_SPELLINGS)]
