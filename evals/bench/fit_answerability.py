r"""Fit the probability that the documents answer, and report it on articles it was not fitted on.

    python -m evals.bench.fit_answerability CORPUS... [--near CORPUS...] [--seen CORPUS...] [--papers FOLDER...] \
        [--index DIR] > rag/data/answerability.json

Each CORPUS has answerable and unanswerable questions (whole topics left out, or near misses). From a
corpus behind --near, near misses are made: each question is taken once as it is, and once without the
hits that touch its gold paragraph, as if only the rest of its article stood in the folder. Folders of everyday papers, with
near misses of their own, stand behind --papers; all of their questions are fitted on. A logistic
regression with an L2 penalty is fitted on every other article for indexes without the joint
reader, and without vectors of tokens; with the joint reader two of them at once, whose probabilities are multiplied: one of what is
near, and one of that and of what is read jointly. Of a corpus behind --seen, of whose articles the joint reader was fitted on some, the others are taken.
Each corpus, setting and class weighs the same. The log odds are then shifted so that, at threshold 0.5,
``OVER_REFUSAL`` of the answerable questions of the fitted half are refused, averaged over the settings of articles.
The table on standard error is of the other articles: AUROC, and the share of unanswerable questions
refused at the threshold and where exactly 5 % of that setting's answerable ones are lost.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag import Filters, Hit, LocalEngine, connect, load_settings
from rag.answerability import BY_HAND, Model, features
from rag.pipeline import clean_question
from rag.reading.scoring import score_sentences
from rag.snapshot import HITS

from .adam import Adam
from .corpus import Question, first_half, load_questions, set_apart, within
from .retrieval import paragraphs

# A share of those fitted on; on the other articles it comes to less.
OVER_REFUSAL = 0.04
# Held tightly: weights that fit the corpora closely carried less far to the gold of seeds/.
_RIDGE, _STEPS, _RATE = 0.01, 3000, 0.03
PAPERS = "papers"
# Papers count as much as so many settings of articles each.
_PAPERS_WEIGH = 1.5
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


def examples(
    engine: LocalEngine, corpus: Path, most: int | None, *, near: bool = False, seen: bool = False, papers: bool = False
) -> list[Example]:
    """Retrieve for every question of a corpus, each in the documents of its own language, if they stand apart."""
    folder = engine.source_ids([corpus / "docs"])
    questions = load_questions(corpus)
    fitted = frozenset(question.article for question in questions) if papers else first_half(questions)
    apart = set_apart(questions) if seen else fitted
    blocks = (
        {d.name: paragraphs(engine.document(d.id).text) for d in engine.documents(Filters(folders=folder))}
        if near
        else {}
    )
    out: list[Example] = []
    for question in random.Random(0).sample(questions, min(most or len(questions), len(questions))):
        filters = Filters(folders=folder, source=within(corpus, question))
        hits = engine.search(question.text, filters, limit=2 * HITS, read=True)
        asked = clean_question(question.text, 10_000)
        group = (
            f"{PAPERS} {question.language}" if papers else f"{corpus.name}{' near' if near else ''} {question.setting}"
        )
        cases = [(hits, question.answerable)]
        if near and question.answerable and question.doc is not None:
            cases.append(([hit for hit in hits if not _touches(hit, question, blocks[question.doc])], False))
        for chosen, answerable in cases:
            found: dict[str, dict[str, float]] = {}
            for kind, lacks in _LESS.items():
                kept = [replace(hit, **lacks) for hit in chosen[:HITS]]
                all_seen = features(asked, kept, score_sentences(asked, kept))
                found[kind] = {name: value for name, value in all_seen.items() if name not in BY_HAND}
            out.append(Example(group, found, answerable, question.article in fitted, question.article in apart))
    return out


def _touches(hit: Hit, question: Question, blocks: list[tuple[int, int]]) -> bool:
    start, end = next((a, b) for a, b in blocks if a <= (question.start or 0) < b)
    span = hit.chunk.span
    return hit.document.name == question.doc and start < span.end and span.start < end


def fit(chosen: list[Example], kind: str, parts: Sequence[Sequence[str]]) -> Model:
    """Return the weights of each part, given the names of its features, and the shift that loses ``OVER_REFUSAL``.

    By Adam, weights started at 0 and intercepts at 1, on features in units of their standard deviation.
    """
    names = list(chosen[0].seen[kind])
    x = np.array([[1.0, *(e.seen[kind][n] for n in names)] for e in chosen])
    y = np.array([float(e.answerable) for e in chosen])
    size: dict[tuple[str, bool], int] = defaultdict(int)
    for e in chosen:
        size[e.group, e.answerable] += 1
    often = [_PAPERS_WEIGH if e.group.startswith(PAPERS) else 1.0 for e in chosen]
    weight = np.array([many / size[e.group, e.answerable] for many, e in zip(often, chosen, strict=True)])
    weight /= weight.sum()
    middle, scale = x.mean(axis=0), x.std(axis=0)
    middle[0], scale[scale == 0] = 0.0, 1.0
    z = (x - middle) / scale
    used = np.array([[1.0, *(float(name in part) for name in names)] for part in parts])
    beta = np.zeros_like(used)
    beta[:, 0] = 1.0
    held = np.ones_like(used)
    held[:, 0] = 0.0
    adam = Adam()
    for step in range(1, _STEPS + 1):
        odds = z @ beta.T
        whole = np.exp(-np.logaddexp(0, -odds).sum(axis=1))
        # Of the loss by the log of the product, and of that by the log odds of each part.
        by_log = -weight * (y - (1 - y) * whole / np.maximum(1 - whole, 1e-9))
        gradient = used * ((by_log[:, None] / (1 + np.exp(odds))).T @ z) + _RIDGE * held * beta
        beta -= adam.step(gradient, _RATE * (1 - step / _STEPS))
    plain = beta / scale
    plain[:, 0] = beta[:, 0] - (plain[:, 1:] * middle[1:]).sum(axis=1)
    rows = [
        {n: round(float(b), 4) for n, b, kept in zip(["intercept", *names], row, mask, strict=True) if kept}
        for row, mask in zip(plain, used, strict=True)
    ]
    model = Model(rows)
    articles = sorted({e.group for e in chosen if not e.group.startswith(PAPERS)})
    cuts = [
        np.quantile([model.log_odds(e.seen[kind]) for e in chosen if e.group == group and e.answerable], OVER_REFUSAL)
        for group in articles
    ]
    return Model(rows, round(float(np.mean(cuts)), 4))


def auroc(yes: NDArray[np.float64], no: NDArray[np.float64]) -> float:
    """Return the share of pairs in which the answerable question has the higher score."""
    return float(((yes[:, None] > no[None, :]) + 0.5 * (yes[:, None] == no[None, :])).mean())


def main() -> None:
    """Fit, print the table to standard error and the model to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, nargs="+", metavar="CORPUS")
    parser.add_argument("--near", type=Path, nargs="+", default=[], metavar="CORPUS")
    parser.add_argument("--seen", type=Path, nargs="+", default=[], metavar="CORPUS")
    parser.add_argument("--papers", type=Path, nargs="+", default=[], metavar="FOLDER")
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
            for folder in args.papers:
                engine.ingest(folder / "docs", sync=True)
                everything += examples(engine, folder, None, papers=True)
        if args.cache:
            args.cache.write_text(json.dumps([asdict(e) for e in everything]))
    everything = [e for e in everything if e.seen["with_joint"]]
    fitted = [e for e in everything if e.fitted]
    names = list(everything[0].seen["with_joint"])
    there = [name for name in names if not name.startswith("joint")]
    articles = [e for e in fitted if not e.group.startswith(PAPERS)]
    # Only what is read jointly tells what everyday papers leave out; nearness tells the contrary of them.
    models = {"with_joint": fit([e for e in fitted if e.apart], "with_joint", [there, names])}
    models |= {kind: fit(articles, kind, [list(articles[0].seen[kind])]) for kind in ("with_tokens", "without_tokens")}
    print(
        f"{'kind':15} {'group':24} {'yes':>5} {'no':>5} {'AUROC':>6} {'refused':>8} {'lost':>6} {'at 5 %':>7}",
        file=sys.stderr,
    )
    for kind, model in models.items():
        for group in sorted({e.group for e in everything}):
            other = [e for e in everything if e.group == group and not e.fitted]
            if not other:
                continue
            yes = np.array([model.log_odds(e.seen[kind]) for e in other if e.answerable])
            no = np.array([model.log_odds(e.seen[kind]) for e in other if not e.answerable])
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
                **{kind: asdict(model) for kind, model in models.items()},
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
