"""Dense search in Chroma: the only importer of chromadb.

One collection for each shard (a language), so that a folder of one language is searched the same
whether or not documents of another lie beside it. Chroma proposes; exact cosines come from the
catalog's own vectors. They are kept in the index's folder, which one process may write at a time, or
on a Chroma server.
"""

from rag.vectors.connection import ChromaServer
from rag.vectors.folder import discard
from rag.vectors.home import Home, Memory, born, inherited
from rag.vectors.server import ServerVectors
from rag.vectors.store import RebuildShared, VectorStore, add

__all__ = [
    "ChromaServer",
    "Home",
    "Memory",
    "RebuildShared",
    "ServerVectors",
    "VectorStore",
    "add",
    "born",
    "discard",
    "inherited",
]
