"""``rag ingest --ray local``, interrupted midway as Ctrl-C does it, run by ``test_spread`` in a network of its own.

Prints what happened as JSON: ``python ray_interrupt.py FOLDER server|folder``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rag import connect, load_settings
from rag.catalog import Catalog
from tests.ray_ingest import chroma, titles

WITHIN = 240.0


def of_ray() -> list[str]:
    """Return the processes of Ray that run now."""
    return [
        title.decode(errors="replace")[:80]
        for _, title in titles()
        if title.startswith(b"ray::") or b"raylet" in title or b"gcs_server" in title
    ]


def live(index: Path) -> int:
    try:
        catalog = Catalog(index)
    except Exception:  # noqa: BLE001 - it is just being made
        return 0
    try:
        return catalog.corpus().documents
    finally:
        catalog.close()


def main(folder: Path, kind: str) -> dict[str, Any]:
    with chroma(folder, kind) as url:
        given: dict[str, Any] = {"embedding": "hashed-words", "threshold": 0.0, "wait": 60, "chroma_url": url}
        environment = {**os.environ, "RAG_EMBEDDING": "hashed-words"} | ({"RAG_CHROMA_URL": url} if url else {})
        words = [
            sys.executable,
            "-m",
            "rag",
            "ingest",
            str(folder / "docs"),
            "--ray",
            "local",
            "--index",
            str(folder / "index"),
        ]
        # A terminal sends the interrupt to the whole group.
        process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
        until = time.monotonic() + WITHIN
        while not live(folder / "index") and process.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=WITHIN)[1]
        with connect(load_settings(index=folder / "index", **given)) as engine:
            problems, documents = engine.status().health.problems, len(engine.documents())
            report = engine.ingest(folder / "docs")
            after = engine.status().health.problems
        return {
            "code": process.returncode, "said": said, "left": of_ray(), "problems": problems,
            "documents": documents, "added": len(report.added), "after": after,
        }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
