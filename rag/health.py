"""What ``rag doctor`` says of an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rag.errors import RebuildIndex


@dataclass(frozen=True, slots=True)
class Health:
    """What ``rag doctor`` finds; the index is sound where ``problems`` is empty.

    ``vectors`` names the Chroma server that keeps them; it is empty where they are in the index's folder.
    """

    documents: int
    chunks: int
    generation: int
    embedder: str
    orphans: int
    problems: tuple[str, ...]
    vectors: str = ""


def compared(
    name: str,
    held: Callable[[], Mapping[str, str]],
    live: Mapping[str, str],
    *,
    may_lack: AbstractSet[str] = frozenset(),
    may_hold: AbstractSet[str] = frozenset(),
) -> list[str]:
    """Return what is wrong with an index part that should hold just the live chunks, by id and shard."""
    try:
        found = held()
    except RebuildIndex as error:
        return [f"{name}: {error}"]
    problems: list[str] = []
    if missing := {identity for identity, _ in live.items() - found.items()} - may_lack:
        problems.append(f"{name}: {len(missing)} of {len(live)} chunks are missing")
    if stale := found.keys() - live.keys() - may_hold:
        problems.append(f"{name}: {len(stale)} chunks too many (they never surface in an answer)")
    return problems


def require(what: str, held: int, live: int, error: type[RebuildIndex]) -> None:
    """Raise an error where an index part holds less than what is live."""
    if held < live:
        raise error(
            f"The {what} hold {held} of {live} chunks.",
            hint="Make them anew from the catalog: rag doctor --repair",
        )
