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
def test_the_python_runs(tmp_path: Path, seeds_engine: LocalEngine) -> None:
    (tmp_path / "seeds").symlink_to(SEEDS)
    shutil.copytree(seeds_engine.folder, tmp_path / ".beleg")

    done = subprocess.run(
        [sys.executable, "-c", block("python", "python")],
        cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "PATH": ""}, timeout=300,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("answered (")
    assert done.stdout.rstrip().endswith("True")


@pytest.mark.model
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
def test_the_requests_are_answered(tmp_path: Path, seeds_engine: LocalEngine) -> None:
    shutil.copytree(seeds_engine.folder, tmp_path / "index")

    with LocalEngine(load_settings(index=tmp_path / "index")) as engine, serving(engine, ServerRule()) as served:
        replies = [
            subprocess.run(["sh", "-c", line], capture_output=True, text=True, env={**os.environ, "URL": served.url})
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


@pytest.mark.model
def test_the_lines_for_llama_index_run(seeds_engine: LocalEngine, capsys: pytest.CaptureFixture[str]) -> None:
    (Path.cwd() / ".beleg").symlink_to(seeds_engine.folder)

    exec(block("llama", "python"), {})

    start, said = capsys.readouterr().out.split("\n", 1)
    assert start.isdecimal()
    assert "Stoltenberg" in said
    assert "[1]" in said


def test_every_command_that_is_named_exists() -> None:
    help_page = (ROOT / "docs" / "help.md").read_text(encoding="utf-8")

    for name in re.findall(r"^rag (\w+)", README, re.MULTILINE):
        assert f"## rag {name}\n" in help_page


def test_every_setting_that_is_shown_is_taken(tmp_path: Path) -> None:
    shown = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "rag.toml").write_text("".join(shown), encoding="utf-8")

    settings = load_settings()
    assert settings.docs == tmp_path / "articles"
    assert settings.prompts == tmp_path / "prompts"


def test_every_environment_variable_that_is_shown_is_known() -> None:
    from rag import Settings

    names = set(re.findall(r"\bRAG_(\w+)=", README))

    assert names
    assert {name.lower() for name in names} <= Settings.model_fields.keys()


@pytest.mark.parametrize(("name", "servers"), [("mcp-claude", "mcpServers"), ("mcp-vscode", "servers")])
def test_every_client_of_agents_is_given_a_command_that_parses(name: str, servers: str) -> None:
    from typer.main import get_command

    from rag.cli.commands import app

    entry = json.loads(block(name, "json"))[servers]["beleg"]
    command = get_command(app).get_command(None, entry["args"][0])  # type: ignore[attr-defined]

    assert entry["command"] == "rag"
    assert command.make_context("mcp", entry["args"][1:]).params["docs"] == Path("/home/me/articles")


def test_every_task_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for name in re.findall(r"`make (\w+)`", README):
        assert re.search(rf"^{name}:", makefile, re.MULTILINE)
