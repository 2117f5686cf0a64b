"""Options that several commands share, and each command's summary and example."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from pathlib import Path
from typing import Annotated, Any

import typer

from rag.errors import FixInput
from rag.records import Filters

Index = Annotated[Path | None, typer.Option("--index", help="Folder of the index.", show_default=".beleg")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
NoServer = Annotated[bool, typer.Option("--no-server", help="Open the index here, even if a server runs.")]
Docs = Annotated[
    Path | None,
    typer.Option(
        "--docs", help="Folder of documents to answer from.", show_default="the index's folders, else ./seeds"
    ),
]
Since = Annotated[str | None, typer.Option("--since", help="Only documents of this day or later.", metavar="DATE")]
Until = Annotated[str | None, typer.Option("--until", help="Only documents of this day or earlier.", metavar="DATE")]
Undated = Annotated[bool, typer.Option("--include-undated", help="With --since or --until: undated documents too.")]
Source = Annotated[
    str | None, typer.Option("--source", help="Only documents whose name matches, e.g. '2021/*'.", metavar="GLOB")
]
Language = Annotated[
    str | None, typer.Option("--language", help="Only documents in this language: de, en, ...", metavar="CODE")
]

Llm = Annotated[
    str | None,
    typer.Option(
        "--llm",
        help="Model that writes the answer, or a .gguf file.",
        metavar="MODEL",
        show_default="none: quotes only",
    ),
]
Judge = Annotated[
    bool, typer.Option("--judge", help="Ask the model of each statement whether its quotes say it; it may only drop.")
]
Prompts = Annotated[
    Path | None, typer.Option("--prompts", help="Folder of prompts to use in place of the shipped ones.")
]

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
    "mcp": "Serve agents over the Model Context Protocol.",
    "serve": "Answer over HTTP.",
    "stop": "Stop the server.",
    "status": "Say whether a server runs.",
    "key": "Make an API key.",
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
    "mcp": "Example: rag mcp --docs ./articles",
    "serve": "Example: rag serve --docs ./articles --watch --detach",
    "stop": "Example: rag stop",
    "status": "Example: rag status --json",
    "key": "Example: rag key reporting --read-only",
}


def filters(
    since: str | None, until: str | None, include_undated: bool, source: str | None, language: str | None
) -> Filters:
    """Return the filters that the options name.

    Raises:
        FixInput: a date is none, they are the wrong way round, or the language is no code.
    """
    first, last = _day("--since", since), _day("--until", until)
    if first and last and first > last:
        raise FixInput(f"--since {first} is later than --until {last}.", hint="Change the two round.")
    if language is not None and not (2 <= len(language) <= 3 and language.isalpha()):
        raise FixInput(f"--language {language!r} is no language code.", hint="Use two letters, such as de or en.")
    return Filters(
        since=first,
        until=last,
        include_undated=include_undated,
        source=source,
        language=language.lower() if language else None,
    )


def settings(**given: Any) -> Any:
    """Return the settings with what the command line gives on top."""
    from rag.settings import load_settings

    return load_settings(**given)


def _day(option: str, value: str | None) -> dt.date | None:
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        pass
    for pattern in ("%d.%m.%Y", "%Y-%m", "%Y"):
        try:
            day = dt.datetime.strptime(value, pattern).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
        return day if pattern == "%d.%m.%Y" or option == "--since" else _last_day(day, year=pattern == "%Y")
    raise FixInput(f"{option} {value!r} is no date.", hint="Write it as 2022-11-30 (or 30.11.2022, 2022-11, 2022).")


def _last_day(first: dt.date, *, year: bool) -> dt.date:
    month = 12 if year else first.month
    return first.replace(month=month, day=monthrange(first.year, month)[1])
