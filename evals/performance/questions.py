"""The questions that are asked while something is measured."""

from __future__ import annotations

from pathlib import Path

from ..corpus import read_corpus
from ..loading import load_gold
from ..work import GOLD

QUESTIONS = (
    "Bis wann soll Europa die konventionelle Verteidigung der NATO übernehmen?",
    "How many billion dollars did the other allies contribute?",
    "Wer ist Generalsekretär der NATO?",
    "What did Kuleba ask for in Bucharest?",
    "Wie heißt die Hauptstadt von Australien?",
)


def gold_questions(docs: Path) -> list[str]:
    """Return the gold questions over ``seeds/``, each once, in a fixed order."""
    return list(dict.fromkeys(case.question for case in load_gold(GOLD, read_corpus(docs))))
