"""A measuring corpus: a folder with ``docs/`` and ``questions.jsonl``, one question a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its gold span; ``doc`` and the span are None where nothing answers it.

    ``setting`` is question language - document language, where it is known; ``article`` groups questions for
    splitting; ``evidence`` holds spans that back the answer.
    """

    id: str
    setting: str
    text: str
    language: str
    answerable: bool
    article: str
    doc: str | None
    start: int | None
    end: int | None
    answers: tuple[str, ...]
    evidence: tuple[tuple[int, int], ...]


def load_questions(folder: Path) -> list[Question]:
    """Read ``questions.jsonl`` of a corpus folder."""
    questions: list[Question] = []
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        questions.append(
            Question(
                id=row["id"],
                setting=row.get("setting", ""),
                text=row["question"],
                language=row["lang"],
                answerable=row["answerable"],
                article=row.get("article") or row.get("source_doc") or row["id"],
                doc=row.get("doc"),
                start=row.get("start"),
                end=row.get("end"),
                answers=tuple(row.get("answers", ())),
                evidence=tuple((a, b) for a, b in row.get("evidence", ())),
            )
        )
    return questions


def first_half(questions: list[Question]) -> frozenset[str]:
    """Return the articles to tune on: every other one by name. The rest is for reporting."""
    return frozenset(sorted({question.article for question in questions})[::2])


def set_apart(questions: list[Question]) -> frozenset[str]:
    """Return every third of the articles to tune on: the joint reader is not fitted on them.

    What weighs its logits against other features is fitted on these, as on articles that it saw it is surer than it should be.
    """
    return frozenset(sorted(first_half(questions))[::3])


def within(folder: Path, question: Question) -> str | None:
    """Return which documents of a corpus a question is put to: those of its language's part, if there are such; else all."""
    part = question.setting[3:]
    return f"{part}/*" if part and (folder / "docs" / part).is_dir() else None
