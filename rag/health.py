"""What ``rag doctor`` says of an index."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """What ``rag doctor`` finds; the index is sound where ``problems`` is empty."""

    documents: int
    chunks: int
    generation: int
    embedder: str
    orphans: int
    problems: tuple[str, ...]
