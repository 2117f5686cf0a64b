"""Hostile bytes over text, chunks, citations and documents: what was found once, random ones, and by coverage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
FOUND = sorted(path for path in (Path(__file__).parent / "found").glob("*/*") if path.is_file())
WORDS = st.sampled_from(
    [
        *("Am 3. Oktober 2021 ", "z. B. ", "2,4 Mio. ", "1.000,5", "half a billion ", "Ⅷ", "①", "３", "١٢", "²", "½"),
        *(
            "„Ja!“ ",
            "Dr. Müller",
            "U.S. ",
            "\u00a0",
            "\u200b",
            "\u0301",
            "\u202e",
            "\r\n",
            "\n\n",
            "---\n",
            "# ",
            "| a |",
        ),
        *("İ", "ẞ", "ﬀ", "ß", "ſ", "K", "Å", "\ufeff", "\u2028", "title: x\n", "\ud83e", "x" * 200, "9" * 40, "-", "."),
    ]
)
INPUTS = st.binary(max_size=400) | st.tuples(st.integers(0, 255), st.lists(WORDS, max_size=30)).map(
    lambda drawn: bytes([drawn[0]]) + "".join(drawn[1]).encode("utf-8", "surrogatepass")
)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name[:20]}")
def test_what_broke_once_holds(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_the_bytes_it_holds(name: str) -> None:
    given(INPUTS)(TARGETS[name])()


@pytest.mark.soak
@pytest.mark.parametrize("name", TARGETS)
def test_ten_thousand_inputs_hold(name: str) -> None:
    settings(max_examples=10_000, deadline=None)(given(INPUTS)(TARGETS[name]))()


@pytest.mark.soak
@pytest.mark.parametrize("name", TARGETS)
def test_a_minute_by_coverage_finds_nothing(name: str) -> None:
    pytest.importorskip("atheris", reason="pip install atheris (Linux only)")
    command = [sys.executable, "-m", "tests.fuzz", name, "60"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stderr[-3000:]
