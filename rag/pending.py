"""Live chunks that Chroma does not hold yet: searched exactly, and put into it when they have become many or old.

A reader opens Chroma anew whenever another process has written to it, which takes it some 40 ms, longer than
its question. So not every change is written there: up to ``MOST`` chunks of the last ``SECONDS`` are only in the catalog
and in the word index, and their vectors are compared one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag.catalog import AnyCatalog, Proposed, stacked
from rag.embedding import cosines

if TYPE_CHECKING:
    from rag.embedding import Vectors

MOST = 256
"""Chunks that wait for Chroma, at most, live ones and replaced ones together."""
SECONDS = 10.0
"""How long after the last time changes wait for Chroma, where an ingest or a removal ends."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Live chunks by shard that Chroma lacks (``fresh``), and how many it holds that are not live any more."""

    fresh: dict[str, tuple[list[str], Vectors]]
    stale: dict[str, int]
    ids: frozenset[str]

    @classmethod
    def read(cls, catalog: AnyCatalog) -> Pending:
        """Read what waits now."""
        shards: dict[str, list[Proposed]] = {}
        for stored in catalog.fresh():
            shards.setdefault(stored.shard, []).append(stored)
        fresh = {shard: ([s.id for s in members], stacked(members)) for shard, members in shards.items()}
        return cls(fresh, catalog.stale_counts(), frozenset(i for ids, _ in fresh.values() for i in ids))

    @property
    def live(self) -> int:
        """How many live chunks Chroma may lack."""
        return len(self.ids)

    def of(self, shard: str) -> list[str]:
        """Return the ids of a shard that Chroma may lack."""
        return self.fresh[shard][0] if shard in self.fresh else []

    def crowd(self, shard: str) -> int:
        """Return how many chunks of a shard may be found that are not live."""
        return self.stale.get(shard, 0)

    def nearest(self, shard: str, question: Vectors, limit: int, among: Sequence[str] | None) -> list[str]:
        """Return the ids nearest to a question vector, best first; ``among`` restricts the search to some of them."""
        if shard not in self.fresh:
            return []
        ids, matrix = self.fresh[shard]
        allowed = None if among is None else set(among)
        order = np.argsort(-cosines(matrix, question), kind="stable")
        return [ids[at] for at in order if allowed is None or ids[at] in allowed][:limit]


def due(catalog: AnyCatalog, now: float) -> bool:
    """Say whether what waits for Chroma is to be put into it; ``now`` is in seconds since 1970.

    A clock that was set back since the last time makes it due.
    """
    waiting = len(catalog.fresh_ids()) + sum(catalog.stale_counts().values())
    return waiting > MOST or (waiting > 0 and not 0 <= now - catalog.folded_at < SECONDS)
