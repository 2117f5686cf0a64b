"""The eval suite: gold facts, honest statistics, a gate that can block.

The way of a run, module by module: ``schema`` and ``loading`` read gold from YAML into ``cases``,
``rules`` refuse what is not sound; ``datasets`` make the same cases from question sets that others
wrote. ``asking`` puts every case to an engine and keeps ``replies``; ``facts`` finds which gold
facts a reply expresses, in which statement; ``metrics`` measure, one measure a file; ``results``
hold each value in one of three states, and ``figures`` average them over clusters with the
intervals of ``stats``. ``gate`` compares with the ``baseline`` and may block; ``sabotage`` proves
that it does; ``report`` writes it all down; ``cli`` is the edge.

The package uses the public face of ``rag``, and its reading of text.
"""
