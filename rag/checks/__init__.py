"""What is checked of a statement that is not one of its quotes: hard by its literals, soft by its wording.

``literals`` is the hard check (with ``quotations`` and ``bounds``). The soft ones each return a score in [0, 1] and say in their docstrings
what they do not see: ``figures`` (a figure beside its subject), ``negation`` (on ``polarity``), ``roles`` (who did
it), ``exchange`` (two words that changed places), ``additions`` (what is told on top), ``nouns`` and ``backing`` (statement against span, by vector and by
words), ``turned`` (a statement against its own contrary), ``alignment`` (each word against its like), on top of ``phrases``, ``clauses`` and ``wording``;
``combined`` makes one verdict of them. ``judge`` is the seam for a model that may drop, never add.
"""
