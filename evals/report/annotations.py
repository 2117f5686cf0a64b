"""Marks on the lines of the gold files, in the form that the common CI host reads from the log."""

from __future__ import annotations

from collections.abc import Sequence

from ..gate import Step

MOST = 10
"""The host shows ten a step; more would hide that there are more."""


def workflow_commands(steps: Sequence[Step]) -> list[str]:
    """Return at most ten workflow commands, each at the line of the fact that it is about."""
    lines: list[str] = []
    blames = [blame for step in steps for blame in step.blames]
    for blame in blames[:MOST]:
        title = _property(f"{blame.case} / {blame.cell}" if blame.cell else blame.case)
        place = f"file={_property(blame.place.file)},line={blame.place.line}"
        lines.append(f"::error {place},title={title}::{_data(blame.message)}")
    return lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
