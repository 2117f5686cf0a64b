"""Our own commands: where each stands, its summary and example. Light, because every command reads it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

WHERE = {
    "ask": "ask", "chat": "chat", "search": "ask", "ingest": "ingest", "remove": "ingest", "compact": "ingest",
    "export": "portable", "import": "portable", "documents": "documents", "show": "documents", "verify": "check",
    "doctor": "check", "serve": "serve", "stop": "serve", "status": "serve", "key": "serve", "mcp": "mcp",
}  # fmt: skip
"""The module in this folder that holds a command's function, in the order in which they are listed."""

INTERRUPTED = 130

SUMMARIES = {
    "ask": "Answer a question with verified quotes.",
    "chat": "Ask and follow up.",
    "search": "Show the passages nearest to a question.",
    "ingest": "Take in files and folders.",
    "remove": "Remove documents from the index.",
    "compact": "Give space back.",
    "export": "Write the index to one file.",
    "import": "Make an exported file the index.",
    "documents": "List the documents that can be cited.",
    "show": "Print a document as it is stored.",
    "verify": "Check the citations of a receipt again.",
    "doctor": "Say how the index is.",
    "serve": "Answer over HTTP.",
    "stop": "Stop the server.",
    "status": "Say whether a server runs.",
    "key": "Make an API key.",
    "mcp": "Serve agents over the Model Context Protocol.",
}
EXAMPLES = {
    "ask": 'Example: rag ask "Bis wann soll Europa übernehmen?" --docs ./articles --receipt answer.json',
    "chat": "Example: rag chat --docs ./articles --llm gpt-5-mini",
    "search": 'Example: rag search "air defence" --limit 5 --since 2022-01-01',
    "ingest": "Example: rag ingest ./articles --sync",
    "remove": "Example: rag remove 2021/old-story.txt --purge",
    "compact": "Example: rag compact",
    "export": "Example: rag export articles.beleg",
    "import": "Example: rag import articles.beleg --index .beleg",
    "documents": "Example: rag documents --language de",
    "show": "Example: rag show 000_a682e5df6a827f2e.txt --span 0:168",
    "verify": "Example: rag verify answer.json",
    "doctor": "Example: rag doctor",
    "serve": "Example: rag serve --docs ./articles --watch --detach",
    "stop": "Example: rag stop",
    "status": "Example: rag status --json",
    "key": "Example: rag key reporting --read-only",
    "mcp": "Example: rag mcp --docs ./articles",
}


def function_of(name: str) -> Any:
    """Return the function of one of our commands; its module is imported now."""
    module = import_module(f"rag.cli.{WHERE[name]}")
    # A command may have the name of a word of Python.
    return getattr(module, name, None) or getattr(module, f"{name}_")
