"""What ``rag doctor`` says of an index."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rag.errors import RebuildIndex


@dataclass(frozen=True, slots=True)
class Health:
    """What ``rag doctor`` finds; the index is sound where ``problems`` is empty."""

    documents: int
    chunks: int
    generation: int
    embedder: str
    orphans: int
    problems: tuple[str, ...]


def compare(
    part: str,
    live: dict[str, str],
    held: Callable[[], dict[str, str]],
    *,
    may_lack: Iterable[str] = (),
    may_hold: Iterable[str] = (),
) -> list[str]:
    """Return what is wrong with a part of an index that is to hold the live chunks; ids with their shards."""
    try:
        found = held()
    except RebuildIndex as error:
        return [f"{part}: {error}"]
    problems: list[str] = []
    lacking = {identity for identity, _ in live.items() - found.items()} - set(may_lack)
    if lacking:
        problems.append(f"{part}: {len(lacking)} of {len(live)} chunks are missing")
    if stale := found.keys() - live.keys() - set(may_hold):
        problems.append(f"{part}: {len(stale)} chunks too many (they never surface in an answer)")
    return problems
