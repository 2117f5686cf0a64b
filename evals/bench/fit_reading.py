"""Fit the weights by which the reader scores sentences.

    python -m evals.bench.fit_reading CORPUS [--papers FOLDER...] [--index DIR] [--questions N] > rag/data/reading.json

A listwise logistic regression: among the sentences of a question's hits, the probability of the one
that holds the gold span is its softmax share, and the log of that is maximised over the questions of
every other article (with a small L2 penalty, by Adam, weights started at 0); with the logits of the joint reader, over
those of these articles that it was not fitted on, and over all answerable questions of the folders of everyday papers
behind --papers, each of which is asked as a whole. Weights without its logits and without all that tokens say are fitted
too, for embedders that have no such vectors. The table on standard
error gives, for the fitted articles and for the others, the share of questions whose gold span lies in
the first sentence and in one of the first three.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import Filters, LocalEngine, connect, load_settings
from rag.pipeline import clean_question
from rag.reading.scoring import score_sentences
from rag.snapshot import HITS

from .corpus import Question, first_half, load_questions, set_apart, within
from .softmax import fit_shares

_STEPS = 400
_RIDGE = 1e-3
_JOINT = ("joint",)
_OF_TOKENS = (*_JOINT, "match", "least", "won")


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A question's sentences: features of shape (sentences, names), and which of them hold the answer."""

    setting: str
    fitted: bool
    apart: bool
    features: NDArray[np.float64]
    answers: NDArray[np.bool_]


def examples(
    engine: LocalEngine, corpus: Path, asked: list[Question], fitted: frozenset[str], apart: frozenset[str]
) -> tuple[list[Example], list[str]]:
    """Retrieve and score for each question; return the examples and the features' names."""
    folder = engine.source_ids([corpus / "docs"])
    out: list[Example] = []
    names: list[str] = []
    for question in asked:
        filters = Filters(folders=folder, source=within(corpus, question))
        clean = clean_question(question.text, 10_000)
        scored = score_sentences(clean, engine.search(question.text, filters, limit=HITS, read=True))
        start, end = question.start or 0, question.end or 0
        answers = [s.hit.document.name == question.doc and s.span.start <= start and end <= s.span.end for s in scored]
        names = names or list(scored[0].features)
        features = np.array([[s.features[name] for name in names] for s in scored])
        out.append(
            Example(
                question.setting, question.article in fitted, question.article in apart, features, np.array(answers)
            )
        )
    return out, names


def fit(chosen: list[Example], at_least: NDArray[np.floating] | None = None) -> NDArray[np.float32]:
    """Return the weights that maximise the softmax share of the answering sentences, none below ``at_least``."""
    groups = [(e.features, e.answers / e.answers.sum()) for e in chosen if e.answers.any()]
    return fit_shares(groups, steps=_STEPS, ridge=_RIDGE, at_least=at_least)


def main() -> None:
    """Fit, print the table to standard error and the weights to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--papers", type=Path, nargs="+", default=[], metavar="FOLDER")
    parser.add_argument("--index", type=Path, default=Path(".beleg-bench"))
    parser.add_argument("--questions", type=int, help="questions for each setting (default: all)")
    args = parser.parse_args()
    questions = [q for q in load_questions(args.corpus) if q.answerable and q.start is not None]
    by_setting: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        by_setting[question.setting].append(question)
    if args.questions:
        by_setting = {s: random.Random(0).sample(qs, min(args.questions, len(qs))) for s, qs in by_setting.items()}
    with connect(load_settings(index=args.index, wait=600)) as engine:
        engine.ingest(args.corpus / "docs", sync=True)
        chosen = [q for asked in by_setting.values() for q in asked]
        everything, names = examples(engine, args.corpus, chosen, first_half(questions), set_apart(questions))
        papers: list[Example] = []
        for folder in args.papers:
            engine.ingest(folder / "docs", sync=True)
            asked = [q for q in load_questions(folder) if q.answerable]
            papers += examples(engine, folder, asked, frozenset(), frozenset())[0]
    fitted = [e for e in everything if e.fitted]
    # Papers are asked in other words than theirs, which is no reason to hold a shared word against a sentence.
    at_least = np.array([0.0 if name in ("words", "chunk_words") else -np.inf for name in names])
    weights = fit([e for e in fitted if e.apart] + papers, at_least)
    kinds = {"with_joint": dict(zip(names, _rounded(weights), strict=True))}
    for kind, left_out in (("with_tokens", _JOINT), ("without_tokens", _OF_TOKENS)):
        rest = [at for at, name in enumerate(names) if name not in left_out]
        less = fit([replace(e, features=e.features[:, rest]) for e in fitted])
        kinds[kind] = dict(zip([names[at] for at in rest], _rounded(less), strict=True))
    for setting in by_setting:
        for half in (True, False):
            group = [e for e in everything if e.setting == setting and e.fitted is half]
            orders = [(e, np.argsort(-(e.features @ weights), kind="stable")) for e in group]
            one = float(np.mean([e.answers[order[0]] for e, order in orders]))
            three = float(np.mean([e.answers[order[:3]].any() for e, order in orders]))
            name = "fitted" if half else "other"
            print(f"{setting} {name:6} n {len(group):4}  first {one:.3f}  three {three:.3f}", file=sys.stderr)
    print(json.dumps(kinds, indent=1))


def _rounded(weights: NDArray[np.float32]) -> list[float]:
    return [round(float(weight), 3) for weight in weights]


if __name__ == "__main__":
    main()
