"""``rag mcp``."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import options
from rag.cli.output import note
from rag.errors import FixStorage, RetryLater

if TYPE_CHECKING:
    from rag.engine import LocalEngine
    from rag.receipts import Verification
    from rag.records import Answer, Document, DocumentInfo, Filters, Hit


def mcp(
    docs: options.Docs = None,
    index: options.Index = None,
    no_sync: Annotated[bool, typer.Option("--no-sync", help="Do not look for changed documents.")] = False,
) -> None:
    """Serve agents over the Model Context Protocol, on standard input and output.

    A client starts this command itself. The folder is indexed first where there is no index yet;
    before each question, what changed in it is taken in. The same tools stand under /mcp of rag serve.
    """
    from rag.engine import connect
    from rag.mcp import serve_stdio

    with connect(options.settings(docs=docs, index=index)) as engine:
        serve_stdio(_Fresh(engine, follow=not no_sync))


class _Fresh:
    """The engine, with what changed in its folders taken in before each question."""

    def __init__(self, engine: LocalEngine, *, follow: bool) -> None:
        self._engine = engine
        self._follow = follow
        self._lock = threading.Lock()

    def ask(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Answer:
        return self._updated().ask(question, filters, top=top)

    def search(self, question: str, filters: Filters | None = None, *, limit: int = 10) -> list[Hit]:
        return self._updated().search(question, filters, limit=limit)

    def documents(self) -> list[DocumentInfo]:
        return self._updated().documents()

    def document(self, which: str) -> Document:
        return self._engine.document(which)

    def verify(self, receipt: Answer) -> Verification:
        return self._engine.verify(receipt)

    def _updated(self) -> LocalEngine:
        """Index the folder where there is no index yet, else follow it; an index that is busy serves as it is."""
        from rag.sources import default_docs, nothing_named

        engine, chosen = self._engine, self._engine.settings.docs
        with self._lock:
            if not engine.has_index:
                folder = default_docs(engine.settings)
                if folder is None:
                    raise nothing_named()
                engine.ingest(folder, sync=True)
            elif self._follow and (folders := [chosen] if chosen is not None else engine.followed()):
                try:
                    for _ in engine.follow(*folders):
                        pass
                except (RetryLater, FixStorage) as error:
                    note(f"Answering from the index as it is: {error}")
        return engine
