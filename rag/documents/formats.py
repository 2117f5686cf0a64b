"""Which formats Beleg reads, by the end of a file's name."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file; ``reader`` names its module in ``readers``, and is None for plain text.

    ``many``: such a file holds documents, each of which is named behind the file's own name and a ``/``. A mail
    is one by itself besides.
    """

    label: str
    suffixes: tuple[str, ...]
    reader: str | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost that is not plain text: seconds, megabytes of memory, characters of text.

    ``unpacked`` is how many bytes it may hold when unpacked. ``fields`` says under which keys JSON Lines
    keep what Beleg knows of an article (``text``, ``title``, ``date``, ``author``, ``language``, ``id``).
    ``archives``: whether an archive is opened; inside of another one it is not, however deep.
    """

    seconds: float = 60
    memory_mb: int = 1500
    characters: int = 20_000_000
    unpacked: int = 200_000_000
    fields: dict[str, str] = field(default_factory=dict[str, str])
    archives: bool = True


FORMATS = (
    Format("text", (".txt", ".text")),
    Format("Markdown", (".md", ".markdown")),
    Format("HTML", (".html", ".htm", ".xhtml"), "html"),
    Format("PDF", (".pdf",), "pdf"),
    Format("Word", (".docx",), "docx"),
    Format("presentation", (".pptx",), "pptx"),
    Format("workbook", (".xlsx", ".xlsm"), "xlsx"),
    Format("OpenDocument", (".odt",), "odt"),
    Format("EPUB", (".epub",), "epub"),
    Format("Rich Text", (".rtf",), "rtf"),
    Format("mail", (".eml",), "eml", many=True),
    Format("table", (".csv", ".tsv"), "csv"),
    Format("JSON Lines", (".jsonl", ".ndjson"), "jsonl", many=True),
    Format("archive", (".zip",), "zip", many=True),
)

READABLE = tuple(suffix for one in FORMATS for suffix in one.suffixes)
"""Suffixes of files that become documents; all others are named and skipped."""

_BY_SUFFIX = {suffix: one for one in FORMATS for suffix in one.suffixes}


def format_of(name: str) -> Format | None:
    """Return the format that a name promises; None where it is none that Beleg reads."""
    return _BY_SUFFIX.get(_suffix(name).lower())


def is_markdown(name: str) -> bool:
    """Say whether a document's name promises Markdown."""
    return (found := format_of(name)) is not None and found.label == "Markdown"


def is_many(name: str) -> bool:
    """Say whether a file of this name holds documents, whether or not it is one itself."""
    return (found := format_of(name)) is not None and found.many


def containers(name: str) -> list[str]:
    """Return the names of files that a document of this name may be in."""
    parts = name.split("/")
    above = ("/".join(parts[:at]) for at in range(1, len(parts)))
    return [one for one in above if is_many(one)]


def unread_format(name: str) -> str | None:
    """Return in words why a file of this name is not read; None where its format is."""
    suffix = _suffix(name)
    return None if suffix.lower() in _BY_SUFFIX else f"not a format that Beleg reads ({suffix or 'no suffix'})"


def _suffix(name: str) -> str:
    """Return what a name ends in, as ``PurePosixPath.suffix``, which takes a third of the time that a folder takes."""
    last = name.rstrip("/").rpartition("/")[2]
    at = last.rfind(".")
    return last[at:] if 0 < at < len(last) - 1 else ""
