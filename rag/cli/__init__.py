"""The command ``rag``: each command parses, calls the engine once, and renders."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    # All products here are small. Threads bring them nothing, and on a busy machine a tenth of a
    # millisecond becomes fifty, in which they wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        _run()
    except KeyboardInterrupt:
        # While it loads, too: that takes long enough to be interrupted.
        from rag.cli.output import interrupted

        sys.exit(interrupted())


def _run() -> None:
    if sys.argv[1:2] in (["ask"], ["ingest"]):
        from rag.cli import quick

        if (code := quick.run(sys.argv[1:])) is not None:
            sys.exit(code)
    from rag.cli import commands

    commands.main()
