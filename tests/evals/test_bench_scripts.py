"""The scripts that measure and fit can be started: they run seldom, and what they import moves."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import pytest

import evals.bench
import evals.performance

NAMES = sorted(
    f"{package.__name__}.{module.name}"
    for package in (evals.bench, evals.performance)
    for module in iter_modules(package.__path__)
    if module.name != "__main__"
)


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_importable_and_says_how_it_is_used(name: str) -> None:
    assert import_module(name).__doc__
