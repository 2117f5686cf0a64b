"""Which format a name promises."""

from __future__ import annotations

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from rag.documents.formats import _BY_SUFFIX, format_of


@given(st.text(alphabet="a./ß TXTzip", min_size=1, max_size=12))
def test_a_name_ends_as_its_path_does(name: str) -> None:
    if not {".", ".."} & set(name.split("/")):
        assert format_of(name) == _BY_SUFFIX.get(PurePosixPath(name).suffix.lower())
