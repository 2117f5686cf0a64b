"""Puts every case to an engine: an index of the documents, one process, nothing else open."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from rag import BelegError, Filters, LocalEngine, load_settings

from .cases import Case, DocSpan, Overlay
from .errors import NotMeasurable
from .lanes import Lane
from .replies import Reply, Usage, from_answer

_ALL = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """All replies to a list of cases, in their order, and the chunks of each document with evidence."""

    replies: tuple[Reply, ...]
    chunks: dict[str, tuple[DocSpan, ...]]


def ask_all(
    cases: Sequence[Case],
    docs: Path,
    lane: Lane,
    *,
    index: Path | None = None,
    given: Mapping[str, Any],
    repeats: int = 1,
) -> Asked:
    """Ingest the documents and ask every case, ``repeats`` times; an error becomes the reply of its case.

    ``index`` keeps the index in that folder; None makes a fresh one that goes away. ``given`` are
    settings in place of those that are in force.

    Raises:
        NotMeasurable: a document could not be taken in, so its facts could not be found.
    """
    with tempfile.TemporaryDirectory(prefix="beleg-evals-") as scratch:
        folder = index or Path(scratch) / "index"
        with lane.connect(load_settings(**{"wait": 600, **given, "index": folder})) as engine:
            needed = _evidence_documents(cases)
            _take_in(engine, docs, needed)
            chunks = chunks_of(engine, sorted(needed))
            replies: list[Reply] = []
            with ExitStack() as stack:
                engines: dict[tuple[Overlay, ...], LocalEngine] = {(): engine}
                for case in [*cases] * repeats:
                    if case.overlay not in engines:
                        own = Path(scratch) / f"overlay-{len(engines)}"
                        asked = stack.enter_context(_overlaid(engine, case.overlay, lane, own))
                        chunks |= chunks_of(asked, [one.name for one in case.overlay])
                        engines[case.overlay] = asked
                    replies.append(ask_one(engines[case.overlay], case, lane.usage))
    return Asked(tuple(replies), chunks)


def ask_one(engine: LocalEngine, case: Case, usage: Callable[[], Usage]) -> Reply:
    """Ask one case. What ``rag`` raises on purpose is the case's reply; anything else ends the run."""
    try:
        answer = engine.ask(case.question, Filters(language=case.within))
    except NotMeasurable:
        raise
    except BelegError as error:
        return Reply("error", error=f"{type(error).__name__}: {error}")
    return from_answer(answer, usage())


def chunks_of(engine: LocalEngine, documents: Sequence[str]) -> dict[str, tuple[DocSpan, ...]]:
    """Return every chunk of the named documents, in the order of the text."""
    chunks: dict[str, tuple[DocSpan, ...]] = {}
    for name in documents:
        hits = engine.search(Path(name).stem + " a", Filters(source=escape(name)), limit=_ALL)
        chunks[name] = tuple(sorted(DocSpan(name, hit.chunk.span.start, hit.chunk.span.end) for hit in hits))
    return chunks


def _take_in(engine: LocalEngine, docs: Path, needed: set[str]) -> None:
    report = engine.ingest(docs, sync=True)
    missing = sorted(needed - {document.name for document in engine.documents()})
    if missing:
        why = {one.name: one.reason for one in (*report.failed, *report.skipped)}
        listed = ", ".join(f"{name} ({why.get(name, 'not there')})" for name in missing)
        raise NotMeasurable(
            f"Documents that gold rests on could not be taken in: {listed}.", hint="See: rag ingest FOLDER"
        )


def _evidence_documents(cases: Sequence[Case]) -> set[str]:
    return {
        span.document
        for case in cases
        for fact in case.facts
        for spans in fact.evidence
        for span in spans
        if span.document not in {document.name for document in case.overlay}
    }


@contextmanager
def _overlaid(engine: LocalEngine, overlay: Sequence[Overlay], lane: Lane, own: Path) -> Generator[LocalEngine]:
    """Give an engine on a copy of the index that holds the overlay too; nothing is embedded twice."""
    shutil.copytree(engine.folder, own / "index")
    (own / "docs").mkdir()
    for document in overlay:
        (own / "docs" / document.name).write_text(document.text, encoding="utf-8")
    settings = engine.settings.model_copy(update={"index": own / "index"})
    with lane.connect(settings) as other:
        _take_in(other, own / "docs", {document.name for document in overlay})
        yield other
