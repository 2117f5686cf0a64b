"""How fast each format is read, against the bare library in the same run: python -m evals.bench.formats.

The bare library gives its plain text in this process; ours gives paragraphs, places and limits in
another one, which is warm.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from rag.documents.formats import Limits
from rag.documents.worker import Worker

_FILES = Path(__file__).parents[2] / "tests/documents/files"
_SECONDS = 2.0


def _html(data: bytes) -> Any:
    from trafilatura import extract

    return extract(data)


def _pdf(data: bytes) -> Any:
    import pypdfium2

    with closing(pypdfium2.PdfDocument(data)) as document:
        return [page.get_textpage().get_text_range() for page in document]


def _docx(data: bytes) -> Any:
    from docx import Document

    return [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]


def _pptx(data: bytes) -> Any:
    from pptx import Presentation

    slides: Any = Presentation(io.BytesIO(data)).slides
    return [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]


def _xlsx(data: bytes) -> Any:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]


def _rtf(data: bytes) -> Any:
    from striprtf.striprtf import rtf_to_text

    return rtf_to_text(data.decode("latin-1"), errors="replace")


_BARE: dict[str, Callable[[bytes], Any]] = {
    "hafen.html": _html, "chromium.pdf": _pdf, "writer.docx": _docx, "impress.pptx": _pptx, "calc.xlsx": _xlsx,
    "writer.rtf": _rtf,
}  # fmt: skip
_OTHERS = ("writer.odt", "pandoc.epub", "mail.eml", "tabelle.csv", "alles.zip")


def main() -> None:
    """Print documents a second for each format."""
    with closing(Worker(Limits())) as worker:
        started = time.perf_counter()
        list(worker.parse("tabelle.csv", b"a;b\n1;2\n"))
        print(f"process started in {time.perf_counter() - started:.2f} s")
        print(f"{'file':14} {'KB':>5} {'bare/s':>8} {'ours/s':>8} {'ours/bare':>9}")
        for name in (*_BARE, *_OTHERS):
            data = (_FILES / name).read_bytes()
            ours = _rate(lambda name=name, data=data: list(worker.parse(name, data)))
            bare = _rate(lambda name=name, data=data: _BARE[name](data)) if name in _BARE else None
            beside = f"{bare:8.0f} {ours:8.0f} {ours / bare:9.2f}" if bare else f"{'-':>8} {ours:8.0f} {'-':>9}"
            print(f"{name:14} {len(data) / 1e3:5.1f} {beside}")


def _rate(work: Callable[[], Any]) -> float:
    """Return how often a second something is done; the first time, which imports, does not count."""
    work()
    started, times = time.perf_counter(), 0
    while time.perf_counter() - started < _SECONDS:
        work()
        times += 1
    return times / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
