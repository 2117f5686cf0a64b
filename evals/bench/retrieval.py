"""Measure retrieval and reading on a corpus in the form `docs/` and `questions.jsonl`.

    python -m evals.bench.retrieval CORPUS [--whole] [--index DIR] [--questions N] [--json FILE]

Recall@k is of paragraphs (blocks between blank lines): hits are walked best first, a chunk that
touches m paragraphs takes m ranks, and a gold paragraph counts at the last of them. "first" and
"three" are the shares of questions whose gold span lies inside the first sentence of the answer, and
inside one of the first three; refusal is switched off for them. Each setting searches the documents
of its own language; with --whole every setting searches all. The index is kept in --index.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rag import Filters, Hit, LocalEngine, connect, load_settings

from .corpus import Question, first_half, load_questions

DEPTH = 30


@dataclass(frozen=True, slots=True)
class Row:
    """What one question got: the rank of its gold paragraph (from 1; None below DEPTH), and readings."""

    question: Question
    rank: int | None
    first: bool
    three: bool
    length: int


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return the blocks between blank lines as (start, end)."""
    spans, at = [], 0
    for block in text.split("\n\n"):
        if block.strip():
            spans.append((at, at + len(block)))
        at += len(block) + 2
    return spans


def paragraph_rank(hits: list[Hit], blocks: dict[str, list[tuple[int, int]]], question: Question) -> int | None:
    """Return the rank of the gold paragraph among the paragraphs that the hits touch."""
    rank, seen = 0, set[tuple[str, int]]()
    for hit in hits:
        name, span = hit.document.name, hit.chunk.span
        touched = {
            (name, n) for n, (a, b) in enumerate(blocks[name]) if a < span.end and span.start < b
        } - seen  # fmt: skip
        seen |= touched
        rank += len(touched)
        if any(n == question.doc and blocks[n][p][0] <= (question.start or 0) < blocks[n][p][1] for n, p in touched):
            return rank
    return None


def measure(engine: LocalEngine, corpus: Path, asked: list[Question], *, whole: bool) -> list[Row]:
    """Ask all questions of one folder and return a row for each."""
    docs = corpus / "docs"
    folder = engine.source_ids([docs])
    blocks = {d.name: paragraphs((docs / d.name).read_text("utf-8")) for d in engine.documents(Filters(folders=folder))}
    rows: list[Row] = []
    for question in asked:
        source = None if whole else f"{question.setting[3:]}/*"
        filters = Filters(folders=folder, source=source)
        rank = paragraph_rank(engine.search(question.text, filters, limit=DEPTH), blocks, question)
        answer = engine.ask(question.text, filters, top=3)
        inside = [
            c.document == question.doc and c.start <= (question.start or 0) and (question.end or 0) <= c.end
            for c in (answer.citations[s.citations[0]] for s in answer.statements)
        ]
        length = len(answer.statements[0].text) if answer.statements else 0
        rows.append(Row(question, rank, inside[:1] == [True], any(inside), length))
    return rows


def summary(rows: list[Row]) -> dict[str, float]:
    """Return the figures of a group of rows; se is the standard error of R@1."""
    n = len(rows)

    def share(k: int) -> float:
        return sum(r.rank is not None and r.rank <= k for r in rows) / n

    one = share(1)
    return {
        "n": n,
        "R@1": one,
        "se": math.sqrt(one * (1 - one) / n),
        "R@5": share(5),
        "R@10": share(10),
        "MRR@10": sum(1 / r.rank for r in rows if r.rank is not None and r.rank <= 10) / n,
        "first": sum(r.first for r in rows) / n,
        "three": sum(r.three for r in rows) / n,
        "length": statistics.mean(r.length for r in rows),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--index", type=Path, default=Path(".beleg-bench"))
    parser.add_argument("--questions", type=int, help="questions for each setting (default: all)")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with connect(load_settings(index=args.index, threshold=0.0, wait=600)) as engine:
        engine.ingest(args.corpus / "docs", sync=True)
        questions = [q for q in load_questions(args.corpus) if q.answerable and q.start is not None]
        tuned_on = first_half(questions)
        by_setting: dict[str, list[Question]] = defaultdict(list)
        for question in questions:
            by_setting[question.setting].append(question)
        report: dict[str, dict[str, float]] = {}
        print(
            f"{'setting':8} {'articles':8} {'n':>5} {'R@1':>6} {'±se':>6} {'R@5':>6} {'R@10':>6} {'MRR@10':>7} {'first':>6} {'three':>6} {'chars':>6}"
        )
        for setting, asked in by_setting.items():
            chosen = random.Random(0).sample(asked, min(args.questions or len(asked), len(asked)))
            rows = measure(engine, args.corpus, chosen, whole=args.whole)
            halves = {
                "all": rows,
                "tuned": [r for r in rows if r.question.article in tuned_on],
                "other": [r for r in rows if r.question.article not in tuned_on],
            }
            for half, members in halves.items():
                f = summary(members)
                report[f"{setting} {half}"] = f
                print(
                    f"{setting:8} {half:8} {f['n']:5.0f} {f['R@1']:6.3f} {f['se']:6.3f} {f['R@5']:6.3f} {f['R@10']:6.3f}"
                    f" {f['MRR@10']:7.3f} {f['first']:6.3f} {f['three']:6.3f} {f['length']:6.0f}",
                    flush=True,
                )
        if args.json:
            args.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
