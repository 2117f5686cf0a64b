"""``rag verify`` and ``rag doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag import __version__
from rag.cli import options, session
from rag.cli.output import here, ignored_lines, print_json, print_text, standard_input
from rag.documents.naming import printed
from rag.errors import FixInput, RebuildIndex
from rag.render import count, safe, words_of
from rag.wire import plain

if TYPE_CHECKING:
    from rag.engine import LocalEngine
    from rag.messages import Messages
    from rag.receipts import CheckedCitation
    from rag.repair import Repaired


def verify(
    receipt: Annotated[Path, typer.Argument(help="A receipt that rag ask wrote; - reads it from standard input.")],
    docs: Annotated[
        Path | None,
        typer.Option("--docs", help="Check against the files in this folder.", show_default="the stored documents"),
    ] = None,
    index: options.Index = None,
    no_server: options.NoServer = False,
    as_json: options.Json = False,
) -> None:
    """Check every citation of a receipt again, offline and without a model.

    The exit code is 1 if a citation broke or a statement is not backed by its quotes. A citation breaks too where the same
    version of its document has another title, date or language, and where its document was renamed; then it is said where
    the text stands now. Statements in other words than their quotes are held
    to them as far as that needs no model; the last line says how far. Of a refusal, what came nearest is checked. A file
    that has changed since it was taken in is noted, and breaks nothing.
    """
    from rag.receipts import from_json, outcome, verification_json

    try:
        answer = from_json(standard_input() if str(receipt) == "-" else receipt.read_bytes())
    except OSError as error:
        raise FixInput(f"The receipt {receipt} cannot be read: {error.strerror}.") from error
    with session.engine(index=index, no_server=no_server) as engine:
        result = engine.verify(answer, docs=docs)
    if as_json:
        print_json(verification_json(result))
    else:
        words = words_of(answer)
        for c in result.citations:
            print_text(_line(c, words))
        for near in result.nearest:
            print_text(words.nearest_quote.format(_line(near, words)))
        for statement in result.unbacked:
            print_text(words.unbacked.format(safe(statement)))
        for name in result.changed_files:
            print_text(words.file_changed.format(printed(name)))
        print_text(words.outcomes[outcome(result)])
        print_text(words.wording[result.wording])
    if not result.holds:
        raise typer.Exit(1)


def _line(c: CheckedCitation, words: Messages) -> str:
    differs = words.conjunction.join(words.labels[name] for name in c.differs)
    found = words.verdicts[c.verdict].format(differs or c.now)
    if c.now_in is not None:
        stands = words.stands_not if c.now is None else words.stands_at.format(c.now)
        found += words.renamed.format(printed(c.now_in), stands)
        found += words.with_another.format(differs) if differs else ""
    later = words.other_version if c.verdict == "holds" and c.other_version else ""
    return f"[{c.number}] {printed(c.document)} {c.start}–{c.end}: {found}{later}"


def doctor(
    index: options.Index = None,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Make vectors and words anew from the catalog; save what can be read of a damaged one."
        ),
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Say how the index is, and what to do where it is damaged or a document is lost (exit code 1).

    Files of its folders that could not be read are named; they are no damage.
    """
    from rag.engine import connect

    with connect(options.settings(index=index)) as engine:
        repaired = _repaired(engine) if repair else None
        status = engine.status()
    health = status.health
    lost = repaired.lost if repaired else ()
    advice = [*map(here, _advice(health.problems, status.missing_sources, lost=lost, unread=len(status.unread)))]
    if as_json:
        print_json({"beleg": __version__, **plain(status), "repaired": plain(repaired), "advice": advice})
    else:
        print_text(f"beleg {__version__}, index {status.index}")
        if status.catalog:
            print_text(f"Catalog: PostgreSQL, {status.catalog}")
        print_text(
            f"{health.documents} documents, {health.chunks} chunks, generation {health.generation}, {health.embedder}"
        )
        if health.vectors:
            print_text(f"Vectors: on the Chroma server {health.vectors}")
        for line in _salvaged(repaired):
            print_text(line)
        for source in status.sources:
            print_text(f"Folder: {safe(source.root)} ({source.documents} documents)")
        for line in health.problems:
            print_text(f"Problem: {safe(line)}")
        # No problem of the index's: it is so wherever one was imported.
        for root in status.missing_sources:
            print_text(f"Note: folder is gone: {safe(root)}")
        for line in ignored_lines("Failed", status.unread):
            print_text(line)
        print_text("\n".join(advice) or "All is well.")
    if health.problems or (repaired and repaired.lost):
        raise typer.Exit(1)


def _repaired(engine: LocalEngine) -> Repaired | None:
    """Repair the index; where that is what does not go, it is not advised again."""
    from rag.catalog.schema import past_repair

    try:
        return engine.repair()
    except RebuildIndex as error:
        if "--repair" not in error.hint:
            raise
        raise RebuildIndex(f"{error} Nothing can be read of it.", hint=past_repair(engine.folder)) from error


def _salvaged(repaired: Repaired | None) -> list[str]:
    if repaired is None:
        return []
    lines = [f"The catalog was damaged. Saved as they were: {repaired.kept} documents"]
    lines += [f"Embedded again: {safe(name)}" for name in repaired.embedded]
    return [*lines, *(f"LOST: {safe(name)}" for name in repaired.lost)]


def _advice(problems: tuple[str, ...], missing: tuple[str, ...], *, lost: tuple[str, ...], unread: int) -> list[str]:
    advice: list[str] = []
    if any(problem.startswith("catalog: ") and "stopped ingest" not in problem for problem in problems):
        advice.append(
            "The catalog is damaged; save what can be read: rag doctor --repair. Or make it anew: rag ingest FOLDER --rebuild"
        )
    elif any(problem.startswith(("vectors", "words")) for problem in problems):
        advice.append("Make vectors and words anew, without embedding: rag doctor --repair")
    elif problems:
        advice.append("Sweep what was left behind: rag compact")
    if lost:
        advice.append("What is lost comes back with its file, if that still stands: rag ingest FILE")
    if missing:
        advice.append("A folder is gone; its documents can still be cited. To drop one: rag remove DOCUMENT")
    if unread:
        told = count(
            ("1 file could not be read. Mend or remove it", "{} files could not be read. Mend or remove them"), unread
        )
        advice.append(f"{told}, then: rag ingest FOLDER")
    return advice
