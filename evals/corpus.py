"""The documents, read again from their files by a reader that shares nothing with the one of ``rag``.

What is cited is checked against this text, so a fault in ingest cannot hide behind itself.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .cases import DocSpan, Overlay
from .errors import NotMeasurable

_SUFFIXES = (".txt", ".text", ".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Corpus:
    r"""Texts by document name: NFC, ``\n`` line ends. ``unreadable`` are files that are not UTF-8."""

    texts: Mapping[str, str]
    unreadable: frozenset[str] = field(default_factory=frozenset)

    def of(self, span: DocSpan) -> str | None:
        """Return the characters of a span, or None where there is no such span."""
        text = self.texts.get(span.document)
        return text[span.start : span.end] if text is not None and 0 <= span.start < span.end <= len(text) else None

    def with_overlay(self, overlay: Iterable[Overlay]) -> Corpus:
        """Return the corpus with more documents in it."""
        return Corpus({**self.texts, **{one.name: normal(one.text) for one in overlay}}, self.unreadable)

    @property
    def fingerprint(self) -> str:
        """Sha256 over names and texts, in the order of names."""
        digest = hashlib.sha256()
        for name in sorted(self.texts):
            digest.update(f"{name}\0{self.texts[name]}\0".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def read_corpus(folder: Path) -> Corpus:
    """Read a folder of text files.

    Raises:
        NotMeasurable: there is no such folder, or no text in it.
    """
    texts: dict[str, str] = {}
    unreadable: set[str] = set()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (
            path.suffix.lower() not in _SUFFIXES
            or not path.is_file()
            or any(p.startswith(".") for p in name.split("/"))
        ):
            continue
        try:
            texts[name] = normal(path.read_bytes().decode("utf-8-sig"))
        except UnicodeDecodeError:
            unreadable.add(name)
    if not texts:
        raise NotMeasurable(f"No documents in {folder}.", hint="Name their folder: rag eval --docs FOLDER")
    return Corpus(texts, frozenset(unreadable))


def normal(text: str) -> str:
    r"""Return NFC text with ``\n`` line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
