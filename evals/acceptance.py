"""Whether each fall of the committed baseline was accepted as it has to be: with a reason, alone.

A version of the file that lost cells against the version before it must give a reason, and its
commit must touch nothing else. Without git, or without history, there is nothing to check.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from .baseline import Section, given_up, parse_baseline
from .errors import NotMeasurable

_VERSIONS = 20


def unaccepted_falls(path: Path) -> list[str]:
    """Return a sentence for each of the last commits of the baseline that lowered it and should not have."""
    git = shutil.which("git")
    if git is None or not path.exists():
        return []
    commits = _git(git, path, "log", f"-{_VERSIONS}", "--format=%H", "--", path.name).split()
    problems: list[str] = []
    for new, old in pairwise(commits):
        problems += _check(git, path, new, old)
    return problems


def _check(git: str, path: Path, new: str, old: str) -> Iterator[str]:
    after, before = _version(git, path, new), _version(git, path, old)
    for name in sorted(after.keys() & before.keys()):
        lost = sorted(given_up(before[name], after[name]))
        if not lost:
            continue
        if not str(after[name].get("accepted", {}).get("reason", "")).strip():
            yield f"commit {new[:12]} lowered the baseline without a reason ({lost[0]}, {len(lost)} in all)"
        touched = _git(git, path, "show", "--format=", "--name-only", new).split("\n")
        others = [file for file in touched if file.strip() and Path(file).name != path.name]
        if others:
            yield f"commit {new[:12]} lowered the baseline ({lost[0]}) and touched {others[0]} too; accept it in a commit of its own"


def _version(git: str, path: Path, commit: str) -> dict[str, Section]:
    text = _git(git, path, "show", f"{commit}:./{path.name}")
    try:
        return parse_baseline(text, path.name)
    except NotMeasurable:
        return {}


def _git(git: str, path: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        [git, *arguments], cwd=path.parent, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.stdout if done.returncode == 0 else ""
