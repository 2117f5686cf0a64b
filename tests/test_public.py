"""The public face: what the package names, and what its docstrings draw, is what there is."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import rag
from rag import BelegError, errors

BRANCH = re.compile(r"    ((?:│   |    )*)([├└]── )?([A-Z]\w+)  .*?(?:exit (\d))?$")


def drawn() -> dict[str, tuple[str | None, int | None]]:
    """Return each class of the tree in errors.py's docstring with its parent and exit code."""
    assert errors.__doc__ is not None
    found: dict[str, tuple[str | None, int | None]] = {}
    above: list[str] = []
    for line in errors.__doc__.split("\n"):
        match = BRANCH.match(line)
        if match is not None:
            depth = len(match[1]) // 4 + bool(match[2])
            above[depth:] = [match[3]]
            found[match[3]] = (above[depth - 1] if depth else None, int(match[4]) if match[4] else None)
    return found


def test_the_error_tree_is_drawn_as_it_is() -> None:
    classes = {
        name: cls for name, cls in inspect.getmembers(errors, inspect.isclass) if cls.__module__ == errors.__name__
    }
    tree = drawn()

    assert tree.keys() == classes.keys()
    for name, (parent, code) in tree.items():
        assert classes[name].__base__ is (classes[parent] if parent else Exception)
        assert code in (None, classes[name].exit_code)
    assert tree["BelegError"] == (None, None)
    assert all(code is not None for name, (_, code) in tree.items() if name != "BelegError")


def test_every_error_carries_a_sentence_and_a_hint() -> None:
    for name in drawn():
        error = getattr(errors, name)("What happened.", hint="What to do.")
        assert isinstance(error, BelegError)
        assert (str(error), error.hint) == ("What happened.", "What to do.")


def test_every_error_is_public() -> None:
    assert drawn().keys() <= set(rag.__all__)


@pytest.mark.parametrize("name", rag.__all__)
def test_a_public_name_can_be_imported_and_is_documented(name: str) -> None:
    value = getattr(rag, name)

    assert name == "__version__" or inspect.getdoc(value)


def test_the_list_is_sorted_and_complete() -> None:
    lazy = {name for names in rag._WHERE.values() for name in names}

    assert sorted(rag.__all__) == rag.__all__
    assert set(rag.__all__) == lazy | {"__version__"}
    for module, names in rag._WHERE.items():
        assert all(hasattr(importlib.import_module(module), name) for name in names)


def test_a_star_import_gives_just_the_list() -> None:
    names: dict[str, object] = {}
    exec("from rag import *", names)

    assert set(names) - {"__builtins__"} == set(rag.__all__)


def test_what_is_not_public_is_missed_as_usual() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = rag.Nothing


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import rag, sys; print(*{'numpy', 'pydantic', 'chromadb', 'asyncio', 'typer'}.intersection(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(Path(rag.__file__).parent.parent)}

    assert subprocess.check_output([sys.executable, "-c", code], env=environment, text=True) == "\n"
