"""``report.html``: one file to look at; no script, no network. Everything from documents is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from ..baseline import cells
from ..figures import Figure, figures, slices, weakest
from ..gate import Step, exit_code
from ..metrics import CONSISTENCY, METRICS
from ..replies import Said
from ..run import Row, Run
from .markdown import shown, worst_first
from .plots import recall_plot, reliability_plot, risk_plot, slice_plot
from .records import timing_record

_MOST_CASES = 400
_VERDICTS = {
    0: ("ok", "The gate lets this run pass"),
    1: ("bad", "The gate blocks this run"),
    4: ("dim", "This run cannot be judged"),
}
_HEADLINES = (
    ("fact_recall", "of what must be said is said"),
    ("citation_recall", "of what is said is backed by the gold evidence"),
    ("citation_integrity", "of the quotes stand where they say"),
    ("abstention_recall", "of what is not in the documents is refused"),
    ("over_refusal", "of what is in the documents is refused"),
    ("concision", "as short as it could be"),
)


def report_html(run: Run, steps: Sequence[Step]) -> str:
    """Return the page."""
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    tone, verdict = _VERDICTS[exit_code(steps)]
    return "".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{verdict}</title><style>{style}</style></head><body>",
            f'<header class="{tone}"><p>{escape(run.section)} · {escape(str(run.about["dataset"]))}</p><h1>{verdict}.</h1>',
            _counts(run),
            "</header><main>",
            *_headlines(run),
            *_gate(steps),
            '<section class="plots">',
            f"<figure><figcaption>Finding the evidence</figcaption>{recall_plot(run)}</figure>",
            f"<figure><figcaption>Answering more, erring more</figcaption>{risk_plot(run)}</figure>",
            f"<figure><figcaption>Keeping the promised probability</figcaption>{reliability_plot(run)}</figure>",
            "</section>",
            *_slices(run),
            *_table(run),
            *_cases(run, steps),
            "</main></body></html>\n",
        ]
    )


def _counts(run: Run) -> str:
    c = run.about["counts"]
    timings = timing_record(run).get("total")
    speed = f" Half of the answers came within {timings['p50'] * 1000:.0f} ms." if timings else ""
    return (
        f"<p>{c['cases']} questions in {c['clusters']} clusters over {c['documents']} documents;"
        f" {c['to_refuse']} are to be refused.{speed}</p>"
    )


def _headlines(run: Run) -> Iterator[str]:
    found = figures(run)
    yield '<section class="headlines">'
    for name, meaning in _HEADLINES:
        f = found[name]
        mean = "–" if f.mean is None else f"{f.mean:.0%}"
        spread = "" if f.interval is None else f"{f.interval[0]:.0%} to {f.interval[1]:.0%}, n = {f.n}"
        yield f"<div><b>{mean}</b><span>{meaning}</span><small>{name} {spread}</small></div>"
    yield "</section>"


def _gate(steps: Sequence[Step]) -> Iterator[str]:
    yield '<section><h2>Gate</h2><ol class="gate">'
    for step in steps:
        lines = "".join(f"<li>{escape(line)}</li>" for line in step.lines[:100])
        yield f'<li class="{step.outcome}"><b>{step.name}</b> {step.outcome}<ul>{lines}</ul></li>'
    yield "</ol></section>"


def _slices(run: Run) -> Iterator[str]:
    found = slices(run, ["fact_recall", "truth_score"])
    ordered = weakest(found, "fact_recall", least=3)
    yield f"<section><h2>Fact recall by slice, weakest first</h2><figure>{slice_plot(ordered)}</figure></section>"


def _table(run: Run) -> Iterator[str]:
    found = figures(run)
    yield "<section><h2>All figures</h2><table><tr><th>metric<th>mean [95 % interval]<th>clusters<th>questions<th>ineligible</tr>"
    for name in [*(metric.name for metric in METRICS), CONSISTENCY]:
        yield _figure_row(found[name])
    yield "</table></section>"


def _figure_row(f: Figure) -> str:
    return f"<tr><td>{f.metric}<td>{shown(f)}<td>{f.n}<td>{f.cases}<td>{f.ineligible}</tr>"


def _cases(run: Run, steps: Sequence[Step]) -> Iterator[str]:
    rows = worst_first(run, steps)
    yield "<section><h2>Cases, worst first</h2>"
    for row in rows[:_MOST_CASES]:
        yield from _case(row)
    if len(rows) > _MOST_CASES:
        yield f"<p>… and {len(rows) - _MOST_CASES} more in results.jsonl.</p>"
    yield "</section>"


def _case(row: Row) -> Iterator[str]:
    case, reply = row.case, row.judged.reply
    truth = row.values["truth_score"]
    score = f"{truth.number:+g}" if truth.state == "measured" else "·"
    tone = "bad" if truth.number < 0 else "ok" if truth.number == 1 else "dim"
    yield f'<details class="case"><summary><i class="{tone}">{score}</i> {escape(case.question)} <small>{case.id}</small></summary>'
    if reply.outcome == "error":
        yield f'<p class="bad">{escape(reply.error)}</p>'
    if reply.outcome == "abstained":
        yield f"<p>Abstained, at a probability of {reply.confidence:.2f}.</p>"
    for number, said in enumerate(reply.statements):
        words = [
            w for f in row.judged.reading.facts for one in f.findings if one.statement == number for w in one.words
        ]
        yield _said(said, words)
    held = cells([row])[case.id]
    for found in row.judged.reading.facts:
        state = held[found.fact.id]
        tone = "ok" if state == "said and cited" else "bad" if state == "missed" else "dim"
        where = f"{found.fact.place.file}:{found.fact.place.line}"
        yield f'<p class="fact"><i class="{tone}">{state}</i> {escape(found.fact.claim)} <small>{found.fact.weight}, {where}</small></p>'
        if state != "said and cited" and found.fact.evidence:
            quotes = " … ".join(row.judged.corpus.of(e) or "" for e in found.fact.evidence[0])
            yield f"<blockquote>{escape(quotes)} <small>{escape(found.fact.evidence[0][0].document)}</small></blockquote>"
    for claim in row.judged.reading.claims:
        yield f'<p class="fact"><i class="bad">forbidden</i> {escape(claim.claim.claim)} <small>{claim.claim.severity}</small></p>'
    yield "</details>"


def _said(said: Said, words: Sequence[str]) -> str:
    sources = (
        ", ".join(f"{escape(c.span.document)} {c.span.start}–{c.span.end}" for c in said.citations) or "no citation"
    )
    return f'<p class="said">{_marked(said.text, words)} <small>{sources}</small></p>'


def _marked(text: str, words: Sequence[str]) -> str:
    """Return escaped text with words marked, each where it stands first."""
    known = sorted(set(words), key=len, reverse=True)
    if not known:
        return escape(text)
    parts = re.split("(" + "|".join(map(re.escape, known)) + ")", text)
    return "".join(f"<mark>{escape(part)}</mark>" if part in known else escape(part) for part in parts)
