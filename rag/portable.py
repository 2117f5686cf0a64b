"""An index as one file that moves between machines: the catalog, which holds texts and vectors, and a manifest.

The file is a ZIP of ``manifest.json`` and ``catalog.sqlite3``. What finds chunks by vector and by word is
derived from the catalog, so it is made anew at the other end, and nothing is embedded again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from rag import __version__
from rag.catalog import AnyCatalog, Catalog, Seat
from rag.catalog.migrations import SCHEMA
from rag.catalog.schema import FILE, STAGE
from rag.errors import BelegError, FixInput, FixSettings, FixStorage, RebuildIndex
from rag.vectors import born
from rag.wire import build

FORMAT = 1
_MANIFEST = "manifest.json"
_MANIFEST_BYTES = 100_000
_BLOCK = 1 << 20
_MAKE_ONE = "Make one: rag export FILE"
_ANEW = "Export it again, or copy the file again."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file holds. ``sha256`` and ``bytes`` are those of the catalog in it, ``made`` an ISO 8601 time."""

    format: int
    beleg: str
    schema: int
    embedder: str
    documents: int
    chunks: int
    corpus: str
    sha256: str
    bytes: int
    made: str


def export(catalog: AnyCatalog, target: Path, *, replace: bool) -> Manifest:
    """Write a catalog to a file as it is now; whoever writes to the index meanwhile goes on.

    Raises:
        FixInput: the file is there already, and ``replace`` was not said.
        FixStorage: there is no room, or no permission.
        RebuildIndex: the catalog is damaged, so that nobody could take the file in; what was exported before stays.
    """
    if target.is_dir() or (target.exists() and not replace):
        raise FixInput(f"{target} is there already.", hint="Choose another name, or say --replace.")
    part = target.with_name(f"{target.name}.part")
    try:
        with _storage_errors(target), tempfile.TemporaryDirectory(prefix=".beleg-", dir=target.parent) as aside:
            catalog.copy_to(Path(aside) / FILE)
            manifest = _described(Path(aside))
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as file:
                file.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=2))
                file.write(Path(aside) / FILE, FILE)
            part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return manifest


def take_in(file: Path, folder: Path, seat: Seat, *, embedder: str, replace: bool) -> Manifest:
    """Make the catalog of an exported file that of an index folder; vectors and words are to be made anew.

    The catalog that was there is kept under another name. To be called by the index's writer; until all
    is checked nothing is changed.

    Raises:
        FixInput: the file is none that was exported, is damaged, or of a newer version; or there is an index
            already, and ``replace`` was not said.
        FixSettings: its vectors are another embedder's.
        FixStorage: there is no room, or no permission.
    """
    if seat.exists() and not replace:
        raise FixInput(
            f"There is an index in {seat.name} already.", hint="Name another with --index, or say --replace."
        )
    stage = folder / STAGE
    try:
        with _storage_errors(folder):
            shutil.rmtree(stage, ignore_errors=True)
            stage.mkdir()
            with _opened(file) as members:
                manifest = _manifest_of(members, file)
                if manifest.embedder != embedder:
                    raise FixSettings(
                        f"The vectors in {file} were made by the embedder {manifest.embedder}, not by {embedder}.",
                        hint="Set `embedding` to that one, or take in the documents themselves: rag ingest FOLDER",
                    )
                _unpack(members, manifest, stage / FILE, file)
            _check(stage, manifest, file)
            seat.take_over(stage)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return manifest


def _described(folder: Path) -> Manifest:
    """Return the manifest of the catalog in a folder, cleaned of what no document needs and found whole."""
    with closing(Catalog(folder)) as copy:
        if orphans := copy.orphans():
            copy.forget(orphans)
        copy.compact()
        if wrong := copy.damage():
            raise RebuildIndex(f"The catalog is damaged: {'; '.join(wrong[:5])}.", hint="Mend it: rag doctor --repair")
        corpus, chunks, embedder = copy.corpus(), copy.chunk_count(), copy.meta("embedder") or ""
    size, digest = 0, hashlib.sha256()
    with (folder / FILE).open("rb") as opened:
        while block := opened.read(_BLOCK):
            digest.update(block)
            size += len(block)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return Manifest(
        FORMAT,
        __version__,
        SCHEMA,
        embedder,
        corpus.documents,
        chunks,
        corpus.fingerprint,
        digest.hexdigest(),
        size,
        now,
    )


@contextmanager
def _opened(file: Path) -> Generator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as members:
            yield members
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(file, "it was cut off, or is no such file at all") from error
    except FileNotFoundError as error:
        raise FixInput(f"There is no file {file}.", hint=_MAKE_ONE) from error
    except (IsADirectoryError, PermissionError) as error:
        raise FixInput(f"{file} cannot be read: {error.strerror}.", hint=_MAKE_ONE) from error


def _manifest_of(members: zipfile.ZipFile, file: Path) -> Manifest:
    if not {_MANIFEST, FILE} <= set(members.namelist()) or members.getinfo(_MANIFEST).file_size > _MANIFEST_BYTES:
        raise FixInput(f"{file} is no export of an index.", hint=_MAKE_ONE)
    try:
        values = json.loads(members.read(_MANIFEST))
        newer = values["format"] > FORMAT or values["schema"] > SCHEMA
        if not newer:
            return build(Manifest, values)
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(file, "its manifest cannot be read") from error
    raise FixInput(
        f"{file} was written by Beleg {values.get('beleg', '?')}, which is newer than this, {__version__}.",
        hint="Upgrade Beleg here: pip install --upgrade beleg",
    )


def _unpack(members: zipfile.ZipFile, manifest: Manifest, target: Path, file: Path) -> None:
    """Write the catalog, and no more of it than was announced."""
    size, digest = 0, hashlib.sha256()
    with members.open(FILE) as packed, target.open("wb") as opened:
        while size <= manifest.bytes and (block := packed.read(_BLOCK)):
            digest.update(block)
            size += len(block)
            opened.write(block)
    if (size, digest.hexdigest()) != (manifest.bytes, manifest.sha256):
        raise _damaged(file, "its contents are not those that its manifest names")


def _check(stage: Path, manifest: Manifest, file: Path) -> None:
    """Hold the catalog against itself and against its manifest, and leave it unsettled for its new place."""
    try:
        with closing(Catalog(stage)) as catalog:
            wrong = catalog.damage()
            if catalog.meta("embedder") != manifest.embedder:
                wrong.append("another embedder")
            if (catalog.corpus().fingerprint, catalog.chunk_count()) != (manifest.corpus, manifest.chunks):
                wrong.append("other documents")
            # Another index than the one that was exported, whose vectors may be on a server that both share.
            for key, value in born(None).items():
                catalog.note(key, value)
            # Whoever opens it makes vectors and words anew, should this process not get there.
            catalog.mark(unsettled=True)
            catalog.settle_log()
    except FixStorage:
        raise
    except BelegError as error:
        raise _damaged(file, str(error)) from error
    if wrong:
        raise _damaged(file, wrong[0])


def _damaged(file: Path, why: str) -> FixInput:
    return FixInput(f"{file} is damaged: {why}.", hint=_ANEW)


@contextmanager
def _storage_errors(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise FixStorage(
            f"{path} cannot be written: {error.strerror or error}.", hint="Check free space and permissions."
        ) from error
