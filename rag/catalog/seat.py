"""Where a catalog has its seat: in the index's folder, or on a server that several machines share."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

from rag.catalog.changing import AnyCatalog
from rag.catalog.schema import FILE, exists, set_aside
from rag.catalog.sqlite import Catalog


class Seat(Protocol):
    """Where a catalog stands, how it is opened, and who may write to it."""

    @property
    def remote(self) -> bool:
        """Whether it stands elsewhere, so that each folder holds only what was derived from it."""
        ...

    @property
    def name(self) -> str:
        """How it is named to people, without secrets."""
        ...

    def exists(self) -> bool:
        """Say whether there is a catalog yet."""
        ...

    def open(self, folder: Path, create: Mapping[str, str] | None = None) -> AnyCatalog:
        """Open the catalog for an index folder; with ``create`` make it, holding these meta values.

        Raises:
            AddDocuments: there is none, and ``create`` was not asked for.
            RebuildIndex: it is damaged, or of a newer schema; an older one is migrated.
            FixStorage: it cannot be opened or written.
        """
        ...

    def set_aside(self) -> None:
        """Make room for a new catalog; the old one stays under another name until the next time."""
        ...

    def take_over(self, stage: Path) -> None:
        """Put the catalog file in another folder in the place of what there was, which is set aside."""
        ...

    def writer(self, *, wait: float) -> AbstractContextManager[None]:
        """Be the one writer among all machines; within a folder, ``Ownership`` sees to that.

        Raises:
            RetryLater: another one writes, and did not end within ``wait`` seconds.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class FileSeat:
    """A catalog in its index's folder. See ``Seat``."""

    remote = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = str(folder)

    def exists(self) -> bool:
        """See ``Seat.exists``."""
        return exists(self._folder)

    def open(self, folder: Path, create: Mapping[str, str] | None = None) -> Catalog:
        """See ``Seat.open``; ``folder`` may be a copy of the index."""
        return Catalog(folder, create=None if create is None else dict(create))

    def set_aside(self) -> None:
        """See ``Seat.set_aside``."""
        set_aside(self._folder)

    def take_over(self, stage: Path) -> None:
        """See ``Seat.take_over``."""
        set_aside(self._folder)
        (stage / FILE).replace(self._folder / FILE)

    def writer(self, *, wait: float) -> AbstractContextManager[None]:
        """See ``Seat.writer``: the folder's own lock is enough."""
        del wait
        return nullcontext()

    def close(self) -> None:
        """See ``Seat.close``: there is none."""


def seat_of(folder: Path, url: str | None) -> Seat:
    """Return where the catalog of an index folder is: on the server of ``url``, if one is named.

    Raises:
        InstallExtra: what speaks to the server is not installed.
        FixSettings: the URL is none.
    """
    if url is None:
        return FileSeat(folder)
    from rag.catalog.postgres import PostgresSeat

    return PostgresSeat(url)
