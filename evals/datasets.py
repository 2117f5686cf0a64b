"""Question sets that others wrote, as cases: the bench's form (``docs/``, ``questions.jsonl``), and SQuAD's.

Each question becomes one case with at most one fact: the gold answer strings recognise it, the gold
spans back it. Where the answer is worded freely and stands in no document, nothing recognises the
fact in words, and only its evidence is measured; without evidence too, only whether it is refused.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from rag.text.language import detect
from rag.text.match import Pattern

from .cases import Case, DocSpan, Fact, Place
from .corpus import Corpus, normal, read_corpus
from .errors import BadGold, NotMeasurable

QUESTIONS = "questions.jsonl"
_SEED = 0


class _Question(BaseModel):
    """A line of ``questions.jsonl``; further keys are the data set's own."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    question: str
    lang: str
    answerable: bool
    setting: str = ""
    doc_lang: str | None = None
    doc: str | None = None
    start: int | None = None
    end: int | None = None
    answers: tuple[str, ...] = ()
    evidence: tuple[tuple[int, int], ...] = ()


class _SquadAnswer(BaseModel):
    text: str
    answer_start: int


class _Qa(BaseModel):
    id: str
    question: str
    answers: tuple[_SquadAnswer, ...] = ()
    is_impossible: bool = False


class _Paragraph(BaseModel):
    context: str
    qas: tuple[_Qa, ...]


class _Article(BaseModel):
    paragraphs: tuple[_Paragraph, ...]


class _Squad(BaseModel):
    data: tuple[_Article, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Cases over a folder of documents."""

    name: str
    docs: Path
    cases: tuple[Case, ...]
    corpus: Corpus

    @property
    def fingerprint(self) -> str:
        """Sha256 over the questions and their gold."""
        return hashlib.sha256("".join(map(repr, self.cases)).encode("utf-8", "surrogatepass")).hexdigest()


def load_dataset(path: Path, scratch: Path, *, by_language: bool = False, limit: int | None = None) -> Dataset:
    """Read a data set: a folder in the bench's form, or a SQuAD file (its documents go into ``scratch``).

    ``by_language`` asks each question of the documents of its ``doc_lang`` alone; ``limit`` takes that
    many questions, drawn with a fixed seed.

    Raises:
        BadGold: a question is not in the form, or points outside its document.
        NotMeasurable: the path is neither.
    """
    if (path / QUESTIONS).is_file():
        docs, rows = path / "docs", list(_bench_rows(path / QUESTIONS))
    elif path.is_file():
        docs = scratch / "docs"
        rows = list(_squad_rows(path, docs))
    else:
        raise NotMeasurable(f"{path} holds no data set.", hint=f"A folder with docs/ and {QUESTIONS}, or a SQuAD file.")
    corpus = read_corpus(docs)
    cases = [_case(place, row, corpus, by_language=by_language) for place, row in rows]
    if limit is not None and limit < len(cases):
        cases = random.Random(_SEED).sample(cases, limit)
    if not cases:
        raise NotMeasurable(f"{path} holds no question.")
    return Dataset(path.name, docs, tuple(cases), corpus)


def _bench_rows(path: Path) -> Iterator[tuple[Place, _Question]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = Place(path.name, number)
        try:
            yield place, _Question.model_validate_json(line)
        except ValidationError as error:
            raise BadGold([(place, _first(error))]) from error


def _squad_rows(path: Path, docs: Path) -> Iterator[tuple[Place, _Question]]:
    """Yield the questions of a SQuAD file; each article becomes one document of its paragraphs."""
    place = Place(path.name, 1)
    try:
        articles = _Squad.model_validate_json(path.read_bytes()).data
    except ValidationError as error:
        raise BadGold([(place, f"not in the form of SQuAD: {_first(error)}")]) from error
    docs.mkdir(parents=True)
    for number, article in enumerate(articles):
        name, parts, at = f"{number:05}.txt", list[str](), 0
        for paragraph in article.paragraphs:
            for qa in paragraph.qas:
                yield place, _squad_question(qa, paragraph.context, name, at)
            parts.append(normal(paragraph.context))
            at += len(parts[-1]) + 2
        (docs / name).write_text("\n\n".join(parts), encoding="utf-8")


def _squad_question(qa: _Qa, context: str, name: str, offset: int) -> _Question:
    language = detect(qa.question) or "en"
    if qa.is_impossible or not qa.answers:
        return _Question(id=qa.id, question=qa.question, lang=language, answerable=False)
    first = qa.answers[0]
    # Offsets count the characters before normalisation; documents are stored after it.
    start = offset + len(normal(context[: first.answer_start]))
    return _Question(
        id=qa.id,
        question=qa.question,
        lang=language,
        answerable=True,
        doc=name,
        start=start,
        end=start + len(normal(first.text)),
        answers=tuple(dict.fromkeys(answer.text for answer in qa.answers)),
    )


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _case(place: Place, row: _Question, corpus: Corpus, *, by_language: bool) -> Case:
    return Case(
        id=row.id,
        # "de-en:123" and "en-en:123" are the same question in two settings.
        cluster=row.id.removeprefix(f"{row.setting}:"),
        language=row.lang,
        question=row.question,
        kind="single" if row.answerable else "unanswerable",
        tags=(row.setting,) if row.setting else (),
        facts=_facts(place, row, corpus) if row.answerable else (),
        forbidden=(),
        overlay=(),
        place=place,
        within=row.doc_lang if by_language else None,
    )


def _facts(place: Place, row: _Question, corpus: Corpus) -> tuple[Fact, ...]:
    """Return the one fact of an answerable question; none where the set names no evidence for it."""
    text = corpus.texts.get(row.doc or "")
    spans = row.evidence or (((row.start, row.end),) if row.start is not None and row.end is not None else ())
    if row.doc is None or text is None:
        raise BadGold([(place, f"{row.id}: no document {row.doc}")])
    if any(not 0 <= start < end <= len(text) for start, end in spans):
        raise BadGold([(place, f"{row.id}: evidence outside {row.doc}")])
    if not spans:
        return ()
    # An answer that stands nowhere in its document is a free wording: no form to look for.
    forms = tuple(
        form for answer in row.answers if (form := normal(answer).strip(" *")) and form in text and "*" not in form
    )
    evidence = tuple(DocSpan(row.doc, start, end) for start, end in spans)
    fact = Fact("answer", "must", " | ".join(row.answers) or "answered", (), (), (evidence,), place)
    return (replace(fact, patterns=(Pattern(any_of=forms),)) if forms else fact,)
