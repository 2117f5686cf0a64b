"""Folder to server: what changed is found here, and the contents of files are sent, never their paths."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rag.errors import FixFile, FixInput, InstallExtra
from rag.wire import build

if TYPE_CHECKING:
    from rag.documents.folder import Known, SeenFile
    from rag.documents.selection import Selection
    from rag.plan import Plan, Ready, Todo
    from rag.reports import IngestEvent, IngestReport

# So many files a request, which then stays far below what a server takes as its body.
_AT_ONCE = 10_000


class Server(Protocol):
    """What is needed of the other side."""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Make a request and return its JSON."""
        ...

    def upload(self, name: str, data: bytes, *, source: str | None = None, modified: int = 0) -> dict[str, Any]:
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


class _Remembered:
    """What a server remembers of files; see ``plan.Remembered``."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._said: dict[str, dict[str, Any]] = {}

    def known(self, source: str) -> dict[str, Known]:
        from rag.documents.folder import Known

        return {one["name"]: build(Known, one) for one in self._of(source)["documents"]}

    def seen_files(self, source: str) -> dict[str, SeenFile]:
        from rag.documents.folder import SeenFile

        return {one["name"]: build(SeenFile, one) for one in self._of(source)["files"]}

    def unwanted(self, source: str) -> set[str]:
        return set(self._of(source)["unwanted"])

    def _of(self, source: str) -> dict[str, Any]:
        if source not in self._said:
            self._said[source] = self._server.call("GET", f"/v1/sources/{source}/files")
        return self._said[source]


@dataclass(slots=True)
class _Work:
    """What became of the files of a plan so far; ``same`` are files by source, as a server is told of them."""

    plan: Plan
    reports: list[IngestReport] = field(default_factory=list)
    same: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def refuse(self, todo: Todo, error: FixFile | FixInput | InstallExtra) -> None:
        """Add a file that is no document, and let go of the one that it was; what a server will not take is kept."""
        from rag.reports import refused

        self.reports.append(refused(todo.file.name, error))
        if isinstance(error, FixFile) and not error.transient:
            self.plan.gone |= {row.id: name for name, row in todo.known.items()}


def send(
    server: Server,
    paths: Sequence[Path],
    *,
    sync: bool,
    dry_run: bool,
    selection: Selection,
    ready: Ready | None = None,
    skip: Path | None = None,
) -> Iterator[IngestEvent]:
    """Bring a server's index up to date with folders or files; the last event is the report.

    ``skip`` is a folder that is passed over; ``ready``: see ``IngestRule``.

    Raises:
        FixInput: a path does not exist.
    """
    from rag.documents.folder import source_of
    from rag.plan import IngestRule, make_plan
    from rag.reports import IngestProgress, IngestReport, added_up

    started = time.monotonic()
    roots = [source_of(path) for path in paths]
    sources = Sources(server)
    targets = [(replace(root, id=sources.id_of(path)), path) for root, path in zip(roots, paths, strict=True)]
    rule = IngestRule(sources.max_file_bytes, sync=sync, selection=selection, ready=ready)
    plan = make_plan(_Remembered(server), targets, rule, skip=skip)
    work = _Work(plan)
    for at, todo in enumerate(plan.fresh, start=1):
        if _send_one(server, todo, work, rule.limit, dry_run=dry_run):
            yield IngestProgress(todo.file.name, at, len(plan.fresh), 0)
    for source in dict.fromkeys(source.id for source, _ in targets):
        if dry_run:
            break
        _settle(server, source, work)
    found = IngestReport(
        unchanged=plan.unchanged, skipped=tuple(plan.skipped), failed=tuple(plan.failed), kept=len(plan.kept)
    )
    total = added_up([found, *work.reports, IngestReport(removed=tuple(plan.gone.values()))])
    # Of what it was sent as whole documents, a server does not tell the chunks.
    yield replace(total, chunks=0, seconds=time.monotonic() - started, dry_run=dry_run)


def _send_one(server: Server, todo: Todo, work: _Work, limit: int, *, dry_run: bool) -> bool:
    """Send a file where the server holds another text under its name; say whether it was sent."""
    from rag.documents.decoding import decode
    from rag.documents.formats import format_of
    from rag.documents.naming import clean_name
    from rag.documents.reading import read_bytes, text_version
    from rag.plan import settled
    from rag.reports import IngestReport, uploaded

    file, stored = todo.file, todo.known.get(todo.file.name)
    if dry_run and todo.refused is not None:
        work.plan.repeat([todo.refused])
        return False
    # A time stamp before 1970 proves as much as any other, but is none that a server takes.
    modified = max(file.modified, 0) if settled(file, time.time_ns()) else 0
    try:
        clean_name(file.name, file=True)
        data = read_bytes(file.path, limit)
        found = format_of(file.name)
        # What is not plain text the server reads, and knows whether that is new.
        text = decode(data) if found is None or found.reader is None else None
        if text is not None and stored is not None and text_version(text) == stored.version:
            work.reports.append(IngestReport(unchanged=1))
            if modified:
                one = {"document": stored.id, "size": file.size, "modified": modified}
                work.same.setdefault(todo.source.id, []).append(one)
            return False
        if dry_run:
            said = {"verdict": "changed" if todo.known else "added"}
        else:
            said = server.upload(file.name, data, source=todo.source.id, modified=modified)
    except (FixFile, FixInput, InstallExtra) as error:
        work.refuse(todo, error)
        return False
    work.reports.append(uploaded(file.name, said))
    return True


def _settle(server: Server, source: str, work: _Work) -> None:
    """Tell a server what is the same and what is gone."""
    same, gone, past = work.same.get(source, []), list(work.plan.gone), work.plan.stale.get(source, [])
    for at in range(0, max(len(same), len(gone), len(past)), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        server.call("POST", f"/v1/sources/{source}/files", {"same": same[part], "gone": gone[part], "past": past[part]})
