"""The date in the name of a file: what states one, and what names something else."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.filedates import named_date

DAY = dt.date(2022, 11, 30)


@given(st.text("0123456789.-_ Mai/") | st.text())
def test_any_name_is_read(name: str) -> None:
    named_date(name)


@pytest.mark.parametrize(
    ("name", "dated"),
    [
        ("minutes-2022-11-30.md", True),
        ("2022/Protokoll_30.11.2022.docx", True),
        ("post.zip/2022_11_30 Rechnung.pdf", True),
        ("20221130_abrechnung.pdf", True),
        ("2022-11-30.txt", True),
        ("20221130.txt", False),
        ("einladung-2022-11-30.md", False),
        ("vertrag-bis-2022-11-30.pdf", False),
        ("IMG_2022-11-30.txt", False),
        ("scan_2022-11-30.pdf", False),
        ("2022-11-30/notes.md", False),
        ("artikel.jsonl/2022-11-30", False),
        ("2022-11-30-2022-12-01.md", False),
        ("2022-11.md", False),
        ("2022-13-30.md", False),
    ],
)
def test_a_files_name_gives_its_date(name: str, dated: bool) -> None:
    assert named_date(name) == (DAY if dated else None)
