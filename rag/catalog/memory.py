"""Chunks and sentences that were read lately: a server meets the same ones at question after question."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from rag.catalog.chunks import Proposed, Sentences

# Some 30 MB of vectors each.
_MOST_CHUNKS = 4096
_MOST_SENTENCES = 20_000


class ChunkMemory:
    """The chunks used last. Id and shard together say which vectors a chunk has, so none is ever stale."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Proposed] = OrderedDict()

    def of(self, wanted: Sequence[tuple[str, str]], load: Callable[[list[str]], Sequence[Proposed]]) -> list[Proposed]:
        """Return chunks by id and shard, in their order; ``load`` reads by id what is not remembered."""
        missing = [identity for identity, shard in wanted if (identity, shard) not in self._kept]
        found = {(one.id, one.shard): one for one in load(missing)} if missing else {}
        for key in wanted:
            if key in self._kept:
                self._kept.move_to_end(key)
        chunks = [found.get(key) or self._kept[key] for key in wanted]
        self._kept |= found
        while len(self._kept) > _MOST_CHUNKS:
            self._kept.popitem(last=False)
        return chunks


class SentenceMemory:
    """The sentences of the documents used last, by document and version."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Sentences] = OrderedDict()
        self._total = 0

    def of(self, key: tuple[str, str], load: Callable[[], Sentences]) -> Sentences:
        """Return a version's sentences; ``load`` reads them where they are not remembered."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        self._kept[key] = found = load()
        self._total += len(found)
        while self._total > _MOST_SENTENCES:
            _, dropped = self._kept.popitem(last=False)
            self._total -= len(dropped)
        return found
