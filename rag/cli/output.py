"""How a command speaks: JSON, text for the terminal at hand, and progress on standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rag.cli.table import INTERRUPTED
from rag.errors import BelegError, FixStorage
from rag.messages import ENGLISH, Messages
from rag.render import Style, count, render_evidence, render_rest, render_statement, safe, safe_lines

if TYPE_CHECKING:
    from rag.events import AnswerEvent
    from rag.records import Answer, Citation, Statement
    from rag.reports import Ignored, IngestEvent, IngestReport

NOT_IN_DOCUMENTS = 3


def print_json(value: Any) -> None:
    """Print a value as JSON, in UTF-8 whatever the terminal says."""
    _write(sys.stdout, json.dumps(value, ensure_ascii=False, indent=2), "utf-8")


def print_text(text: str) -> None:
    """Print text; what the terminal's encoding lacks is shown escaped rather than failing."""
    _write(sys.stdout, text)


def note(text: str) -> None:
    """Say something beside the result, on standard error."""
    _write(sys.stderr, text)


def standard_input() -> bytes:
    """Return all that standard input gives."""
    return sys.stdin.buffer.read() if sys.stdin is not None else b""


def style() -> Style:
    """Return the style for standard output: 80 columns where it is no terminal."""
    terminal = sys.stdout.isatty()
    colour = terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = min(shutil.get_terminal_size().columns, 100) if terminal else 80
    return Style(width=width, colour=colour)


def show_progress(events: Generator[IngestEvent], *, quiet: bool) -> IngestReport | None:
    """Consume an ingest's events, showing a bar on a terminal; return the report, if there was one.

    Interrupted, the ingest has ended when this raises.
    """
    from rag.reports import IngestReport

    bar, task = None, 0
    chunks = 0
    report: IngestReport | None = None
    started = time.monotonic()
    try:
        # To their end, where the index is let go of, or until they are closed.
        for event in events:
            if isinstance(event, IngestReport):
                report = event
                continue
            if bar is None and not quiet and sys.stderr.isatty():
                bar, task = _bar()
            chunks += event.chunks
            if bar is not None:
                rate = chunks / max(time.monotonic() - started, 1e-3)
                bar.update(task, completed=event.done, total=event.total, chunks=chunks, rate=rate)
    finally:
        events.close()
        if bar is not None:
            bar.stop()
    return report


def report_lines(report: IngestReport, words: Messages = ENGLISH) -> list[str]:
    """Return what an ingest did for a person, every file that was left out with its reason."""
    done = ((words.added, report.added), (words.changed, report.changed), (words.removed, report.removed))
    parts = [*(text.format(len(names)) for text, names in done if names), words.unchanged.format(report.unchanged)]
    seconds = f"{report.seconds:.1f}".replace(".", words.decimal)
    line = words.taken_in.format(", ".join(parts), count(words.chunks, report.chunks), seconds)
    return [line, *left_out(report, words)]


def report_table(report: IngestReport) -> list[str]:
    """Return what an ingest did as a table of numbers; what it would do, after a dry run."""
    verb = "would be " if report.dry_run else ""
    rows = (
        (len(report.added), f"{verb}added"), (len(report.changed), f"{verb}changed"), (report.unchanged, "unchanged"),
        (len(report.removed), f"{verb}removed"), (len(report.skipped), "skipped"), (len(report.failed), "failed"),
    )  # fmt: skip
    # A server does not tell how many chunks it made of what it was sent.
    made = f"{report.chunks:6} chunks in {report.seconds:.1f} s" if report.chunks else f"{report.seconds:6.1f} seconds"
    return [*(f"{number:6} {what}" for number, what in rows), *([] if report.dry_run else [made])]


def present_report(report: IngestReport, *, as_json: bool, strict: bool) -> int:
    """Show what an ingest did, and return the exit code: ``strict``, what was skipped is a failure too."""
    if as_json:
        from rag.wire import plain

        print_json(plain(report))
    else:
        kept = [f"{report.kept:6} kept though their files are gone; --sync drops them"] if report.kept else []
        print_text("\n".join([*left_out(report), *report_table(report), *kept]))
    return 1 if report.failed or (strict and report.skipped) else 0


def left_out(report: IngestReport, words: Messages = ENGLISH) -> list[str]:
    """Return a line for each file that was skipped or failed, with the reason."""
    return [*ignored_lines(words.skipped, report.skipped), *ignored_lines(words.failed, report.failed)]


def ignored_lines(word: str, files: Iterable[Ignored]) -> list[str]:
    """Return a line for each file that did not become a document; ``word`` says what became of it."""
    return [f"{word}: {safe(one.name)}: {safe(one.reason)}" + (f" ({one.hint})" if one.hint else "") for one in files]


def tell(events: Iterable[AnswerEvent], *, explain: bool = False, quiet: bool = False) -> Answer:
    """Print an answer as it comes, each statement when it has been verified; return it.

    Where it breaks off, what was said is not left without its evidence.
    """
    from rag.events import AnswerDone, StatementReady

    shown = style()
    said: list[tuple[Statement, tuple[Citation, ...]]] = []
    try:
        for event in events:
            if isinstance(event, StatementReady) and not quiet:
                print_text(render_statement(event.statement, shown, event.citations))
                said.append((event.statement, event.citations))
            if isinstance(event, AnswerDone):
                if not quiet:
                    print_text(render_rest(event.answer, shown, explain=explain))
                return event.answer
    except BelegError:
        if said:
            print_text(render_evidence(said, shown))
        raise
    raise AssertionError("a stream ends with AnswerDone")


def present(
    events: Iterable[AnswerEvent], *, explain: bool = False, receipt: Path | None = None, as_json: bool = False
) -> int:
    """Show an answer as a person or a program wants it, keep its receipt, and return the exit code."""
    answer = tell(events, explain=explain, quiet=as_json)
    if as_json or receipt is not None:
        from rag.receipts import to_json

        values = to_json(answer, candidates=explain)
        if receipt is not None:
            _keep(receipt, values)
        if as_json:
            print_json(values)
    return NOT_IN_DOCUMENTS if answer.status == "not_in_documents" else 0


def fail(error: BelegError, *, as_json: bool) -> int:
    """Say what went wrong and what to do, and return the exit code."""
    if as_json:
        print_json(error_json(error))
    else:
        note_error(error)
    return error.exit_code


def error_json(error: BelegError) -> dict[str, dict[str, str]]:
    """Return what a program is told of an error."""
    return {"error": {"kind": type(error).__name__, "message": str(error), "hint": here(error.hint)}}


def note_error(error: BelegError) -> None:
    """Say what went wrong and what to do."""
    note(f"Error: {safe_lines(str(error))}" + (f"\nHint: {safe_lines(here(error.hint))}" if error.hint else ""))


def here(hint: str) -> str:
    """Return a hint for whoever typed this command: see ``hints.of_index``."""
    from rag.cli.hints import of_index

    return of_index(hint, sys.argv[1:])


def interrupted() -> int:
    """Say what an interrupt left, and return the exit code."""
    note("\nInterrupted. What was finished is kept; run the command again to carry on.")
    return INTERRUPTED


def _keep(path: Path, values: object) -> None:
    try:
        path.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise FixStorage(
            f"The receipt {path} cannot be written: {error.strerror}.", hint="Choose another place with --receipt."
        ) from error


def _write(stream: TextIO | None, text: str, encoding: str | None = None) -> None:
    if stream is None:
        return
    try:
        stream.flush()
        stream.buffer.write(f"{text}\n".encode(encoding or stream.encoding, "backslashreplace"))
        stream.buffer.flush()
    except OSError as error:
        # What is still in the buffer goes nowhere, or Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        # Whoever read has enough: that changes nothing about how the command went.
        if not isinstance(error, BrokenPipeError):
            raise FixStorage(f"The output cannot be written: {error.strerror}.") from error


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("Indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("documents, {task.fields[chunks]} chunks, {task.fields[rate]:.1f}/s,"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    bar.start()
    return bar, bar.add_task("", total=None, chunks=0, rate=0.0)
