"""Fit the weights by which the answering words of a sentence are marked.

    python -m evals.bench.fit_marks CORPUS [--questions N] > rag/data/marks.json

For each question the sentence that holds its gold span is taken, retrieval aside. Among its runs of
words, the one that overlaps the gold span most (Dice, in characters) is the answer; the log of its
softmax share is maximised over the questions of every other article (with a small L2 penalty, by
Adam, weights started at 0). The table on standard error gives token F1 and exact match of the
likeliest run against the gold answer, counted like SQuAD (case, punctuation and articles aside), for
the fitted articles and for the others, beside those of the words that are marked by kind alone.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.reading.kinds import words_of_kind
from rag.reading.spans import Runs, feature_names, weigh
from rag.records import Question as Asked
from rag.records import Span
from rag.text.language import detect
from rag.text.sentences import paragraph_spans, sentence_spans

from .corpus import Question, first_half, load_questions
from .softmax import fit_shares

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
    by_kind: str

    @property
    def target(self) -> int:
        """The run that overlaps the gold span most."""
        shared = [max(0, min(s.end, self.gold.end) - max(s.start, self.gold.start)) for s in self.runs.spans]
        both = [s.end - s.start + self.gold.end - self.gold.start for s in self.runs.spans]
        return int(np.argmax(np.array(shared) / np.array(both)))


def examples(corpus: Path, asked: list[Question], fitted: frozenset[str]) -> Iterator[Example]:
    """Yield an example for every question whose gold span lies within one sentence."""
    texts = {name: (corpus / "docs" / name).read_text("utf-8") for name in {q.doc for q in asked if q.doc}}
    sentences = {name: _sentences(text, name.split("/")[0]) for name, text in texts.items()}
    for question in asked:
        assert question.doc is not None
        assert question.start is not None
        assert question.end is not None
        language = question.setting[3:]
        for span in sentences[question.doc]:
            if span.start <= question.start and question.end <= span.end:
                text = span.of(texts[question.doc])
                clean = Asked(question.text, detect(question.text))
                marked = " ".join(mark.of(text) for mark in words_of_kind(clean, text, language))
                gold = Span(question.start - span.start, question.end - span.start)
                yield Example(question, question.article in fitted, text, gold, weigh(clean, text, language), marked)
                break


def _sentences(text: str, language: str) -> list[Span]:
    return [span for paragraph in paragraph_spans(text) for span in sentence_spans(text, paragraph, language)]


def fit(chosen: list[Example]) -> NDArray[np.float32]:
    """Return the weights that maximise the softmax share of the answering runs."""
    groups = [(e.runs.features, np.eye(len(e.runs.spans))[e.target]) for e in chosen]
    return fit_shares(groups, steps=_STEPS, ridge=_RIDGE)


def tokens(text: str) -> list[str]:
    """Return the words that SQuAD counts: small letters, without punctuation and articles."""
    return [word for word in re.sub(r"[^\w\s]", "", text.lower()).split() if word not in _ARTICLES]


def token_f1(said: str, gold: str) -> float:
    """Return the harmonic mean of precision and recall over words (Rajpurkar and others 2016)."""
    one, other = tokens(said), tokens(gold)
    if not one or not other:
        return float(one == other)
    return 2 * sum((Counter(one) & Counter(other)).values()) / (len(one) + len(other))


def main() -> None:
    """Fit, print the table to standard error and the weights to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--questions", type=int, help="questions in all (default: all)")
    args = parser.parse_args()
    questions = [q for q in load_questions(args.corpus) if q.answerable and q.start is not None]
    chosen = random.Random(0).sample(questions, min(args.questions or len(questions), len(questions)))
    everything = list(examples(args.corpus, chosen, first_half(questions)))
    weights = fit([e for e in everything if e.fitted])
    for setting in sorted({e.question.setting for e in everything}):
        for half in (True, False):
            group = [e for e in everything if e.question.setting == setting and e.fitted is half]
            said = [
                e.runs.spans[int((e.runs.features @ weights).argmax())].of(e.sentence) if e.runs.spans else ""
                for e in group
            ]
            rows = [
                (token_f1(text, gold), float(tokens(text) == tokens(gold)), token_f1(e.by_kind, gold))
                for e, text in zip(group, said, strict=True)
                for gold in [e.gold.of(e.sentence)]
            ]
            f1, exact, by_kind = np.mean(rows, axis=0)
            error = float(np.std([row[0] for row in rows]) / len(rows) ** 0.5)
            name = "fitted" if half else "other"
            print(
                f"{setting} {name:6} n {len(group):4}  F1 {f1:.3f} ± {error:.3f}  exact {exact:.3f}  by kind F1 {by_kind:.3f}",
                file=sys.stderr,
            )
    values = {name: round(float(weight), 3) for name, weight in zip(feature_names(), weights, strict=True)}
    print(json.dumps({"weights": values}, indent=1))


if __name__ == "__main__":
    main()
