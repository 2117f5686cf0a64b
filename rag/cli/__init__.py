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
    if sys.argv[1:2] in (["ask"], ["ingest"]):
        from rag.cli import quick
        from rag.cli.output import interrupted

        try:
            code = quick.run(sys.argv[1:])
        except KeyboardInterrupt:
            code = interrupted()
        if code is not None:
            sys.exit(code)
    from rag.cli import commands

    commands.main()
