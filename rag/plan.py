"""Folders against the catalog: what must be read, what did not change, what is gone, what is left out and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeAlias

from rag.documents.folder import File, Known, LeftOut, SeenFile, Source, scan
from rag.documents.formats import containers, is_many
from rag.documents.selection import EVERYTHING, Selection
from rag.reports import Ignored

RACY_NS = 2_000_000_000
"""A file modified so few nanoseconds before it was read may change again without a new time stamp."""

Ready: TypeAlias = Callable[[File], bool]
"""Says whether a file that must be read can be read yet."""


class Remembered(Protocol):
    """What is known of files that were taken in before, by source: a catalog, or what a server says of its own."""

    def known(self, source: str) -> dict[str, Known]:
        """Return what is remembered of a source's files, by name."""
        ...

    def seen_files(self, source: str) -> dict[str, SeenFile]:
        """Return what is remembered of those that are not one document, by name."""
        ...

    def unwanted(self, source: str) -> set[str]:
        """Return the names of documents that a person removed."""
        ...


@dataclass(frozen=True, slots=True)
class IngestRule:
    """How an ingest goes about folders; ``limit`` is the largest file in bytes.

    ``sync`` removes documents whose file is gone from a target folder. ``following`` is for folders that
    nobody named just now: documents that a person removed stay out, and a folder in which nothing is found
    keeps its documents, because it is likelier unmounted than emptied. A ``selection`` leaves all other files
    of a folder as they are, and the folder is not followed for it. A file that is not ``ready`` stays as it is, too.
    """

    limit: int
    sync: bool = False
    following: bool = False
    selection: Selection = EVERYTHING
    ready: Ready | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """A file that must be read; ``known`` is what is remembered of its documents, by name.

    ``unwanted`` are names of documents that are not to come back; ``seen`` are names under which
    something is remembered that reading the file will say anew; ``refused`` is why the same bytes were no document before.
    """

    source: Source
    file: File
    known: dict[str, Known]
    unwanted: frozenset[str] = frozenset()
    seen: tuple[str, ...] = ()
    refused: SeenFile | None = None


@dataclass(slots=True)
class Plan:
    """What a scan against the catalog found; ``stale`` are names by source of which nothing need be remembered.

    ``gone`` are documents whose files are gone, by id; ``kept`` are such, too, where nobody said ``sync``.
    """

    fresh: list[Todo] = field(default_factory=list[Todo])
    unchanged: int = 0
    gone: dict[str, str] = field(default_factory=dict[str, str])
    kept: dict[str, str] = field(default_factory=dict[str, str])
    skipped: list[Ignored] = field(default_factory=list[Ignored])
    failed: list[Ignored] = field(default_factory=list[Ignored])
    stale: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def repeat(self, files: Iterable[SeenFile]) -> None:
        """Say of files again why they were refused."""
        for file in files:
            if file.reason is not None:
                (self.skipped if file.skipped else self.failed).append(Ignored(file.name, file.reason, file.hint))


def make_plan(
    remembered: Remembered, targets: Sequence[tuple[Source, Path]], rule: IngestRule, *, skip: Path | None = None
) -> Plan:
    """Return what an ingest has to do; ``skip`` is a folder that is passed over, the index's own."""
    plan, chosen, following = Plan(), rule.selection.matcher(), rule.following
    # A folder, and again a file in it: one document.
    taken: set[tuple[str, str]] = set()
    for source, path in targets:
        before = _Before(remembered, source, rule)
        seen: set[str] = set()
        unreachable: list[str] = []
        for item in scan(path, skip=skip, selection=rule.selection):
            if isinstance(item, LeftOut):
                plan.skipped.append(Ignored(item.name, item.reason))
                (unreachable.append if item.name.endswith("/") else seen.add)(item.name)
                continue
            known = before.documents_of(item)
            seen.update((item.name, *known))
            if following and item.name in before.unwanted:
                plan.skipped.append(Ignored(item.name, "was removed by hand"))
            elif (source.id, item.name) not in taken:
                before.take(plan, item, known)
            taken.add((source.id, item.name))
        if not source.whole or (following and not seen):
            continue
        there = seen | below(unreachable, before.known)
        gone = {
            row.id: name
            for name, row in before.known.items()
            if name not in there and chosen.passes(before.file_of(name))
        }
        (plan.gone if rule.sync else plan.kept).update(gone)
        if rule.sync:
            plan.stale[source.id] = [
                name for name in before.files if not _holds(seen, name) and chosen.passes(before.file_of(name))
            ]
    return plan


class _Before:
    """What is remembered of a source."""

    def __init__(self, remembered: Remembered, source: Source, rule: IngestRule) -> None:
        self.known = remembered.known(source.id)
        self.files = remembered.seen_files(source.id)
        self._source = source
        self._following, self._ready = rule.following, rule.ready
        self._documents_in, self._files_in = _by_container(self.known), _by_container(self.files)
        self._remembered = remembered

    @cached_property
    def unwanted(self) -> set[str]:
        """Names of documents that a person removed."""
        return self._remembered.unwanted(self._source.id)

    @cached_property
    def _unwanted_in(self) -> dict[str, list[str]]:
        return _by_container(self.unwanted)

    def file_of(self, name: str) -> str:
        """Return the name of the file that a document, or a file in an archive, is in: its own, if it is in none."""
        return next((file for file in containers(name) if file in self.files), name)

    def documents_of(self, file: File) -> dict[str, Known]:
        """Return what is known of a file's documents."""
        own = {file.name: self.known[file.name]} if file.name in self.known else {}
        return own | {name: self.known[name] for name in self._documents_in.get(file.name, ())}

    def take(self, plan: Plan, file: File, known: dict[str, Known]) -> None:
        """Add a file to those that must be read, or to those that did not change.

        What was refused is read again when somebody names it, not whenever its folder is looked at; so is what holds
        documents that a person removed.
        """
        seen, many = self.files.get(file.name), is_many(file.name)
        inside = self._files_in.get(file.name, [])
        same = seen if seen is not None and untouched(file, seen) else None
        if same is not None and not self._again(file, same):
            plan.unchanged += len(known)
            plan.repeat([same, *(self.files[name] for name in inside)])
        elif not many and file.name in known and untouched(file, known[file.name]):
            plan.unchanged += 1
        elif self._ready is not None and not self._ready(file):
            plan.unchanged += len(known)
            plan.repeat([*([] if seen is None else [seen]), *(self.files[name] for name in inside)])
        else:
            remembered = (file.name, *inside) if seen is not None or inside else ()
            unwanted = frozenset(self.unwanted if self._following else ())
            refused = same if same is not None and same.reason is not None else None
            plan.fresh.append(Todo(self._source, file, known, unwanted, remembered, refused))

    def _again(self, file: File, seen: SeenFile) -> bool:
        unwanted = file.name in self.unwanted or file.name in self._unwanted_in
        return not self._following and (seen.reason is not None or unwanted)


def _by_container(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of what is in files that hold documents, by the name of the file."""
    found: dict[str, list[str]] = {}
    for name in names:
        for file in containers(name):
            found.setdefault(file, []).append(name)
    return found


def below(folders: Sequence[str], names: Iterable[str]) -> set[str]:
    """Return the names that lie in one of the folders; ``./`` is the source itself."""
    return {name for name in names if any(folder == "./" or name.startswith(folder) for folder in folders)}


def _holds(seen: set[str], name: str) -> bool:
    """Say whether a file, or the file that it is in, is still there."""
    return name in seen or any(one in seen for one in containers(name))


def settled(file: File, now: int) -> bool:
    """Say whether a file that is read now has another time stamp once it is written again."""
    return now - file.modified > RACY_NS


def untouched(file: File, known: Known | SeenFile) -> bool:
    """Say whether size and time stamp prove that a file holds what was read."""
    return (file.size, file.modified) == (known.size, known.modified) and settled(file, known.checked)
