"""What the vector index does not hold yet: changes are gathered in the catalog and put into it many at a time.

``meta.folded`` is the number of the last change that the vector index has seen. Where it is missing, it has seen all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.catalog.files import Files

# Where it is missing, no change comes after it.
_AFTER_FOLDED = "number > (SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'folded')"
_FOLDED = "INSERT INTO meta SELECT 'folded', CAST(coalesce(max(number), 0) AS TEXT) FROM changes WHERE true"
_LAST = f"{_FOLDED} ON CONFLICT (key) DO UPDATE SET value = excluded.value"


@dataclass(frozen=True, slots=True)
class State:
    """What a reader must notice: ``generation`` moves with every change, ``graph`` when the vector index is written."""

    generation: int = -1
    graph: int = -1
    unsettled: bool = False


class Gathered(Files):
    """The part of the catalog that knows which changes wait for the vector index."""

    @property
    def state(self) -> State:
        """Read in one look what has moved."""
        values = dict(self._db.all("SELECT key, value FROM meta WHERE key IN ('generation', 'graph', 'unsettled')"))
        return State(int(values.get("generation", 0)), int(values.get("graph", 0)), values.get("unsettled") == "1")

    @property
    def folded_at(self) -> float:
        """When changes were last put into the vector index, in seconds since 1970; 0 where they never were."""
        row = self._db.one("SELECT value FROM meta WHERE key = 'folded_at'")
        return float(row[0]) if row else 0.0

    def fresh_ids(self) -> list[tuple[str, str]]:
        """Return id and shard of the live chunks that the vector index does not hold, or need not hold."""
        return self._db.all(
            "SELECT c.id, c.shard FROM chunks c JOIN documents d ON d.id = c.document_id AND d.version = c.version"
            f" WHERE d.id IN (SELECT document_id FROM changes WHERE {_AFTER_FOLDED}) ORDER BY c.id"
        )

    def stale_counts(self) -> dict[str, int]:
        """Return how many chunks of each shard both indexes still hold although their version was replaced or removed."""
        return dict(
            self._db.all(
                "SELECT c.shard, count(*) FROM chunks c WHERE (c.document_id, c.version) IN"
                f" (SELECT document_id, previous FROM changes WHERE {_AFTER_FOLDED}) GROUP BY c.shard"
            )
        )

    def replaced(self) -> set[tuple[str, str]]:
        """Return the versions (document id, version) that changes still to be put into the vector index replaced."""
        return set(
            self._db.all(f"SELECT document_id, previous FROM changes WHERE {_AFTER_FOLDED} AND previous IS NOT NULL")
        )

    def gather(self) -> None:
        """Say that from here on changes wait for the vector index, if they do not already."""
        if self._db.one("SELECT 1 FROM meta WHERE key = 'folded'") is None:
            with self._db.writing():
                self._db.run(f"{_FOLDED} ON CONFLICT (key) DO NOTHING")

    def fold(self, versions: Iterable[tuple[str, str]], now: float) -> None:
        """Say that the vector index has seen all changes; delete the versions that it need not know any more."""
        with self._db.writing():
            self._db.many("DELETE FROM versions WHERE document_id = ? AND version = ?", versions)
            self._db.run(_LAST)
            self._db.run(
                "INSERT INTO meta VALUES ('folded_at', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                repr(now),
            )
            self._moved()

    def _graph_moved(self) -> None:
        self._db.run(
            "INSERT INTO meta VALUES ('graph', '1') ON CONFLICT (key) DO UPDATE SET"
            " value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)"
        )

    def _moved(self) -> None:
        self._db.run("UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'generation'")
