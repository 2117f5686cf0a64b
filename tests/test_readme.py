"""The README cannot lie: its answer is what the command prints, its Python runs, its commands exist."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rag import LocalEngine, load_settings
from rag.render import Style, render_answer
from rag.server.rule import ServerRule
from tests.conftest import SEEDS
from tests.server.conftest import serving

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(name: str, language: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```{language}\n(.*?)```\n<!-- /{name} -->", README, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.model
def test_the_answer_is_what_the_command_prints(seeds_engine: LocalEngine) -> None:
    command, _, shown = block("answer", "console").partition("\n")
    asked = re.fullmatch(r'\$ rag ask "(.*)" --top (\d+)', command)
    assert asked is not None

    printed = render_answer(seeds_engine.ask(asked[1], top=int(asked[2])), Style())

    # All but the last line, which is the time that it took.
    assert shown.strip().splitlines()[:-1] == printed.strip().splitlines()[:-1]


@pytest.mark.model
def test_the_python_runs(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")

    done = subprocess.run(
        [sys.executable, "-c", block("python", "python")],
        cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "PATH": ""}, timeout=300,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("answered (")
    assert done.stdout.rstrip().endswith("True")


@pytest.mark.model
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
def test_the_requests_are_answered(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")
    settings = load_settings(index=tmp_path / "index")

    with LocalEngine(settings) as engine:
        engine.ingest(tmp_path / "seeds")
        with serving(engine, ServerRule()) as served:
            replies = [
                subprocess.run(
                    ["sh", "-c", line], capture_output=True, text=True, env={**os.environ, "URL": served.url}
                )
                for line in block("curl", "sh").strip().splitlines()
            ]

    asked, streamed, found, added, text, removed, chat = [reply.stdout for reply in replies]
    assert json.loads(asked)["statements"]
    assert streamed.startswith("event: stage\n")
    assert "event: done\n" in streamed
    assert len(json.loads(found)["hits"]) == 2
    assert json.loads(added)["verdict"] == "added"
    assert json.loads(text)["text"] == "depot"
    assert json.loads(removed) == {"removed": ["notes/depot.txt"]}
    assert json.loads(chat)["choices"][0]["message"]["annotations"]


def test_every_command_that_is_named_exists() -> None:
    help_page = (ROOT / "docs" / "help.md").read_text(encoding="utf-8")

    for name in re.findall(r"^rag (\w+)", README, re.MULTILINE):
        assert f"## rag {name}\n" in help_page


def test_every_setting_that_is_shown_is_taken(tmp_path: Path) -> None:
    shown = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    (tmp_path / "rag.toml").write_text(shown[1], encoding="utf-8")

    assert load_settings().docs == tmp_path / "articles"


def test_every_task_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for name in re.findall(r"`make (\w+)`", README):
        assert re.search(rf"^{name}:", makefile, re.MULTILINE)
