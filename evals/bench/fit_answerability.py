r"""Fit the probability that the documents answer, and report it on articles it was not fitted on.

    python -m evals.bench.fit_answerability CORPUS... [--near CORPUS...] [--seen CORPUS...] [--index DIR] \
        > rag/data/answerability.json

Each CORPUS has answerable and unanswerable questions (whole topics left out, or near misses). From a
corpus behind --near, near misses are made: each question is taken once as it is, and once without the
hits that touch its gold paragraph, as if only the rest of its article stood in the folder. A logistic
regression with an L2 penalty is fitted by Newton's method on every other article (and again for indexes without the joint
reader, and without vectors of tokens); with the joint reader, of a corpus behind --seen, of whose articles it was fitted on some, on the others of these. Each
corpus, setting and class weighs the same. The intercept is then moved so that, at threshold 0.5,
``OVER_REFUSAL`` of the answerable questions of the fitted half are refused, averaged over settings.
The table on standard error is of the other articles: AUROC, and the share of unanswerable questions
refused at the threshold and where exactly 5 % of that setting's answerable ones are lost.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag import Filters, Hit, LocalEngine, connect, load_settings
from rag.answerability import BY_HAND, features
from rag.pipeline import clean_question
from rag.reading.scoring import score_sentences

from .corpus import Question, first_half, load_questions, set_apart
from .retrieval import paragraphs

# A share of those fitted on; on the other articles it comes to half of that.
OVER_REFUSAL = 0.05
# Of each example; held tightly: weights that fit the corpora closely carried less far to the gold of seeds/.
_RIDGE = 0.01
_HITS = 12
# What hits of an index lack whose embedder has other vectors of tokens, or none.
_LESS: dict[str, dict[str, Any]] = {
    "with_joint": {}, "with_tokens": {"joint": ()}, "without_tokens": {"joint": (), "matched": None},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """A question as the model sees it; ``group`` is corpus and setting, ``seen`` the features of each kind of index."""

    group: str
    seen: dict[str, dict[str, float]]
    answerable: bool
    fitted: bool
    apart: bool


def examples(engine: LocalEngine, corpus: Path, most: int | None, *, near: bool, seen: bool) -> list[Example]:
    """Retrieve for every question of a corpus, each in the documents of its own language."""
    folder = engine.source_ids([corpus / "docs"])
    questions = load_questions(corpus)
    fitted = first_half(questions)
    apart = set_apart(questions) if seen else fitted
    blocks = (
        {d.name: paragraphs(engine.document(d.id).text) for d in engine.documents(Filters(folders=folder))}
        if near
        else {}
    )
    out: list[Example] = []
    for question in random.Random(0).sample(questions, min(most or len(questions), len(questions))):
        filters = Filters(folders=folder, source=f"{question.setting[3:]}/*")
        hits = engine.search(question.text, filters, limit=2 * _HITS, read=True)
        asked = clean_question(question.text, 10_000)
        group = f"{corpus.name}{' near' if near else ''} {question.setting}"
        cases = [(hits, question.answerable)]
        if near and question.answerable and question.doc is not None:
            cases.append(([hit for hit in hits if not _touches(hit, question, blocks[question.doc])], False))
        for chosen, answerable in cases:
            found: dict[str, dict[str, float]] = {}
            for kind, lacks in _LESS.items():
                kept = [replace(hit, **lacks) for hit in chosen[:_HITS]]
                all_seen = features(asked, kept, score_sentences(asked, kept))
                found[kind] = {name: value for name, value in all_seen.items() if name not in BY_HAND}
            out.append(Example(group, found, answerable, question.article in fitted, question.article in apart))
    return out


def _touches(hit: Hit, question: Question, blocks: list[tuple[int, int]]) -> bool:
    start, end = next((a, b) for a, b in blocks if a <= (question.start or 0) < b)
    span = hit.chunk.span
    return hit.document.name == question.doc and start < span.end and span.start < end


def fit(chosen: list[Example], kind: str) -> dict[str, float]:
    """Return weights by feature name, intercept included."""
    names = list(chosen[0].seen[kind])
    x = np.array([[1.0, *(e.seen[kind][n] for n in names)] for e in chosen])
    y = np.array([float(e.answerable) for e in chosen])
    size: dict[tuple[str, bool], int] = defaultdict(int)
    for e in chosen:
        size[e.group, e.answerable] += 1
    weight = np.array([1 / size[e.group, e.answerable] for e in chosen])
    weight *= len(chosen) / weight.sum()
    penalty = np.diag([0.0] + [_RIDGE * len(chosen)] * len(names))
    beta = np.zeros(len(names) + 1)
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (y - p)) - penalty @ beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(hessian, gradient)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    logits = x @ beta
    cuts = [np.quantile(logits[[i for i, e in enumerate(chosen) if e.group == g and e.answerable]], OVER_REFUSAL)
            for g in sorted({e.group for e in chosen})]  # fmt: skip
    beta[0] -= float(np.mean(cuts))
    return dict(zip(["intercept", *names], (round(float(b), 4) for b in beta), strict=True))


def logit(model: dict[str, float], e: Example, kind: str) -> float:
    """Return the model's log odds for an example."""
    return model["intercept"] + sum(model[name] * value for name, value in e.seen[kind].items())


def auroc(yes: NDArray[np.float64], no: NDArray[np.float64]) -> float:
    """Return the share of pairs in which the answerable question has the higher score."""
    return float(((yes[:, None] > no[None, :]) + 0.5 * (yes[:, None] == no[None, :])).mean())


def main() -> None:
    """Fit, print the table to standard error and the model to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, nargs="+", metavar="CORPUS")
    parser.add_argument("--near", type=Path, nargs="+", default=[], metavar="CORPUS")
    parser.add_argument("--seen", type=Path, nargs="+", default=[], metavar="CORPUS")
    parser.add_argument("--index", type=Path, default=Path(".beleg-bench"))
    parser.add_argument("--questions", type=int, help="questions of each corpus (default: all)")
    parser.add_argument("--cache", type=Path, help="keep the features here, to fit again without retrieving")
    args = parser.parse_args()
    if args.cache and args.cache.exists():
        everything = [Example(**row) for row in json.loads(args.cache.read_text())]
    else:
        with connect(load_settings(index=args.index, wait=600)) as engine:
            everything: list[Example] = []
            for corpus, near in [(c, False) for c in args.corpora] + [(c, True) for c in args.near]:
                engine.ingest(corpus / "docs", sync=True)
                everything += examples(engine, corpus, args.questions, near=near, seen=corpus in args.seen)
        if args.cache:
            args.cache.write_text(json.dumps([asdict(e) for e in everything]))
    everything = [e for e in everything if e.seen["with_joint"]]
    fitted = [e for e in everything if e.fitted]
    models = {kind: fit([e for e in fitted if e.apart or kind != "with_joint"], kind) for kind in _LESS}
    print(
        f"{'kind':15} {'group':24} {'yes':>5} {'no':>5} {'AUROC':>6} {'refused':>8} {'lost':>6} {'at 5 %':>7}",
        file=sys.stderr,
    )
    for kind, model in models.items():
        for group in sorted({e.group for e in everything}):
            other = [e for e in everything if e.group == group and not e.fitted]
            yes = np.array([logit(model, e, kind) for e in other if e.answerable])
            no = np.array([logit(model, e, kind) for e in other if not e.answerable])
            print(
                f"{kind:15} {group:24} {len(yes):5} {len(no):5} {auroc(yes, no):6.3f} {(no < 0).mean():8.3f}"
                f" {(yes < 0).mean():6.3f} {(no < np.quantile(yes, 0.05)).mean():7.3f}",
                file=sys.stderr,
            )
    print(
        json.dumps(
            {
                "fitted_on": sorted({e.group for e in everything}),
                "over_refusal": OVER_REFUSAL,
                **models,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
