"""Commands that other packages add: an entry point in the group ``rag.commands`` names a Typer app.

They are looked up only where a command is not one of our own, and for the list of all commands.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

GROUP = "rag.commands"


class Commands(TyperGroup):
    """The commands of ``rag`` and, behind them, those of installed packages."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names: ours in their order, then the others by name."""
        return [*super().list_commands(ctx), *sorted(entry_points(group=GROUP).names)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, ours before another's of the same name; None where there is none."""
        own = super().get_command(ctx, cmd_name)
        found = () if own is not None else entry_points(group=GROUP, name=cmd_name)
        return get_command(next(iter(found)).load()) if found else own
