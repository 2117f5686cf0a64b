"""Folder to server: what changed is found here, and the contents of files are sent, never their paths."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rag.errors import FixFile
from rag.records import DocumentInfo

if TYPE_CHECKING:
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


def send(server: Server, paths: Sequence[Path], *, sync: bool, dry_run: bool) -> Iterator[IngestEvent]:
    """Bring a server's index up to date with folders or files; the last event is the report.

    Raises:
        FixInput: a path does not exist.
    """
    from rag.documents.folder import File, scan, source_of
    from rag.ingest import Ignored, IngestProgress, IngestReport, below

    started = time.monotonic()
    roots = [source_of(path) for path in paths]
    sources, known = Sources(server), _known(server)
    report = _Report()
    for path, root in zip(paths, roots, strict=True):
        source = sources.id_of(path)
        stored, seen, unreachable = known.get(source, {}), set[str](), list[str]()
        items = list(scan(path))
        for at, item in enumerate(items, start=1):
            if not isinstance(item, File):
                report.skipped.append((item.name, item.reason, ""))
                (unreachable.append if item.name.endswith("/") else seen.add)(item.name)
                continue
            seen.add(item.name)
            if _send_one(server, item, source, stored.get(item.name), report, sources.max_file_bytes, dry_run=dry_run):
                yield IngestProgress(item.name, at, len(items), 0)
        if sync and root.whole:
            for name in stored.keys() - seen - below(unreachable, stored):
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
    from rag.documents.reading import read_bytes, text_version

    try:
        data = read_bytes(item.path, limit)
        if stored is not None and text_version(decode(data)) == stored.version:
            report.unchanged += 1
            return False
        if not dry_run:
            server.upload(item.name, data, source=source)
    except FixFile as error:
        (report.skipped if error.skipped else report.failed).append((item.name, str(error), error.hint))
        if stored is not None and not error.transient:
            _remove(server, stored, report, dry_run=dry_run)
        return False
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
