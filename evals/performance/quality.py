"""How good the answers are whose speed is measured, so that nobody buys one with the other."""

from __future__ import annotations

from pathlib import Path

from ..figures import figures
from ..work import Plan, evaluate
from .records import Quality


def quality(docs: Path) -> Quality:
    """Ask the gold questions over ``seeds/`` and judge the answers, as ``rag eval`` does."""
    run, _ = evaluate(Plan(docs=docs, baseline=None))
    found = figures(run)
    recall, integrity = found["fact_recall"].mean, found["citation_integrity"].mean
    assert recall is not None
    assert integrity is not None
    return Quality(len(run.rows), round(recall, 4), round(integrity, 4))
