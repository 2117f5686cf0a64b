"""Files that the real programs made, and how a reader reads one."""

from __future__ import annotations

from pathlib import Path

from rag.documents.child import read
from rag.documents.formats import Limits
from rag.documents.parsed import Parsed
from rag.errors import FixFile

FILES = Path(__file__).parent / "files"
LIMITS = Limits(seconds=20)


def parsed(name: str, data: bytes | None = None, limits: Limits = LIMITS) -> Parsed:
    """What the reader of a format makes of bytes, or of one of the files; in this process."""
    (result,) = inside(name, data, limits).values()
    assert isinstance(result, Parsed)
    return result


def inside(name: str, data: bytes | None = None, limits: Limits = LIMITS) -> dict[str, Parsed | FixFile]:
    """The documents of a file that holds several."""
    return dict(read(name, (FILES / name).read_bytes() if data is None else data, limits))


def place_at(result: Parsed, quote: str) -> tuple[str, int | None, str | None]:
    """Where the one place of a quote is said to be."""
    from rag.place import places_of

    assert result.text.count(quote) == 1
    start = result.text.index(quote)
    (place,) = places_of(result.places, start, start + len(quote))
    return place.kind, place.number, place.name
