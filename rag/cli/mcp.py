"""``rag mcp``."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import options, session

if TYPE_CHECKING:
    from rag.client import RemoteEngine
    from rag.engine import LocalEngine
    from rag.receipts import Verification
    from rag.records import Answer, Document, DocumentInfo, Filters, Hit


def mcp(
    docs: options.Docs = None,
    index: options.Index = None,
    no_sync: Annotated[bool, typer.Option("--no-sync", help="Do not look for changed documents.")] = False,
    no_server: options.NoServer = False,
) -> None:
    """Serve agents over the Model Context Protocol, on standard input and output.

    A client starts this command itself. The folder is indexed first where there is no index yet;
    before each question, what changed in it is taken in. The same tools stand under /mcp of rag serve.
    """
    from rag.mcp import serve_stdio

    source = _Fresh(index, docs, follow=not no_sync, no_server=no_server)
    try:
        serve_stdio(source)
    finally:
        source.close()


class _Fresh:
    """The engine of the moment: that of a server while one runs, else our own, brought up to date."""

    def __init__(self, index: Path | None, docs: Path | None, *, follow: bool, no_server: bool) -> None:
        self._index = index
        self._docs = docs
        self._follow = follow
        self._no_server = no_server
        self._local: LocalEngine | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        if self._local is not None:
            self._local.close()

    def ask(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Answer:
        return self._updated(question).ask(question, filters, top=top)

    def search(self, question: str, filters: Filters | None = None, *, limit: int = 10) -> list[Hit]:
        return self._updated(question).search(question, filters, limit=limit)

    def documents(self) -> list[DocumentInfo]:
        return self._updated(None).documents()

    def document(self, which: str) -> Document:
        return self._engine().document(which)

    def verify(self, receipt: Answer) -> Verification:
        return self._engine().verify(receipt)

    def _updated(self, question: str | None) -> LocalEngine | RemoteEngine:
        with self._lock:
            engine = self._engine()
            session.bring_up_to_date(engine, question, self._docs, no_sync=not self._follow, quiet=True)
        return engine

    def _engine(self) -> LocalEngine | RemoteEngine:
        if not self._no_server and (remote := session.of_server(self._index)) is not None:
            return remote
        if self._local is None:
            from rag.engine import connect

            # Opened once: a model and an index are held in memory.
            self._local = connect(options.settings(docs=self._docs, index=self._index))
        return self._local
