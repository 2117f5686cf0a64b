"""Pages of the web to an index: fetched here, one by one, and handed over like any upload."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol

from rag.documents.web import Fetching, fetch
from rag.errors import FixFile, InstallExtra
from rag.reports import IngestReport, added_up, refused, uploaded
from rag.wire import plain


class Taker(Protocol):
    """An engine that takes uploads, here or over HTTP."""

    def upload(self, name: str, data: bytes) -> Any:
        """Make bytes a document; what became of it is a record, or that record as JSON values."""
        ...


def ingest_pages(engine: Taker, addresses: Sequence[str], rule: Fetching) -> IngestReport:
    """Fetch addresses and take in what is behind them; one that fails is named with the reason and stops none.

    Raises:
        FixInput: one of them is no address.
    """
    started = time.monotonic()
    reports: list[IngestReport] = []
    for address in addresses:
        try:
            page = fetch(address, rule)
            said = plain(engine.upload(page.name, page.data))
        except (FixFile, InstallExtra) as error:
            reports.append(refused(address, error))
            continue
        reports.append(uploaded(page.name, said))
    return added_up([*reports, IngestReport(seconds=time.monotonic() - started)])
