"""The command line's entry: all commands, and errors as sentences with an exit code."""

from __future__ import annotations

import os
import sys

import typer

from rag import __version__
from rag.cli import ask, check, documents, ingest
from rag.cli.options import EXAMPLES
from rag.errors import BelegError

EPILOG = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the documents do not answer, 130 interrupted.\n\n"
    'Example: rag ask "Wer ist Generalsekretär der NATO?" --docs ./articles'
)

app = typer.Typer(
    name="rag",
    help="Beleg: answers over a folder of documents, with the evidence beside every sentence.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    ask.ask, ask.search, ingest.ingest, ingest.remove, ingest.compact, documents.documents, documents.show,
    check.verify, check.doctor,
):  # fmt: skip
    app.command(epilog=EXAMPLES[command.__name__])(command)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"beleg {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version and exit."),
) -> None:
    """Take the options that stand before a command."""
    del version


def main() -> None:
    """Run the command line; what goes wrong becomes a sentence, a hint and an exit code."""
    try:
        app()
    except BelegError as error:
        _fail(error)
    except KeyboardInterrupt:
        typer.echo("\nInterrupted. What was finished is kept; run the command again to carry on.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _fail(error: BelegError) -> None:
    if "--json" in sys.argv:
        from rag.cli.output import print_json

        print_json({"error": {"kind": type(error).__name__, "message": str(error), "hint": error.hint}})
    else:
        typer.echo(f"Error: {error}", err=True)
        if error.hint:
            typer.echo(f"Hint: {error.hint}", err=True)
    sys.exit(error.exit_code)
