from __future__ import annotations

from pathlib import Path

import pytest

from evals.cases import DocSpan, Overlay
from evals.corpus import Corpus, read_corpus
from evals.errors import NotMeasurable


def test_texts_are_read_as_they_are_cited(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_bytes("\ufeffCafe\u0301\r\nzwei\rdrei".encode())
    (tmp_path / "b.md").write_text("# B", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / ".hidden.txt").write_text("x", encoding="utf-8")
    (tmp_path / "latin1.txt").write_bytes("Löhne".encode("latin-1"))

    corpus = read_corpus(tmp_path)

    assert corpus.texts == {"deep/a.txt": "Café\nzwei\ndrei", "b.md": "# B"}
    assert corpus.unreadable == {"latin1.txt"}


def test_a_span_outside_its_document_has_no_text() -> None:
    corpus = Corpus({"a.txt": "abc"})
    assert corpus.of(DocSpan("a.txt", 1, 3)) == "bc"
    assert [corpus.of(s) for s in (DocSpan("a.txt", 1, 4), DocSpan("a.txt", 2, 2), DocSpan("b.txt", 0, 1))] == [
        None
    ] * 3


def test_an_overlay_adds_and_the_fingerprint_moves() -> None:
    corpus = Corpus({"a.txt": "abc"})
    more = corpus.with_overlay([Overlay("b.txt", "x\r\ny")])
    assert more.texts == {"a.txt": "abc", "b.txt": "x\ny"}
    assert more.fingerprint != corpus.fingerprint
    assert Corpus({"b.txt": "x\ny", "a.txt": "abc"}).fingerprint == more.fingerprint


def test_no_documents_are_not_measurable(tmp_path: Path) -> None:
    with pytest.raises(NotMeasurable, match="No documents"):
        read_corpus(tmp_path / "nowhere")
