"""A second look at what was found: the seam, and what makes one of the settings. Off unless a reranker is named.

A reranker reads question and passage together, which is slower and often better than comparing their
vectors. It decides which passages are read and in what order a search lists them; whether the documents
answer, and what is said, is for the steps behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rag.errors import FixSettings
from rag.records import Hit
from rag.settings import Settings, is_model_file

POOL = 30
"""Hits that a reranker is shown, where fewer are asked for."""


class Reranker(Protocol):
    """Says how well passages answer a question."""

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """Return one score a passage, in their order; more is better, and only the order counts.

        Raises:
            FixModel, RetryLater, ShortenRequest, ChangeModel: it cannot be asked, or its reply is no use.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reranking:
    """A reranker and how to let go of it."""

    reranker: Reranker
    close: Callable[[], None] = lambda: None

    def best(self, question: str, hits: Sequence[Hit], limit: int) -> list[Hit]:
        """Return the best hits, best first; hits of one score keep their order. Raises as ``Reranker.scores``."""
        if len(hits) < 2:
            return list(hits[:limit])
        scores = self.reranker.scores(question, [hit.text for hit in hits])
        ranked = sorted(zip(scores, range(len(hits)), strict=True), key=lambda one: (-one[0], one[1]))
        return [hits[at] for _, at in ranked[:limit]]


def make_reranking(settings: Settings) -> Reranking | None:
    """Return the reranker that the settings name; None where they name none. Nothing is loaded or sent yet.

    Raises:
        FixSettings: it is neither a .gguf file nor has an address.
    """
    if settings.reranker is None:
        return None
    if is_model_file(settings.reranker):
        from rag.reranking.local import LocalReranker

        local = LocalReranker(Path(settings.reranker).expanduser(), silence=settings.llm_silence)
        return Reranking(local, local.close)
    if settings.reranker_url is None:
        raise FixSettings(
            f"The reranker {settings.reranker!r} has no address.",
            hint="Name its server with reranker_url (RAG_RERANKER_URL), or a .gguf file with reranker.",
        )
    from rag.reranking.endpoint import Endpoint

    key = settings.reranker_key.get_secret_value() if settings.reranker_key else None
    return Reranking(Endpoint(settings.reranker_url, settings.reranker, key, silence=settings.llm_silence))
