"""``rag export`` and ``rag import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import options
from rag.cli.output import note, print_json, print_text
from rag.errors import RetryLater
from rag.wire import plain

if TYPE_CHECKING:
    from rag.portable import Manifest

Replace = Annotated[bool, typer.Option("--replace", help="Take the place of what is there already.")]


def export(
    file: Annotated[Path, typer.Argument(help="File to write.")],
    index: options.Index = None,
    replace: Replace = False,
    as_json: options.Json = False,
) -> None:
    """Write the index to one file, with texts, vectors and checksums: rag import takes it in elsewhere.

    Answers there are the same, and nothing is embedded again. An ingest or a server may go on meanwhile.
    """
    from rag.engine import connect

    with connect(options.settings(index=index)) as engine:
        manifest = engine.export_to(file, replace=replace)
    _say("Exported", manifest, file, as_json=as_json)


def import_(
    file: Annotated[Path, typer.Argument(help="File that rag export wrote.")],
    index: options.Index = None,
    replace: Replace = False,
    as_json: options.Json = False,
) -> None:
    """Make an exported file the index; every text and checksum is checked before anything is changed.

    The documents' folders are not needed. The catalog of an index that is replaced is kept beside the new
    one until rag compact.
    """
    from rag.engine import connect
    from rag.ownership import running_server

    with connect(options.settings(index=index)) as engine:
        if (server := running_server(engine.folder)) is not None:
            raise RetryLater(f"A server answers from this index, at {server.url}.", hint="Stop it first: rag stop")
        if not as_json:
            note("Checking, then making vectors and words from the catalog …")
        manifest = engine.import_from(file, replace=replace)
    _say("Imported", manifest, file, as_json=as_json)


def _say(done: str, manifest: Manifest, file: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(file), **plain(manifest)})
    else:
        print_text(
            f"{done}: {manifest.documents} documents, {manifest.chunks} chunks, {manifest.embedder},"
            f" {manifest.bytes / 1e6:.1f} MB, {file}"
        )
