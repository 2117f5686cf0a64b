"""Folder to server: what changed is found here, and the contents of files are sent, never their paths."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rag.errors import FixFile, InstallExtra
from rag.records import DocumentInfo

if TYPE_CHECKING:
    from rag.documents.selection import Selection
    from rag.ingest import IngestEvent


class Server(Protocol):
    """What is needed of the other side."""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Make a request and return its JSON."""
        ...

    def documents(self) -> list[DocumentInfo]:
        """List what is stored."""
        ...

    def upload(self, name: str, data: bytes, *, source: str | None = None) -> dict[str, Any]:
        """Send a document."""
        ...


class Sources:
    """The folders that a server knows, by a hash of their paths."""

    def __init__(self, server: Server) -> None:
        said = server.call("GET", "/v1/sources")
        self.max_file_bytes = int(said["max_file_bytes"])
        self._ids: dict[str, str] = {one["key"]: one["id"] for one in said["sources"]}

    def id_of(self, path: Path) -> str:
        """Return the id of the source that a path belongs to; a folder that is not known gets its own."""
        from rag.documents.folder import source_of

        key = source_of(path).id
        return self._ids.get(key, key)

    def knows(self, path: Path) -> bool:
        """Say whether documents of that folder were taken in before."""
        from rag.documents.folder import source_of

        return source_of(path).id in self._ids


@dataclass(slots=True)
class _Report:
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str, str]] = field(default_factory=list)
    failed: list[tuple[str, str, str]] = field(default_factory=list)
    unchanged: int = 0

    def add(self, said: dict[str, Any]) -> None:
        """Add what a server said of a file that holds documents."""
        self.added += said["added"]
        self.changed += said["changed"]
        self.removed += said["removed"]
        self.unchanged += said["unchanged"]
        self.skipped += [(one["name"], one["reason"], one["hint"]) for one in said["skipped"]]
        self.failed += [(one["name"], one["reason"], one["hint"]) for one in said["failed"]]


def send(
    server: Server, paths: Sequence[Path], *, sync: bool, dry_run: bool, selection: Selection
) -> Iterator[IngestEvent]:
    """Bring a server's index up to date with folders or files; the last event is the report.

    Raises:
        FixInput: a path does not exist.
    """
    from rag.documents.folder import File, scan, source_of
    from rag.documents.formats import is_many
    from rag.ingest import IngestProgress, IngestReport
    from rag.plan import Ignored, below

    started = time.monotonic()
    roots = [source_of(path) for path in paths]
    sources, known, chosen = Sources(server), _known(server), selection.matcher()
    report = _Report()
    for path, root in zip(paths, roots, strict=True):
        source = sources.id_of(path)
        stored, seen, unreachable = known.get(source, {}), set[str](), list[str]()
        items = list(scan(path, selection=selection))
        for at, item in enumerate(items, start=1):
            if not isinstance(item, File):
                report.skipped.append((item.name, item.reason, ""))
                (unreachable.append if item.name.endswith("/") else seen.add)(item.name)
                continue
            # Only a file that holds documents is looked for in the names of all.
            seen |= {item.name, *(below([f"{item.name}/"], stored) if is_many(item.name) else ())}
            if _send_one(server, item, source, stored.get(item.name), report, sources.max_file_bytes, dry_run=dry_run):
                yield IngestProgress(item.name, at, len(items), 0)
        if sync and root.whole:
            for name in filter(chosen.passes, stored.keys() - seen - below(unreachable, stored)):
                _remove(server, stored[name], report, dry_run=dry_run)
    yield IngestReport(
        added=tuple(report.added),
        changed=tuple(report.changed),
        removed=tuple(report.removed),
        unchanged=report.unchanged,
        skipped=tuple(Ignored(*one) for one in report.skipped),
        failed=tuple(Ignored(*one) for one in report.failed),
        seconds=time.monotonic() - started,
        dry_run=dry_run,
    )


def _send_one(
    server: Server, item: Any, source: str, stored: DocumentInfo | None, report: _Report, limit: int, *, dry_run: bool
) -> bool:
    """Send a file where the server holds another text under its name; say whether it was sent."""
    from rag.documents.decoding import decode
    from rag.documents.formats import format_of, is_many
    from rag.documents.reading import read_bytes, text_version

    try:
        data = read_bytes(item.path, limit)
        found = format_of(item.name)
        plain = found is None or found.reader is None
        # What is not plain text the server reads, and knows whether that is new.
        if plain and stored is not None and text_version(decode(data)) == stored.version:
            report.unchanged += 1
            return False
        said = None if dry_run else server.upload(item.name, data, source=source)
    except FixFile as error:
        (report.skipped if error.skipped else report.failed).append((item.name, str(error), error.hint))
        if stored is not None and not error.transient:
            _remove(server, stored, report, dry_run=dry_run)
        return False
    except InstallExtra as error:
        report.skipped.append((item.name, str(error), error.hint))
        return False
    if said is not None and is_many(item.name):
        report.add(said)
    elif said is not None and said["verdict"] == "unchanged":
        report.unchanged += 1
    else:
        (report.changed if stored is not None else report.added).append(item.name)
    return True


def _remove(server: Server, document: DocumentInfo, report: _Report, *, dry_run: bool) -> None:
    if not dry_run:
        server.call("DELETE", f"/v1/documents/{document.id}?gone=true")
    report.removed.append(document.name)


def _known(server: Server) -> dict[str, dict[str, DocumentInfo]]:
    known: dict[str, dict[str, DocumentInfo]] = {}
    for document in server.documents():
        known.setdefault(document.source, {})[document.name] = document
    return known
