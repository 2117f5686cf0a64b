"""Archives: each file in them is a document, if it is of a format that Beleg reads."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from dataclasses import replace
from zipfile import BadZipFile, ZipFile, ZipInfo

from rag.documents.formats import Limits
from rag.documents.parsed import Parsed
from rag.documents.readers.inside import documents, readable, unreadable
from rag.documents.readers.package import PASSWORD, opened
from rag.errors import FixFile

_MOST_NAME = 300


def read_many(data: bytes, limits: Limits) -> Iterator[tuple[str, Parsed | FixFile]]:
    """Yield the documents of an archive by the names of their files in it; hidden ones are passed over."""
    archive = opened(data, limits, "a ZIP archive", protected=False)
    within = replace(limits, archives=False)
    names: set[str] = set()
    for part in archive.infolist():
        name = readable(part.filename)
        if part.is_dir() or any(step.startswith((".", "__MACOSX")) for step in name.split("/") if step != ".."):
            continue
        if ".." in name.split("/") or name.startswith("/") or len(name) > _MOST_NAME or not name:
            yield name[:_MOST_NAME].strip("/").replace("..", "_") or "_", FixFile("its name leads out of the archive")
        elif name in names:
            yield f"{name} (again)", FixFile("its name is there twice")
        else:
            names.add(name)
            yield from _member(archive, part, name, within)


def _member(archive: ZipFile, part: ZipInfo, name: str, limits: Limits) -> Iterator[tuple[str, Parsed | FixFile]]:
    if (refused := _refused(part, name, limits)) is not None:
        yield name, refused
        return
    try:
        data = archive.read(part)
    except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        yield name, FixFile(f"corrupt in its archive ({error})")
        return
    yield from documents(name, data, limits)


def _refused(part: ZipInfo, name: str, limits: Limits) -> FixFile | None:
    if stat.S_ISLNK(part.external_attr >> 16):
        return FixFile("a link; links are not followed", skipped=True)
    if (refused := unreadable(name, limits)) is not None:
        return refused
    if part.flag_bits & 1:
        return PASSWORD
    if part.file_size > limits.characters:
        return FixFile(f"larger than {limits.characters / 1_000_000:.0f} MB", hint="Raise max_file_mb in rag.toml.")
    return None
