"""The command line's entry: all commands, and errors as sentences with an exit code."""

from __future__ import annotations

import sys
from typing import Annotated, Any, NoReturn

import typer

from rag import __version__
from rag.cli.plugins import CONTEXT, Commands
from rag.cli.table import INTERRUPTED
from rag.errors import BelegError, FixInput

EPILOG = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the documents do not answer, 130 interrupted.\n\n"
    'Example: rag ask "Wer ist Generalsekretär der NATO?" --docs ./articles'
)

# What Typer raises at wrong usage; it exports no more than this one kind of it.
_UsageError: Any = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="rag",
    cls=Commands,
    help="Beleg: answers over a folder of documents, with the evidence beside every sentence.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=CONTEXT,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"beleg {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""
    del version


def main() -> None:
    """Run the command line; what goes wrong becomes a sentence, a hint and an exit code."""
    try:
        code = app(prog_name="rag", standalone_mode=False)
    except BelegError as error:
        _fail(error)
    except _UsageError as error:
        if not _wants_json():
            error.show()
            sys.exit(error.exit_code)
        _fail(FixInput(error.format_message(), hint="See what there is: rag --help"))
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        from rag.cli.output import interrupted

        code = interrupted()
    sys.exit(code)


def _fail(error: BelegError) -> NoReturn:
    from rag.cli.output import fail

    sys.exit(fail(error, as_json=_wants_json()))


def _wants_json() -> bool:
    """Say whether ``--json`` is among the options, also where they could not be parsed."""
    words = sys.argv[1:]
    return "--json" in (words[: words.index("--")] if "--" in words else words)
