"""The words of a sentence that answer: every run of up to twelve words is weighed, the likeliest is marked.

A logistic model over features of form (what kind of words stand in, before and behind the run), of the question (what it
asks for, how near its own words stand) and of where the joint reader sees the answer begin, fitted by
``evals/bench/fit_marks.py`` on text that is not shipped. ``rag/data/marks.json`` holds the weights. A mark is
a hint to the eye, and nothing is said or left unsaid for its sake.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources

import numpy as np

from rag.documents.rows import cells, row_of
from rag.place import Place
from rag.reading.cells import answering
from rag.reading.fitting import fitting
from rag.reading.nearby import meant
from rag.reading.runs import LONGEST, weigh
from rag.reading.stems import stems
from rag.records import Evidence, Question, Span
from rag.text.calendar import days_of_month
from rag.text.dates import find_dates
from rag.text.numbers import find_numbers
from rag.text.units import in_full
from rag.tokens import Begins, within

LEAST = 0.2
"""The least probability at which a run is marked: a wrong mark is worse than none."""

# What is cut by no mark, as dates, days of a month and numbers with their units are not: times of the day and from one to another,
# from one number to another, sums of money, and what goes on behind a short form.
_HOUR = r"\d{1,2}(?:[:.]\d{2})?"
_WHOLE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b\d{1,2}[:.]\d{2}(?:\s?(?:Uhr|[ap]\.?m\.?))?(?!\d|\.\d)",
        rf"\b{_HOUR}(?:\s?[ap]m)?\s?(?:bis|und|to|and|until|[-–])\s?{_HOUR}\s?(?:Uhr|[ap]\.?m\b\.?)|\b{_HOUR}\s?(?:Uhr|[ap]\.?m\b\.?)",
        r"[$€£]\s?\d[\d.,]*\d|[$€£]\s?\d|\b\d[\d.,]*\s?(?:[$€£%]|(?:Euro|EUR|USD|CHF|Dollar|Prozent|percent|Kronen|Franken)\b)",
        r"\b(?:Dr|Prof|Dipl|Ing|Nr|No|Mr|Mrs|Ms|St)\.\s?\w+",
    )
)


def answer_span(question: Question, text: str, language: str | None, begins: Begins | None = None) -> Span | None:
    """Return the run of words in a sentence that likeliest answers; None where none is likely enough, or it is the question's own.

    ``begins`` says where in it the joint reader sees the answer begin; None where it has not read it.
    """
    runs, fit = weigh(question, text, language, begins), fitting(question, text, language)
    if not len(runs) or fit == ():
        return None
    weights = _weights("with_joint" if begins and begins.logits else "without_joint")
    scores = np.zeros(len(runs))
    for name, column in runs.features.items():
        scores += weights.get(name, 0.0) * column
    shares = np.exp(scores - scores.max())
    total = shares.sum()
    if fit is not None:
        shares *= runs.touching(fit)
        chosen = meant(question, text, language, fit)
        if len(chosen) < len(fit):
            shares *= runs.touching(chosen)
            total = shares.sum()
    best = int(shares.argmax())
    found = _whole(text, runs.span(best), language) if shares[best] >= LEAST * total else None
    # What the question says itself answers nothing.
    return found if found and stems(found.of(text), language) - stems(question.text, language) else None


def marked(
    question: Question, evidence: Evidence, text: str, begins: Begins | None = None, places: Sequence[Place] = ()
) -> Evidence:
    """Return the evidence, whose text is given, with its answering words marked; ``begins`` as for ``answer_span``.

    ``places`` are those that it touches: of a table's row, whole cells are marked.
    """
    language, start = evidence.document.language, evidence.span.start
    row = row_of(places, start)
    found = _in_row(question, text, row, language, begins) if row else [answer_span(question, text, language, begins)]
    return replace(evidence, marks=tuple(Span(start + one.start, start + one.end) for one in found if one))


def _in_row(
    question: Question, text: str, row: Place, language: str | None, begins: Begins | None
) -> list[Span | None]:
    found = cells(row, text)
    chosen = answering(question, text, found, language, begins)
    if chosen is None:
        run = answer_span(question, text, language, begins)
        chosen = [cell for cell in found if run and cell.span.overlaps(run)]
    return [_in_cell(question, text, cell.span, language, begins) for cell in chosen]


def _in_cell(question: Question, text: str, cell: Span, language: str | None, begins: Begins | None) -> Span | None:
    """Return a cell, or where it is long the words in it that answer."""
    if len(cell.of(text).split()) <= LONGEST:
        return cell
    run = answer_span(question, cell.of(text), language, within(begins, cell.start, cell.end) if begins else None)
    return Span(cell.start + run.start, cell.start + run.end) if run else None


def _whole(text: str, span: Span, language: str | None) -> Span:
    """Return a span that cuts in two no date, no day of a month, no number with its unit, and nothing of ``_WHOLE``."""
    wholes = [found.span for found in find_dates(text)] + days_of_month(text)
    wholes += [in_full(text, one.span) for one in find_numbers(text, language)]
    wholes += [Span(*found.span()) for pattern in _WHOLE for found in pattern.finditer(text)]
    # "8 bis 12 Tage": the unit is that of the second number, so that what has grown may cut another one.
    while True:
        cut = [whole for whole in wholes if whole.overlaps(span)]
        grown = Span(min([span.start, *(w.start for w in cut)]), max([span.end, *(w.end for w in cut)]))
        if grown == span:
            return span
        span = grown


@cache
def _weights(kind: str) -> dict[str, float]:
    return json.loads(resources.files("rag").joinpath("data/marks.json").read_bytes())[kind]
