"""The command ``rag``: each command parses, calls the engine once, and renders."""

from rag.cli.main import main

__all__ = ["main"]
