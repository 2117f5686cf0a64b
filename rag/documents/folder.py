"""Which files a folder offers, under which names, and which are left out and why."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.documents.reading import READABLE
from rag.errors import FixInput


@dataclass(frozen=True, slots=True)
class File:
    """A file that may become a document.

    ``name`` is its path below the source, with ``/`` and in NFC; ``size`` is in bytes and
    ``modified`` in nanoseconds, together the cheap sign that a file has not changed.
    """

    path: Path
    name: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not a document, and the reason in words."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """A folder that brought documents: it alone may remove them again.

    ``id`` is a hash of the resolved path; a folder that was moved keeps the id of its old place. A
    single file's source is its folder, so that naming a file and naming its folder speak of the
    same document; ``whole`` says which of the two was named.
    """

    id: str
    root: Path
    whole: bool = True


def source_of(path: Path) -> Source:
    """Return the source that a path given by a user belongs to.

    Raises:
        FixInput: there is no such path, or it is neither a folder nor a regular file.
    """
    resolved = path.expanduser().resolve()
    if not resolved.exists():
        raise FixInput(f"No such file or folder: {path}", hint="Check the path; it is read relative to where you are.")
    if not resolved.is_dir() and not resolved.is_file():
        raise FixInput(f"Neither a folder nor a regular file: {path}", hint="Name a folder of .txt or .md files.")
    root = resolved if resolved.is_dir() else resolved.parent
    return Source(hashlib.sha256(os.fsencode(root)).hexdigest()[:16], root, whole=resolved.is_dir())


def document_id(source: str, name: str) -> str:
    """Return the identity of a document: the same place keeps it, whatever the content becomes."""
    return hashlib.sha256(f"{source}\n{name}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def scan(path: Path, *, skip: Path | None = None) -> Iterator[File | LeftOut]:
    """Walk a folder (or one file) in a fixed order and yield what is in it.

    Hidden files and folders are passed over in silence, as is ``skip`` (the index itself); links
    are not followed, so a loop cannot trap the walk. Everything else that is not a readable file is
    yielded as LeftOut.
    """
    resolved = path.expanduser().resolve()
    if resolved.is_file():
        yield _classify(resolved, resolved.name)
        return
    stack = [resolved]
    while stack:
        folder = stack.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield LeftOut(_name(folder, resolved) + "/", f"folder cannot be read: {error.strerror or error}")
            continue
        below: list[Path] = []
        for entry in entries:
            if entry.name.startswith(".") or (skip is not None and Path(entry.path) == skip):
                continue
            if entry.is_dir(follow_symlinks=False):
                below.append(Path(entry.path))
            else:
                yield _classify(Path(entry.path), _name(Path(entry.path), resolved))
        stack.extend(reversed(below))


def _classify(path: Path, name: str) -> File | LeftOut:
    try:
        state = path.lstat()
    except OSError as error:
        return LeftOut(name, f"cannot be read: {error.strerror or error}")
    if stat.S_ISLNK(state.st_mode):
        return LeftOut(name, "a link; links are not followed")
    if not stat.S_ISREG(state.st_mode):
        return LeftOut(name, "not a regular file")
    if path.suffix.lower() not in READABLE:
        return LeftOut(name, f"not a format that Beleg reads ({path.suffix or 'no suffix'})")
    return File(path, name, state.st_size, state.st_mtime_ns)


def _name(path: Path, root: Path) -> str:
    relative = path.relative_to(root).as_posix()
    readable = os.fsencode(relative).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", readable)
