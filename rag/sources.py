"""What a user means by a path or a name: the folder as the index knows it, one document, files on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.catalog import AnyCatalog, SourceRow
from rag.documents.folder import File, Source, document_id, file_at, is_folder, is_gone, scan, source_of
from rag.documents.formats import containers
from rag.documents.naming import printed
from rag.documents.reading import Parser, document_of, documents_in, read_bytes
from rag.errors import AddDocuments, FixFile, FixInput, InstallExtra
from rag.index import Health
from rag.plan import IngestRule, make_plan, untouched
from rag.receipts import Cited, CurrentDocument
from rag.records import Document, DocumentInfo
from rag.reports import Ignored
from rag.uploads import is_upload

if TYPE_CHECKING:
    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Status:
    """What ``rag doctor`` reports: the state of an index, and its sources.

    ``catalog`` names the server that holds its catalog; it is empty where that is in the index's folder. ``unread`` are
    files of its folders that should be documents and could not be read.
    """

    index: str
    health: Health
    sources: tuple[SourceRow, ...]
    missing_sources: tuple[str, ...]
    catalog: str = ""
    unread: tuple[Ignored, ...] = ()


def pick(documents: Sequence[DocumentInfo], which: str) -> DocumentInfo:
    """Return the document that an id, a name (also as it is printed), or the beginning of either means.

    Raises:
        FixInput: none or several are meant.
    """
    exact = [d for d in documents if which in (d.id, d.name)] or [d for d in documents if which == printed(d.name)]
    found = exact or [d for d in documents if which and (d.id.startswith(which) or d.name.startswith(which))]
    if not found:
        raise FixInput(f"No document {which!r} in the index.", hint="See what there is: rag documents")
    if len(found) > 1:
        names = ", ".join(f"{printed(d.name)} ({d.id})" for d in found[:5])
        raise FixInput(f"{which!r} means {len(found)} documents: {names}.", hint="Name one by its id.")
    return found[0]


@dataclass(frozen=True, slots=True)
class Meant:
    """What goes when a person removes something: ``key`` is the id of a document, or the name of a file that is none itself."""

    key: str
    documents: tuple[DocumentInfo, ...]


def meant(documents: Sequence[DocumentInfo], which: str) -> Meant:
    """Return a document and all that came out of its file, or all that came out of an archive of this name.

    Raises:
        FixInput: none or several are meant.
    """
    if not any(which in (d.id, d.name, printed(d.name)) for d in documents):
        inside = [(d, file) for d in documents for file in containers(d.name) if which in (file, printed(file))]
        if inside and len({(d.source, file) for d, file in inside}) == 1:
            return Meant(inside[0][1], tuple(d for d, _ in inside))
    chosen = pick(documents, which)
    others = (d for d in documents if d.source == chosen.source and chosen.name in containers(d.name))
    return Meant(chosen.id, (chosen, *others))


def resolve(catalog: AnyCatalog, path: Path, *, adopt: bool = True) -> Source:
    """Return a path's source as the index knows it; a folder that was moved is recognised.

    It is the same folder where the one that the index knows is gone and most of its documents
    stand here, by name and size. Where the id of the path is taken by a folder that moved away, the
    path gets another.
    """
    source = source_of(path)
    rows = catalog.sources()
    by_root = next((row for row in rows if row.root == str(source.root)), None)
    if by_root is not None:
        return replace(source, id=by_root.id)
    handed_over = next((row for row in rows if row.id == source.id and is_upload(row.root)), None)
    if handed_over is not None:
        # A client sent this folder's files to a server before; they are the same documents.
        if adopt:
            catalog.move_source(source.id, str(source.root))
        return source
    if source.whole:
        sizes = {item.name: item.size for item in scan(path) if isinstance(item, File)}
        for row in rows:
            known = catalog.known(row.id)
            same = sum(sizes.get(name) == one.size for name, one in known.items())
            if known and is_gone(Path(row.root)) and same * 2 > len(known):
                if adopt:
                    catalog.move_source(row.id, str(source.root))
                return replace(source, id=row.id)
    while any(row.id == source.id for row in rows):
        source = replace(source, id=document_id(source.id, "again"))
    return source


def of_version(catalog: AnyCatalog, version: str) -> Document | None:
    """Return the document that holds this version of a text, the first by name where several do."""
    found = catalog.of_version(version)
    return catalog.document(found[0].id, version) if found else None


def current_files(docs: Path, limit: int, parser: Parser) -> CurrentDocument:
    """Return the way from a citation to the document that its file in ``docs`` holds now."""
    # Only what a scan of the folder offers: a receipt may come from anyone, and its names lead nowhere else.
    files = {item.name: item for item in scan(source_of(docs).root) if isinstance(item, File)}

    def current(cited: Cited) -> Document | None:
        name = cited.document
        # A document may be in a file that holds many.
        file = next((files[one] for one in (name, *containers(name)) if one in files), None)
        try:
            return None if file is None else _held(file, name, cited.document_id, limit, parser)
        except FixFile:
            return None

    return current


def changed_files(catalog: AnyCatalog, documents: Iterable[str], limit: int, parser: Parser) -> tuple[str, ...]:
    """Return the names of those of the documents, by id, whose files do not hold any more what is stored.

    A file is read only where size or time stamp do not prove that it is as it was. Of one that is not there, or cannot be
    reached now, and of what was handed over, nothing is said.
    """
    roots = {row.id: Path(row.root) for row in catalog.sources() if not is_upload(row.root)}
    known = [one for identity in documents for one in catalog.known_as(identity) if one.id == identity]
    return tuple(d.name for d in known if d.source in roots and _changed(catalog, d, roots[d.source], limit, parser))


def _changed(catalog: AnyCatalog, d: DocumentInfo, root: Path, limit: int, parser: Parser) -> bool:
    file = _file_of(root, d.name)
    if file is None:
        return False
    remembered = (catalog.seen_files(d.source, file.name) | catalog.known(d.source, file.name)).get(file.name)
    if remembered is not None and untouched(file, remembered):
        return False
    try:
        document = _held(file, d.name, d.id, limit, parser)
    except FixFile as error:
        return not error.transient
    except InstallExtra:
        return False
    return document is None or document.info.version != d.version


def _held(file: File, name: str, identity: str, limit: int, parser: Parser) -> Document | None:
    """Return the document of this name that a file holds. Raises FixFile or InstallExtra where it cannot be read."""
    for found, parsed in documents_in(read_bytes(file.path, limit), file.name, parser):
        if found == name and not isinstance(parsed, FixFile):
            return document_of(parsed, identity=identity, source="", name=name)
    return None


def unread(catalog: AnyCatalog, limit: int, skip: Path) -> tuple[Ignored, ...]:
    """Return the files that should be documents and could not be read, as far as their folders stand; ``skip`` as in ``make_plan``."""
    found: list[Ignored] = []
    for row in catalog.sources():
        root = Path(row.root)
        if is_upload(row.root) or not is_folder(root):
            continue
        found += [
            Ignored(file.name, file.reason, file.hint)
            for file in catalog.seen_files(row.id).values()
            if file.reason is not None and not file.skipped and _file_of(root, file.name) is not None
        ]
        if row.whole:
            # Of what could not be reached nothing is remembered, so that it is tried again.
            plan = make_plan(catalog, [(Source(row.id, root), root)], IngestRule(limit, following=True), skip=skip)
            found += [refused for todo in plan.fresh if (refused := _unreachable(todo.file)) is not None]
    return tuple(sorted(found, key=lambda one: one.name))


def _unreachable(file: File) -> Ignored | None:
    try:
        # Its first byte tells; that it has more of them is no matter here.
        read_bytes(file.path, 0)
    except FixFile as error:
        return Ignored(file.name, str(error), error.hint) if error.transient else None
    return None


def _file_of(root: Path, name: str) -> File | None:
    """Return the file that a document of this name is in, or is, if it is there."""
    return next((file for one in (name, *containers(name)) if (file := file_at(root, one))), None)


def default_docs(settings: Settings) -> Path | None:
    """Return the folder to answer from where none was named: that of the settings, or ./seeds."""
    if settings.docs is not None:
        return settings.docs
    seeds = Path("seeds")
    return seeds if seeds.is_dir() else None


def nothing_named() -> AddDocuments:
    """Return the error for a question where neither an index nor a folder is known."""
    return AddDocuments(
        "There is no index yet, and no folder to make one from.",
        hint='Name a folder: rag ask "..." --docs FOLDER   (or set docs in rag.toml)',
    )
