"""``rag ingest``, ``rag remove`` and ``rag compact``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.cli import options, session
from rag.cli.output import print_json, print_text, report_lines, show_progress
from rag.wire import plain


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Folders or files.", metavar="PATH...")],
    index: options.Index = None,
    sync: Annotated[
        bool, typer.Option("--sync", help="Remove documents whose file is gone from a named folder.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the index anew from these documents.")] = False,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """Take in files and folders: only what is new or changed costs anything.

    A file that cannot be read is named with the reason and stops nothing. If any document failed,
    the exit code is 1.
    """
    with session.engine(index=index, no_server=no_server) as engine:
        events = engine.ingest_events(*paths, sync=sync, dry_run=dry_run, rebuild=rebuild)
        report = show_progress(events, quiet=as_json)
    assert report is not None
    if as_json:
        print_json(plain(report))
    else:
        print_text("\n".join(report_lines(report)))
    if report.failed:
        raise typer.Exit(1)


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

    To take one in again: rag ingest FILE
    """
    with session.engine(index=index, no_server=no_server) as engine:
        removed = engine.remove(*documents, purge=purge)
    if as_json:
        print_json({"removed": removed})
    else:
        print_text("\n".join(f"{'Purged' if purge else 'Removed'}: {name}" for name in removed))


def compact(index: options.Index = None, as_json: options.Json = False) -> None:
    """Sweep what stopped ingests left behind, and give space back; nothing of removed texts stays in the files."""
    from rag.engine import connect

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
