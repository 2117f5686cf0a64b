"""Word by word: whether each word of a statement has its like in the evidence, in either language."""

from __future__ import annotations

from collections.abc import Sequence

from rag.checks.wording import Likeness, Said, words
from rag.text.folding import folded
from rag.text.words import FUNCTION

# Words that are alike in two languages are so by their sense; short ones are mostly small ones.
_SHORTEST = 4
# One word alone is often a figure of speech, or a verb that the other language does without.
_LEAST = 2


def words_have_their_like(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return how like the two words of a statement that have the least like in the quotes are to it, in [0, 1].

    A word is held against the word of the quotes whose state in the middle of the model is nearest to its own, in any
    language, by cosine (word alignment without training: Jalili Sabet et al. 2020, https://arxiv.org/abs/2004.08728). Words
    that mean little alone are left out; 1 where none is left.

    Not seen: who does what, and what is denied.
    """
    meant = [len(m[0]) >= _SHORTEST and folded(m[0]) not in FUNCTION for m in words(said.text)]
    given = [vectors for vectors in map(likeness.of_words, quotes) if len(vectors)]
    if not any(meant) or not given:
        return 1.0
    # Not before vectors are there: a receipt is checked again without a model, and so without NumPy.
    import numpy as np

    nearest = (likeness.of_words(said)[np.array(meant)] @ np.concatenate(given).T).max(axis=1)
    return float(np.clip(np.sort(nearest)[:_LEAST].mean(), 0, 1))
