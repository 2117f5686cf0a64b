"""The command line as it is used, in a folder of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rag import connect, load_settings
from rag.cli import main

ROOT = Path(__file__).parent.parent.parent
TEXTS = {
    "hafen.txt": "Stand: 22.10.2021\n\nDer Hafen von Hamburg wächst. Am 3. Mai kamen acht Schiffe an.",
    "harbour.txt": "Published on 30 November 2022\n\nThe harbour of Hamburg grows. Eight ships arrived there.",
    "wald.txt": "Der Wald ist\x1b[31m alt. Das Reh schläft unter den Eichen 🦌.",
}


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Rag = Callable[..., Ran]


SET = {"RAG_EMBEDDING": "hashed-words", "RAG_THRESHOLD": "0", "COLUMNS": "80"}


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of a process: this source, the double for the embedder, every warning an error."""
    return {**os.environ, **SET, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}


@pytest.fixture
def process(environment: dict[str, str], tmp_path: Path) -> Rag:
    """Run ``python -m rag`` in ``tmp_path``: what a user does, at the cost of all imports."""

    def run(*words: str | Path, at: Path = tmp_path, **more: str) -> Ran:
        command = [sys.executable, "-m", "rag", *map(str, words)]
        done = subprocess.run(command, cwd=at, env={**environment, **more}, capture_output=True, timeout=120)
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run


@pytest.fixture
def rag(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rag:
    """Run the same entry in this process: its arguments, environment and streams are a command's own."""

    def run(*words: str | Path, given: str | bytes = b"", at: Path = tmp_path, **more: str) -> Ran:
        data = given.encode() if isinstance(given, str) else given
        streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for name in ("stdout", "stderr")}
        with monkeypatch.context() as patch:
            patch.chdir(at)
            for key, value in {**SET, **more}.items():
                patch.setenv(key, value)
            # A command's process ends; this one goes on, and could not take its priority back.
            patch.setattr("rag.cli.ingest.step_back", lambda: None)
            patch.setattr(sys, "argv", ["rag", *map(str, words)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            with pytest.raises(SystemExit) as done:
                main()
        for stream in streams.values():
            stream.flush()
        out, err = (stream.buffer.getvalue().decode("utf-8") for stream in streams.values())
        return Ran(done.value.code or 0, out, err)

    return run


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have files of a name refuse to be read, as they do who is not permitted to, and for root too."""
    opened = Path.open

    def close(name: str) -> None:
        def refuse(path: Path, *how: Any, **more: Any) -> Any:
            if path.name == name:
                raise PermissionError(13, "Permission denied")
            return opened(path, *how, **more)

        monkeypatch.setattr(Path, "open", refuse)

    return close


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents in ``docs`` and their index in ``.beleg``: only read."""
    base = tmp_path_factory.mktemp("place")
    fill(base)
    return base


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The same, to be changed."""
    fill(tmp_path)
    return tmp_path


def fill(base: Path) -> None:
    (base / "docs").mkdir()
    for name, text in TEXTS.items():
        (base / "docs" / name).write_text(text, encoding="utf-8")
    with connect(load_settings(index=base / ".beleg", embedding="hashed-words")) as engine:
        engine.ingest(base / "docs")
