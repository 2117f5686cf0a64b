"""``rag ingest``, ``rag remove`` and ``rag compact``."""

from __future__ import annotations

from collections.abc import Generator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli import options, session
from rag.cli.output import note, present_report, print_json, print_text, report_lines, show_progress
from rag.documents.formats import containers
from rag.documents.naming import printed
from rag.documents.selection import Selection
from rag.errors import FixInput, RetryLater
from rag.priority import step_back
from rag.wire import plain

if TYPE_CHECKING:
    from rag.client import RemoteEngine
    from rag.engine import LocalEngine
    from rag.reports import Ignored, IngestEvent, IngestReport


def ingest(
    paths: Annotated[list[str], typer.Argument(help="Folders, files, or addresses (https://...).", metavar="PATH...")],
    index: options.Index = None,
    sync: Annotated[
        bool, typer.Option("--sync", help="Remove documents whose file is gone from a named folder.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    include: Annotated[
        list[str] | None, typer.Option("--include", help="Only files that match; may be repeated.", metavar="GLOB")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="No files that match; may be repeated.", metavar="GLOB")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if any file was skipped or failed.")] = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Go on taking in what changes, until Ctrl-C; what is gone goes with --sync only."),
    ] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the index anew from these documents.")] = False,
    ray: Annotated[
        str | None,
        typer.Option("--ray", help="Spread the work over a Ray cluster; local: over this machine.", metavar="ADDRESS"),
    ] = None,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """Take in files and folders: only what is new or changed costs anything.

    A file that cannot be read is named with the reason and stops nothing. If any document failed,
    the exit code is 1. A page of the web is fetched once, when its address is given. Globs are as in .gitignore; what a file .ragignore in a folder names is never
    taken in from it. With --include or --exclude other files are left as they are, and the folder is
    not followed.
    """
    selection = Selection(tuple(include or ()), tuple(exclude or ()))
    addresses = [path for path in paths if session.is_address(path)]
    files = [Path(path) for path in paths if path not in addresses]
    if "" in paths:
        # Else an empty variable would be the folder that one is in.
        raise FixInput("No such file or folder: its name is empty.", hint="rag ingest FOLDER")
    if unfetched := [path for path in paths if session.is_other_address(path)]:
        raise FixInput(f"Only http:// and https:// are fetched, not {unfetched[0]}.", hint="rag ingest https://...")
    if watch and (dry_run or not files):
        raise FixInput("--watch needs a folder, and is no dry run.", hint="rag ingest FOLDER --watch")
    if ray is not None and (dry_run or watch or not files or ray.startswith("-")):
        raise FixInput(
            "--ray ADDRESS spreads one ingest of files: no --dry-run, no --watch.", hint="rag ingest FOLDER --ray local"
        )
    if addresses and (dry_run or rebuild):
        raise FixInput("An address is fetched: no --dry-run, no --rebuild.", hint="rag ingest https://...")
    step_back()
    with session.engine(index=index, no_server=no_server or ray is not None) as engine:
        report = _fetched(engine, addresses) if addresses else None
        if files:
            chosen: dict[str, Any] = {"sync": sync, "dry_run": dry_run, "rebuild": rebuild, "selection": selection}
            events = engine.ingest_events(*files, **chosen) if ray is None else _spread(engine, files, ray, chosen)
            report = _both(report, show_progress(events, quiet=as_json))
        assert report is not None
        code = present_report(report, as_json=as_json, strict=strict)
        if watch:
            _go_on(engine, files, sync, selection, report.failed, as_json=as_json)
    if code:
        raise typer.Exit(code)


def _spread(
    engine: LocalEngine | RemoteEngine, files: list[Path], ray: str, chosen: dict[str, Any]
) -> Generator[IngestEvent]:
    from rag.engine import LocalEngine

    assert isinstance(engine, LocalEngine)
    return engine.ingest_events(*files, ray=ray, **chosen)


def _fetched(engine: LocalEngine | RemoteEngine, addresses: list[str]) -> IngestReport:
    from rag.documents.web import Fetching
    from rag.pages import ingest_pages

    settings = options.settings()
    limit = int(settings.max_file_mb * 1_000_000)
    return ingest_pages(engine, addresses, Fetching(limit, settings.url_seconds, settings.private_urls))


def _both(pages: IngestReport | None, files: IngestReport | None) -> IngestReport | None:
    from rag.reports import added_up

    return added_up([pages, files]) if pages and files else files


def _go_on(
    engine: LocalEngine | RemoteEngine,
    paths: list[Path],
    sync: bool,
    selection: Selection,
    told: tuple[Ignored, ...],
    *,
    as_json: bool,
) -> None:
    """Take in what changes, and say so, as long as nobody interrupts; failures that were ``told`` are not told again."""
    from rag.watching import Looks, changes

    looks = Looks()
    chosen: dict[str, Any] = {"sync": sync, "selection": selection, "ready": looks.ready}
    for _ in changes(paths, looks):
        while True:
            try:
                report = show_progress(engine.ingest_events(*paths, **chosen), quiet=True)
                break
            except RetryLater as error:
                note(f"Not yet: {error}")
        assert report is not None
        # A file that is waited for is told of before those that were read.
        same = set(report.failed) == set(told)
        if report.anything or not same:
            lines = report_lines(report)
            shown = lines[:1] if same else lines
            print_json(plain(report)) if as_json else print_text("\n".join(shown))
        told = report.failed


def remove(
    documents: Annotated[list[str], typer.Argument(help="Documents, by name or id.", metavar="DOCUMENT...")],
    index: options.Index = None,
    purge: Annotated[
        bool, typer.Option("--purge", help="Leave no byte of their texts in the index (makes it anew, no embedding).")
    ] = False,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """Remove documents from the index; their files stay, and following the folder does not bring them back.

    What came out of the same file goes too: with a mail its attachments, with the name of an archive all that is in
    it. One of them alone is removed by its own name. To take one in again: rag ingest FILE
    """
    step_back()
    with session.engine(index=index, no_server=no_server) as engine:
        removed = engine.remove(*documents, purge=purge)
    if as_json:
        print_json({"removed": removed})
    else:
        done = "Purged" if purge else "Removed"
        together = (map(printed, names) for _, names in groupby(removed, lambda name: (*containers(name), name)[0]))
        print_text("\n".join(f"{done}: {', '.join(names)}" for names in together))


def compact(index: options.Index = None, as_json: options.Json = False) -> None:
    """Sweep what stopped ingests left behind, and give space back; nothing of removed texts stays in the files."""
    from rag.engine import connect

    step_back()
    with connect(options.settings(index=index)) as engine:
        before = _size(engine.folder)
        engine.compact()
        after = _size(engine.folder)
    if as_json:
        print_json({"bytes_before": before, "bytes_after": after})
    else:
        print_text(f"Index: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB now")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
