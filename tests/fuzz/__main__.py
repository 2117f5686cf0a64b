"""Fuzz by coverage: python -m tests.fuzz TARGET SECONDS (pip install atheris, which needs Linux).

An input that breaks a target is kept in ``tests/fuzz/found`` and is a regression test from then on.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

FOUND = Path(__file__).parent / "found"
_SLOW = 20


def main() -> None:
    """Run one target for so long; the exit code tells whether anything broke."""
    import atheris

    with atheris.instrument_imports(
        include=["rag.text", "rag.chunking", "rag.citations", "rag.checks", "rag.documents"]
    ):
        from tests.fuzz.targets import TARGETS
    name, seconds = sys.argv[1], int(sys.argv[2])
    kept = FOUND / name
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, path in enumerate(sorted((Path(__file__).parents[2] / "seeds").iterdir())):
            data = path.read_bytes()
            for at in range(0, len(data), 2000):
                (Path(corpus) / f"{number}-{at}").write_bytes(bytes([number]) + data[at : at + 400])
        flags = [f"-max_total_time={seconds}", f"-timeout={_SLOW}", "-max_len=4000", f"-artifact_prefix={kept}/"]
        atheris.Setup([sys.argv[0], corpus, *flags], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
