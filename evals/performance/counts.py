"""Work counted, not timed, against what was counted when it was last accepted: what CI can hold.

    python -m evals.performance.counts [--accept]

Modules that a command imports, beside those that it cannot do without; calls of Python functions,
statements of SQL and searches that a warm question takes, and how many more where there are eight times as
many documents; the same of taking in a document and of passing over one that did not change. None of it depends on the machine or on
what else it does. Calls depend on the version of Python; they are compared where it is the accepted one's.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import os
import pstats
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag import Filters, LocalEngine, connect, intake, load_settings
from rag.text.language import detect
from rag.text.sentences import paragraph_spans

from .synthetic import Original, write_documents
from .timing import ENVIRONMENT

ACCEPTED = Path(__file__).with_name("counts.json")
MARGINS = {"modules": 0.05, "calls": 0.15, "statements": 0.0, "searches": 0.0, "growth": 0.1}
"""By how much a count may be above the accepted one, by the last word of its name."""

_FEW, _MANY = 3, 24
_ASKED = "Bis wann soll Europa die konventionelle Verteidigung der NATO übernehmen?"
_SET = {"RAG_EMBEDDING": "hashed-words", "RAG_THRESHOLD": "0"}
_LOADED = """
import sys
sys.argv[1:] = {words!r}
try:
    {code}
except SystemExit as done:
    assert not done.code, done.code
print(len(sys.modules), file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Worse:
    """A count that is above the accepted one by more than its margin."""

    name: str
    accepted: float
    now: float
    margin: float

    def __str__(self) -> str:
        return f"{self.name}: {self.now:g}, accepted {self.accepted:g} and {self.margin:.0%} more"


def worse(now: Mapping[str, float], accepted: Mapping[str, float]) -> list[Worse]:
    """Return what got worse. A count that was never accepted is compared with nothing."""
    out: list[Worse] = []
    for name, value in now.items():
        before, margin = accepted.get(name, value), MARGINS[name.split()[-1]]
        if value > before * (1 + margin) + 1e-9:
            out.append(Worse(name, before, value, margin))
    return out


def accepted(file: Path = ACCEPTED) -> dict[str, float]:
    """Return the accepted counts that hold for this version of Python."""
    read = json.loads(file.read_text(encoding="utf-8"))
    same = read["python"] == _version()
    return {name: value for name, value in read["counts"].items() if same or not name.endswith(("calls", "growth"))}


def imports(index: Path, folder: Path) -> dict[str, float]:
    """Return the modules that commands import beside those that they cannot do without."""
    typer = _modules("import typer", [])
    bare = _modules("import tantivy, numpy, pydantic_settings", [])
    run = "from rag.cli import main; main()"
    asked = ["ask", _ASKED, "--index", str(index), "--docs", str(folder)]
    return {
        "rag --help over import typer, modules": _modules(run, ["--help"]) - typer,
        "rag ask over its libraries, modules": _modules(run, asked) - bare,
    }


_WARM = 4


def asking(engine: LocalEngine) -> dict[str, float]:
    """Return what a warm question takes."""
    # What is made at need is there after some questions: the second still makes a little.
    for _ in range(_WARM):
        engine.ask(_ASKED)
    return counted("question", lambda: engine.ask(_ASKED))


def counted(name: str, call: Callable[[], object], per: int = 1) -> dict[str, float]:
    """Return the function calls, statements and searches of a call, over ``per``."""
    profile = cProfile.Profile()
    # What others left behind would be collected meanwhile, and its end counted.
    gc.collect()
    gc.disable()
    try:
        profile.runcall(call)
    finally:
        gc.enable()
    stats = pstats.Stats(profile)
    calls = {key[2]: figures[0] for key, figures in stats.stats.items()}  # type: ignore[attr-defined]

    def of(*signs: str) -> float:
        return sum(number for key, number in calls.items() if any(sign in key for sign in signs)) / per

    return {
        f"{name}, calls": stats.total_calls / per,  # type: ignore[attr-defined]
        f"{name}, statements": of("'execute' of 'sqlite3", "'executemany' of 'sqlite3"),
        f"{name}, searches": of("'query' of 'builtins.Bindings'", "'search' of 'builtins.Searcher'"),
    }


def count(docs: Path) -> dict[str, float]:
    """Count everything."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        original = Original(_paragraphs(docs), {})
        write_documents(original, scratch / "few", 0, _FEW)
        write_documents(original, scratch / "many", 0, _MANY)
        for path in (*(scratch / "few").iterdir(), *(scratch / "many").iterdir()):
            # What was written just before it was read is read again.
            os.utime(path, (1_600_000_000, 1_600_000_000))
        # A batch is closed by the clock too, which would count how busy the machine is.
        intake._BATCH_SECONDS = float("inf")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        given = {"embedding": "hashed-words", "threshold": 0.0}
        with connect(load_settings(index=scratch / "index", **given)) as engine:
            from rag import transforms

            assert transforms
            engine.ingest(scratch / "few")
            found = asking(engine)
        with connect(load_settings(index=scratch / "index8", **given)) as engine:
            engine.ingest(scratch / "few")
            fresh = _MANY - _FEW
            found |= counted("a document taken in", lambda: engine.ingest(scratch / "many"), fresh)
            few = Filters(folders=engine.source_ids([scratch / "few"]))
            engine.remove(*(document.id for document in engine.documents(few)))
            eight = asking(engine)
            found |= counted("a document unchanged", lambda: engine.ingest(scratch / "many"), _MANY)
        found["question at eight times the documents, calls growth"] = (
            eight["question, calls"] / found["question, calls"]
        )
        return {name: round(value, 3) for name, value in (found | imports(scratch / "index", scratch / "few")).items()}


def _paragraphs(docs: Path) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for path in sorted(docs.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        language = detect(text) or "de"
        out[language] = (*out.get(language, ()), *(span.of(text) for span in paragraph_spans(text)))
    return out


def _modules(code: str, words: list[str]) -> int:
    text = _LOADED.format(code=code, words=words)
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", text], check=False, capture_output=True, text=True, env={**ENVIRONMENT, **_SET}
    )
    last = done.stderr.strip().rpartition("\n")[2]
    if not last.isdigit():
        raise RuntimeError(done.stderr)
    return int(last)


def _version() -> str:
    return "{}.{}".format(*sys.version_info[:2])


def main() -> None:
    """Compare, and end with 1 where something got worse; or accept what is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=Path, default=Path("seeds"))
    parser.add_argument("--accept", action="store_true")
    given = parser.parse_args()
    now = count(given.docs)
    before = accepted() if ACCEPTED.exists() else {}
    for name, value in now.items():
        print(f"{name:60} {value:12g}   accepted {before.get(name, float('nan')):g}")
    if given.accept:
        written = {"python": _version(), "counts": now}
        ACCEPTED.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return
    found = worse(now, before)
    print(*found, sep="\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
