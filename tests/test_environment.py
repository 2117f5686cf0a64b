"""Where the index is, and under which settings, as the whole settings see it too."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import load_settings
from rag.environment import fingerprint, index_folder


@pytest.mark.parametrize("written", [None, 'index = "deep/there"', 'index = " "', 'index = "/tmp/there"', "top = 3"])
@pytest.mark.parametrize("variable", [None, "", "from-environment"])
@pytest.mark.parametrize("given", [None, Path("given")])
def test_the_index_is_where_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | None, variable: str | None, given: Path | None
) -> None:
    if written is not None:
        (tmp_path / "rag.toml").write_text(written)
    if variable is not None:
        monkeypatch.setenv("RAG_INDEX", variable)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")

    assert index_folder(given) == load_settings(index=given).index.absolute()


def test_what_cannot_be_read_is_left_to_the_settings(tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_text("index = [")
    assert index_folder(None) is None
    (tmp_path / "rag.toml").write_text("index = 3")
    assert index_folder(None) is None
    assert index_folder(Path("given")) == tmp_path / "given"


def test_the_fingerprint_moves_with_what_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    monkeypatch.setenv("RAG_INDEX", "elsewhere")
    monkeypatch.setenv("UNRELATED", "1")
    assert fingerprint() == before
    monkeypatch.setenv("RAG_TOP", "4")
    with_top = fingerprint()
    (tmp_path / "rag.toml").write_text("top = 4")
    assert len({before, with_top, fingerprint()}) == 3
