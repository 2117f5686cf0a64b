"""Keeping up with folders: what they held at the start, and what changes in them since."""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module

from rag.errors import BelegError
from rag.plan import Ready
from rag.server.problems import Problem
from rag.server.service import Service
from rag.watching import OPTIONS, Looks, follow, followed

_log = logging.getLogger("beleg.server")

# Seconds until a change that found the queue of writers full is tried again.
_AGAIN = 1.0


async def keep_up(service: Service) -> None:
    """Take in the folder that the server was started for, then what changes, as long as it runs."""
    try:
        await _keep_up(service)
    except Exception:
        # Nobody waits for this task before the server ends.
        _log.exception("no folder is followed any more; restart the server to follow them again")
        raise


async def _keep_up(service: Service) -> None:
    engine, rule = service.engine, service.rule
    await _take_in(service, None)
    if not rule.watch:
        return
    # Importing it takes longer than most changes do, so that the first of them would wait for that.
    await asyncio.to_thread(import_module, "rag.transforms")
    from watchfiles import awatch

    looks = Looks()
    while True:
        folders = await asyncio.to_thread(followed, engine)
        if not folders:
            _log.warning("nothing to watch: no folder was ingested")
            return
        try:
            watched = awatch(*folders, **OPTIONS)
            behind = True
            async for changes in watched:
                # The first time by itself: something may have changed before the watch stood.
                if changes or behind or looks.waiting:
                    looks.next()
                    await _take_in(service, looks.ready)
                behind = False
        except FileNotFoundError:
            # A folder was moved or unmounted; its documents stay, and the others are watched on.
            await asyncio.sleep(1)


async def _take_in(service: Service, ready: Ready | None) -> None:
    while True:
        try:
            report = await service.write(lambda: follow(service.engine, ready))
            break
        except Problem:
            # A change is told once: one that finds the queue full would be lost.
            await asyncio.sleep(_AGAIN)
        except BelegError as error:
            _log.error("changes were not taken in: %s", error, extra={"hint": error.hint})
            return
    for ignored in report.failed:
        _log.warning("%s: %s", ignored.name, ignored.reason)
    if report.anything:
        counts = {"added": len(report.added), "changed": len(report.changed), "removed": len(report.removed)}
        _log.info("changes taken in", extra={**counts, "seconds": round(report.seconds, 3)})
