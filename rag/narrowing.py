"""The chunks that a filter leaves, and which of them come nearest, without asking Chroma to filter.

Chroma's own filters, also that by known ids, cost many times the search. So where a filter leaves much,
more is taken from the plain search than is wanted and what the filter forbids is dropped; where it leaves
little, the catalog's own vectors of that little are compared one by one, which is exact.
"""

from __future__ import annotations

import math
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rag.catalog import AnyCatalog, shard_of
from rag.catalog.rows import passes
from rag.embedding import cosines
from rag.records import Filters

if TYPE_CHECKING:
    from rag.embedding import Vectors

Search: TypeAlias = "Callable[[str, Vectors, int], list[str]]"
"""The plain search: the ids of a shard nearest to a vector, so many, best first."""

# Below this share of a shard's documents, what is left is compared one by one.
_LITTLE = 0.05
# Most that is taken from the plain search; twice what the share calls for, then eight times, because what a
# filter leaves need not be spread evenly over the neighbours.
_MOST = 2000
_MORE = (2, 8)
_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a filter leaves: documents by shard, and their share of each shard's."""

    catalog: AnyCatalog
    documents: dict[str, frozenset[str]]
    shares: dict[str, float]

    def nearest(self, search: Search, shard: str, vector: Vectors, limit: int) -> list[str]:
        """Return the ids of a shard's chunks nearest to a vector that the filter leaves, best first."""
        allowed, share = self.documents.get(shard), self.shares.get(shard, 0.0)
        if not allowed:
            return []
        for more in _MORE if share >= _LITTLE else ():
            wanted = min(math.ceil(limit / share * more), _MOST)
            near = search(shard, vector, wanted)
            left = self.left(shard, near)[:limit]
            if len(left) == limit or len(near) < wanted:
                return left
        return self.exactly(shard, vector, limit)

    def exactly(self, shard: str, vector: Vectors, limit: int) -> list[str]:
        """Return the same as ``nearest``, by comparing one by one."""
        return nearest_of(self.catalog, shard, vector, limit, self.of(shard))

    def left(self, shard: str, chunks: Sequence[str]) -> list[str]:
        """Return those of a shard's chunks, live or not, whose documents are left."""
        allowed, owner = self.documents.get(shard, frozenset()), self.catalog.owners(chunks)
        return [identity for identity in chunks if owner.get(identity) in allowed]

    def of(self, shard: str) -> Sequence[str]:
        """Return the documents of a shard that are left."""
        return sorted(self.documents.get(shard, ()))


def nearest_of(
    catalog: AnyCatalog, shard: str, vector: Vectors, limit: int, documents: Sequence[str] | None = None
) -> list[str]:
    """Return the ids of a shard's live chunks nearest to a vector, best first, all or those of some documents."""
    ids, vectors = catalog.vectors_of(shard, documents)
    near = cosines(vectors, vector) if ids else vector[:0]
    return [ids[at] for at in sorted(range(len(ids)), key=lambda at: (-near[at], ids[at]))[:limit]]


class Narrowing:
    """What filters leave of a catalog. The filters used last are remembered as long as nothing changes."""

    def __init__(self, catalog: AnyCatalog) -> None:
        self._catalog = catalog
        self._generation = -1
        self._kept: OrderedDict[Filters, Narrowed] = OrderedDict()

    def by(self, filters: Filters) -> Narrowed | None:
        """Return what some filters leave; None where they are empty. To be called inside ``Index.reading()``."""
        if filters.empty:
            return None
        if (now := self._catalog.generation) != self._generation:
            self._kept.clear()
            self._generation = now
        if filters not in self._kept:
            self._kept[filters] = self._narrowed(filters)
            if len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
        self._kept.move_to_end(filters)
        return self._kept[filters]

    def _narrowed(self, filters: Filters) -> Narrowed:
        total: dict[str, int] = defaultdict(int)
        left: dict[str, set[str]] = defaultdict(set)
        for document in self._catalog.documents():
            shard = shard_of(document.language)
            total[shard] += 1
            if passes(document, filters):
                left[shard].add(document.id)
        return Narrowed(
            self._catalog,
            {shard: frozenset(documents) for shard, documents in left.items()},
            {shard: len(documents) / total[shard] for shard, documents in left.items()},
        )
