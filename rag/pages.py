"""Pages of the web to an index: fetched here, one by one, and handed over like any upload."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Protocol

from rag.documents.web import Fetching, fetch
from rag.errors import FixFile, InstallExtra
from rag.reports import Ignored, IngestReport
from rag.wire import build, plain


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
            ignored = (Ignored(address, str(error), error.hint),)
            skipped = isinstance(error, InstallExtra) or error.skipped
            reports.append(IngestReport(skipped=ignored) if skipped else IngestReport(failed=ignored))
            continue
        reports.append(_report(page.name, said))
    return added_up([*reports, IngestReport(seconds=time.monotonic() - started)])


def added_up(reports: Sequence[IngestReport]) -> IngestReport:
    """Return several reports as one."""
    first, *others = reports
    for other in others:
        sums = {f.name: getattr(first, f.name) + getattr(other, f.name) for f in fields(first) if f.name != "dry_run"}
        first = IngestReport(**sums, dry_run=first.dry_run)
    return first


def _report(name: str, said: dict[str, Any]) -> IngestReport:
    if "verdict" not in said:
        return build(IngestReport, said)
    verdict = said["verdict"]
    if verdict == "unchanged":
        return IngestReport(unchanged=1)
    return IngestReport(added=(name,)) if verdict == "added" else IngestReport(changed=(name,))
