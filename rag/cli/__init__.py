"""The command ``rag``: each command parses, calls the engine once, and renders."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["ask"]:
        from rag.cli import quick
        from rag.cli.output import interrupted

        try:
            code = quick.ask(sys.argv[1:])
        except KeyboardInterrupt:
            code = interrupted()
        if code is not None:
            sys.exit(code)
    from rag.cli import commands

    commands.main()
