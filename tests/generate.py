"""Write what is made from the code: python -m tests.generate. A test refuses what is stale."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


def help_page() -> str:
    """Return the help of every command as one Markdown page."""
    return "# The command line\n\nWhat `rag COMMAND --help` prints.\n" + "".join(
        f"\n## {name}\n\n```text\n{text}\n```\n" for name, text in _helps()
    )


def receipt_schema() -> str:
    """Return the JSON Schema of a receipt."""
    from rag.receipts import json_schema

    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def places() -> str:
    """Return the names of places that questions and documents are compared by."""
    from evals.bench.place_names import table

    return table()


GENERATED: dict[str, Callable[[], str]] = {
    "docs/help.md": help_page,
    "docs/receipt.schema.json": receipt_schema,
    "rag/data/places.json": places,
}


def _helps() -> Iterator[tuple[str, str]]:
    from typer.main import get_command

    from rag.cli.commands import app

    group = get_command(app)
    above = group.make_context("rag", [], resilient_parsing=True, terminal_width=78)
    yield "rag", group.get_help(above)
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        yield f"rag {name}", command.get_help(command.make_context(name, [], parent=above, resilient_parsing=True))


def main() -> None:
    """Write all generated files."""
    for name, make in GENERATED.items():
        path = ROOT / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
