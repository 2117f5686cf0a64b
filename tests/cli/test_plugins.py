"""Commands that other packages add are found by their entry points, ours are imported when they are asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from rag.cli import plugins
from rag.cli.table import SUMMARIES
from tests.cli.conftest import Rag

APP = """
import typer

app = typer.Typer()


@app.command()
def weigh(much: int = 1) -> None:
    "Weigh what was found."
    print("weighed", much)
"""
POINTS = """[console_scripts]
weigh = weighing:main

[rag.commands]
# a comment = nothing
weigh = weighing:app
ask = weighing:app [extra]
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package beside a folder that is gone and a file that is no folder, on the path."""
    (tmp_path / "weighing.py").write_text(APP)
    (tmp_path / "weighing-1.dist-info").mkdir()
    (tmp_path / "weighing-1.dist-info" / "entry_points.txt").write_text(POINTS)
    (tmp_path / "bare-1.dist-info").mkdir()
    (tmp_path / "some.zip").write_bytes(b"PK")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "gone"), str(tmp_path / "some.zip"), str(tmp_path), *sys.path])
    plugins.installed.cache_clear()
    yield tmp_path
    plugins.installed.cache_clear()
    sys.modules.pop("weighing", None)


@pytest.mark.usefixtures("package")
def test_a_command_of_another_package_is_listed_and_runs(rag: Rag) -> None:
    assert "  weigh      Weigh what was found.\n" in rag("--help").out
    assert rag("weigh", "--much", "3").out == "weighed 3\n"


@pytest.mark.usefixtures("package")
def test_ours_stands_before_anothers_of_the_same_name(rag: Rag) -> None:
    assert "Answer a question with verified quotes" in rag("ask", "--help").out
    assert rag("--help").out.count("\n  ask ") == 1


def test_what_is_found_is_what_importlib_finds() -> None:
    plugins.installed.cache_clear()
    expected = {point.name: point.value for point in entry_points(group=plugins.GROUP)}

    assert plugins.installed() == expected
    assert "eval" in expected


def test_help_imports_no_command(process: Rag) -> None:
    ran = process("--help", PYTHONVERBOSE="1")

    assert ran.code == 0
    assert all(f"import 'rag.cli.{name}'" not in ran.err for name in ("ask", "serve", "documents", "output", "options"))
    assert "import 'rag.cli.plugins'" in ran.err


def test_a_misspelt_command_is_told_what_it_may_have_meant(rag: Rag) -> None:
    assert "Did you mean 'search'" in rag("serch").err
    assert "search" in SUMMARIES


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_command_knows_its_help_also_without_the_group(name: str) -> None:
    command = plugins.Commands().get_command(None, name)

    # A command keeps the names that its first context gave it.
    assert command.make_context(name, [], resilient_parsing=True).help_option_names == ["-h", "--help"]
