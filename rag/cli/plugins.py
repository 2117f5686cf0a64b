"""The commands of ``rag``, each imported when it is asked for, and those that other packages add.

An entry point in the group ``rag.commands`` names a Typer app. The files that say so are read here:
``importlib.metadata`` takes as long to import as Typer itself, and parses every package's description.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, reduce
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from rag.cli.table import EXAMPLES, SUMMARIES, function_of

GROUP = "rag.commands"
CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"]}
"""What `rag` and each of its commands are told, so that a command has it also without the group above it."""


class Commands(TyperGroup):
    """Our commands in their order and, behind them, those of installed packages by name."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        # By these names Typer says what a misspelt command may have meant.
        self.commands = dict.fromkeys(SUMMARIES)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names."""
        del ctx
        return [*SUMMARIES, *sorted(installed().keys() - SUMMARIES.keys())]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, ours before another's of the same name; None where there is none."""
        del ctx
        if cmd_name in SUMMARIES:
            return _own(cmd_name)
        where = installed().get(cmd_name)
        return None if where is None else get_command(_loaded(where))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands; none of ours is imported for its line."""
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(map(len, names))
        lines = [(n, SUMMARIES.get(n) or self.get_command(ctx, n).get_short_help_str(room)) for n in names]
        with formatter.section("Commands"):
            formatter.write_dl(lines)


@cache
def _own(name: str) -> Any:
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    told = app.command(name, epilog=EXAMPLES[name], short_help=SUMMARIES[name], context_settings=CONTEXT)
    told(function_of(name))
    return get_command(app)


@cache
def installed() -> dict[str, str]:
    """Return the commands of installed packages, ``module:attribute`` by name; who stands first on the path wins."""
    found: dict[str, str] = {}
    for text in _entry_points():
        inside = False
        for line in map(str.strip, text.splitlines()):
            if line.startswith("["):
                inside = line == f"[{GROUP}]"
            elif inside and "=" in line and not line.startswith(("#", ";")):
                name, _, where = line.partition("=")
                found.setdefault(name.strip(), where.partition("[")[0].strip())
    return found


def _entry_points() -> Iterator[str]:
    for folder in dict.fromkeys(sys.path):
        # The path may name what is no folder, or is gone.
        with suppress(OSError), os.scandir(folder or ".") as below:
            for package in below:
                if package.name.endswith((".dist-info", ".egg-info")):
                    with suppress(OSError), open(f"{package.path}/entry_points.txt", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slower, and there are hundreds
                        yield file.read()


def _loaded(where: str) -> Any:
    module, _, attribute = where.partition(":")
    return reduce(getattr, attribute.split("."), import_module(module))
