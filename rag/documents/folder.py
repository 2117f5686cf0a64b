"""Which files a folder offers, under which names, and which are left out and why."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.documents.formats import unread_format
from rag.documents.selection import EVERYTHING, Rules, Selection
from rag.errors import FixInput


@dataclass(frozen=True, slots=True)
class File:
    """A file that may become a document, at ``path``.

    ``name`` is its path below the source, with ``/`` and in NFC; ``size`` is in bytes and
    ``modified`` in nanoseconds, together the cheap sign that a file has not changed.
    """

    path: str
    name: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not a document, and the reason in words."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a document's file, to see cheaply whether it changed.

    ``checked`` is when it was last read, in nanoseconds, as is ``modified``; ``size`` is in bytes.
    """

    id: str
    name: str
    version: str
    size: int
    modified: int
    checked: int


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file that is not one document: it was refused for a ``reason``, or holds documents (``reason`` is None).

    ``size`` is in bytes, ``modified`` and ``checked`` are in nanoseconds, as in Known.
    """

    name: str
    size: int
    modified: int
    checked: int
    reason: str | None = None
    hint: str = ""
    skipped: bool = False


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
    try:
        resolved = path.expanduser().resolve()
        state = resolved.stat()
    except FileNotFoundError as error:
        raise FixInput(
            f"No such file or folder: {path}", hint="Check the path; it is read relative to where you are."
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        # Not permitted, too long, a loop of links, an unknown home, or no path at all.
        raise FixInput(f"Cannot be reached: {path} ({getattr(error, 'strerror', None) or error})") from error
    whole = stat.S_ISDIR(state.st_mode)
    if not whole and not stat.S_ISREG(state.st_mode):
        raise FixInput(f"Neither a folder nor a regular file: {path}", hint="Name a folder of documents.")
    root = resolved if whole else resolved.parent
    return Source(source_id(root), root, whole=whole)


def is_folder(path: Path) -> bool:
    """Say whether a path is a folder that can be reached from here."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_gone(path: Path) -> bool:
    """Say whether nothing is there any more; what may not be looked at is not gone."""
    try:
        return not path.exists()
    except OSError:
        return False


def source_id(root: str | Path) -> str:
    """Return the identity of a source: a hash of the resolved path of its folder."""
    return hashlib.sha256(os.fsencode(root)).hexdigest()[:16]


def document_id(source: str, name: str) -> str:
    """Return the identity of a document: the same place keeps it, whatever the content becomes."""
    return hashlib.sha256(f"{source}\n{name}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def scan(path: Path, *, skip: Path | None = None, selection: Selection = EVERYTHING) -> Iterator[File | LeftOut]:
    """Walk a folder (or one file) in a fixed order and yield what is in it.

    Hidden files and folders are passed over in silence, as are ``skip`` (the index itself), what a
    ``.ragignore`` names, and files that ``selection`` does not mean; links are not followed, so a loop cannot trap the walk. Everything else that is not a readable file is
    yielded as LeftOut, and so is a file whose name another one before it has, once both are in NFC.
    """
    resolved = path.expanduser().resolve()
    if resolved.is_file():
        yield _classify(str(resolved), _name(resolved.name))
        return
    names: set[str] = set()
    chosen = selection.matcher()
    for item in _walk(resolved, skip.expanduser().resolve() if skip is not None else None):
        if isinstance(item, File) and item.name in names:
            yield LeftOut(item.name, "its name differs from another file's only in how it is encoded")
            continue
        names.add(item.name)
        if item.name.endswith("/") or chosen.passes(item.name):
            yield item


def file_at(root: Path, name: str) -> File | None:
    """Return the file of this name below a folder, if one is there that ``scan`` would offer."""
    found = _classify(f"{root}/{name}", name)
    return found if isinstance(found, File) else None


def _walk(root: Path, skip: Path | None) -> Iterator[File | LeftOut]:
    # As strings: paths and their parts, made for each file, would take as long as all the rest.
    above, skipped = len(str(root).rstrip("/")) + 1, str(skip)
    stack = [(str(root), Rules())]
    while stack:
        folder, outer = stack.pop()
        if folder == skipped:
            continue
        try:
            with os.scandir(folder) as opened:
                entries = sorted((e for e in opened if not e.name.startswith(".")), key=lambda entry: entry.name)
            rules = outer.below(Path(folder))
            below = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError as error:
            yield LeftOut(_name(folder[above:] or ".") + "/", f"folder cannot be read: {error.strerror or error}")
            continue
        folders = set(below)
        for path in (entry.path for entry in entries):
            if path not in folders and not rules.ignore(path, folder=False):
                yield _classify(path, _name(path[above:]))
        stack.extend((one, rules) for one in reversed(below) if not rules.ignore(one, folder=True))


def _classify(path: str, name: str) -> File | LeftOut:
    try:
        state = os.lstat(path)
    except OSError as error:
        return LeftOut(name, f"cannot be read: {error.strerror or error}")
    if stat.S_ISLNK(state.st_mode):
        return LeftOut(name, "a link; links are not followed")
    if not stat.S_ISREG(state.st_mode):
        return LeftOut(name, "not a regular file")
    if "\n" in name:
        return LeftOut(name, "its name holds a line break")
    if (why := unread_format(name)) is not None:
        return LeftOut(name, why)
    return File(path, name, state.st_size, state.st_mtime_ns)


def _name(relative: str) -> str:
    """Return a path below a source as a name: readable whatever its bytes are, and in NFC."""
    if relative.isascii():
        return relative
    readable = os.fsencode(relative).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", readable)
