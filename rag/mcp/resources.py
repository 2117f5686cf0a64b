"""Documents and spans of them as resources: ``beleg://documents/ID`` and ``beleg://documents/ID/START-END``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.documents.formats import is_markdown
from rag.records import Span

ROOT = "beleg://documents/"
TEMPLATES = {
    "document": (ROOT + "{id}", "The whole stored text of a document."),
    "span": (ROOT + "{id}/{start}-{end}", "The characters (code points) from start to before end of a document."),
}
_PLACE = re.compile(re.escape(ROOT) + r"(?P<id>[^/\s]+)(?:/(?P<start>\d{1,12})-(?P<end>\d{1,12}))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A document, or one span of it; ``name`` is for people."""

    document_id: str
    name: str = ""
    span: Span | None = None

    @property
    def uri(self) -> str:
        """The place as an address."""
        return ROOT + self.document_id + (f"/{self.span.start}-{self.span.end}" if self.span else "")


def parse(uri: str) -> Place | None:
    """Return the place that an address means; None where it means none."""
    found = _PLACE.fullmatch(uri)
    if found is None:
        return None
    if found["start"] is None:
        return Place(found["id"])
    start, end = int(found["start"]), int(found["end"])
    return Place(found["id"], span=Span(start, end)) if start <= end else None


def mime_type(name: str) -> str:
    """Return the kind of text that a document's name promises."""
    return "text/markdown" if is_markdown(name) else "text/plain"
