"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from rag.errors import FixInput
from rag.records import Filters
from rag.text.days import day_of

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


def filters(
    since: str | None, until: str | None, include_undated: bool, source: str | None, language: str | None
) -> Filters:
    """Return the filters that the options name.

    Raises:
        FixInput: a date is none, they are the wrong way round, or the language is no code.
    """
    first = day_of("--since", since, last=False) if since is not None else None
    last = day_of("--until", until, last=True) if until is not None else None
    if first and last and first > last:
        raise FixInput(f"--since {first} is later than --until {last}.", hint="Change the two round.")
    if language is not None and not (2 <= len(language) <= 3 and language.isalpha()):
        raise FixInput(f"--language {language!r} is no language code.", hint="Use two letters, such as de or en.")
    return Filters(
        since=first,
        until=last,
        include_undated=include_undated,
        source=source,
        language=language,
    )


def settings(**given: Any) -> Any:
    """Return the settings with what the command line gives on top."""
    from rag.settings import load_settings

    return load_settings(**given)
