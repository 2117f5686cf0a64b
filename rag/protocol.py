"""What every engine can be asked, wherever its documents are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from rag.events import AnswerEvent
from rag.receipts import Verification
from rag.records import Answer, DocumentInfo, Filters, Hit
from rag.reports import IngestReport


class Engine(Protocol):
    """What can be asked of documents, wherever they are."""

    def ask(self, question: str, filters: Filters = ..., *, top: int | None = ...) -> Answer:
        """Answer a question with verified statements, or say that the documents do not."""
        ...

    def stream(self, question: str, filters: Filters = ..., *, top: int | None = ...) -> Iterator[AnswerEvent]:
        """Answer a question as events; each statement comes only after it has been verified."""
        ...

    def search(self, question: str, filters: Filters = ..., *, limit: int = ...) -> list[Hit]:
        """Return ranked passages without answering."""
        ...

    def documents(self, filters: Filters = ...) -> list[DocumentInfo]:
        """Return the documents that can be cited."""
        ...

    def ingest(self, *paths: str | Path, sync: bool = ..., dry_run: bool = ...) -> IngestReport:
        """Take in files and folders."""
        ...

    def verify(self, receipt: Answer, *, docs: Path | None = ...) -> Verification:
        """Check every quote of a receipt again."""
        ...
