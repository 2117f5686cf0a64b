"""The process in which files are parsed: few rights, limits on memory and time, one file after another.

Started by ``worker``: python -P -m rag.documents.child. It reads requests from standard input (limits
first, then a name and the bytes of a file) and writes what became of them to standard output. Nothing
is opened by name here.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import resource
import select
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any, BinaryIO

from rag.documents.formats import Limits, format_of
from rag.documents.parsed import Parsed
from rag.errors import FixFile

IDLE = 120.0
"""Seconds without a request after which the process ends."""

_LENGTH = 8


def main() -> None:
    """Serve requests until there are no more."""
    # What a library prints must not get among the replies.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests = os.fdopen(0, "rb", buffering=0, closefd=False)
    first = receive(requests)
    if first is None:
        return
    limits = Limits(**json.loads(first))
    _restrict(limits)
    while select.select([requests], [], [], IDLE)[0] and (name := receive(requests)) is not None:
        data = receive(requests)
        if data is None:
            return
        for reply in _replies(name.decode("utf-8", "surrogatepass"), data, limits):
            send(replies, json.dumps(reply).encode())


def read(name: str, data: bytes, limits: Limits) -> Iterator[tuple[str, Parsed | FixFile]]:
    """Yield the documents of a file by their names in it, ``""`` where the file is one document."""
    found = format_of(name)
    assert found is not None
    assert found.reader is not None
    reader = import_module(f"rag.documents.readers.{found.reader}")
    if found.many:
        yield from reader.read_many(data, limits)
    else:
        yield "", reader.read(data, limits)


def send(stream: BinaryIO, data: bytes) -> None:
    """Write a message behind its length."""
    stream.write(len(data).to_bytes(_LENGTH, "big"))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO, most: float = math.inf) -> bytes | None:
    """Read a message; None where the other side is gone, or wants to say more than ``most`` bytes."""
    head = _exactly(stream, _LENGTH)
    length = int.from_bytes(head, "big") if head else 0
    return _exactly(stream, length) if head and length <= most else None


def _exactly(stream: BinaryIO, length: int) -> bytes | None:
    parts: list[bytes] = []
    while length:
        part = stream.read(min(length, 1 << 20))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def refusal(error: Exception, limits: Limits) -> FixFile:
    """Return what a reader raised as what is told of the file.

    This process is where whatever a library makes of a broken file ends.
    """
    if isinstance(error, FixFile):
        return error
    if isinstance(error, RecursionError):
        return FixFile("nested too deeply")
    if isinstance(error, MemoryError):
        return FixFile(
            f"needs more than {limits.memory_mb} MB of memory to be read",
            hint="Split the file, or raise parse_memory_mb in rag.toml (RAG_PARSE_MEMORY_MB).",
        )
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return FixFile(f"corrupt, or not what its name says ({' '.join(said.split())[:200]})")


def _replies(name: str, data: bytes, limits: Limits) -> Iterator[dict[str, Any]]:
    _allow(limits.seconds)
    try:
        for inside, result in read(name, data, limits):
            yield _plain(inside, result)
            _allow(limits.seconds)
        yield {"end": True}
    except ImportError as error:
        yield {"end": True, "missing": error.name or str(error)}
    except Exception as error:  # noqa: BLE001
        yield {"end": True, **_plain("", refusal(error, limits))}


def _allow(seconds: float) -> None:
    """Allow so much more processor time: should the other side die meanwhile, this process ends by itself."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _plain(inside: str, result: Parsed | FixFile) -> dict[str, Any]:
    if isinstance(result, FixFile):
        return {"name": inside, "error": str(result), "hint": result.hint, "skipped": result.skipped}
    places = [dataclasses.astuple(place) for place in result.places]
    date, created = (day.isoformat() if day else None for day in (result.date, result.created))
    return {
        "name": inside, "text": result.text, "places": places, "title": result.title, "author": result.author,
        "language": result.language, "date": date, "created": created, "head": result.head,
    }  # fmt: skip


# Bytes of a file that a reader may let a library write.
_WRITTEN = 256 << 20


def _restrict(limits: Limits) -> None:
    memory = limits.memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Nothing is written, unless a reader raises that for a moment, and no process is started.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, _WRITTEN))
    sys.setrecursionlimit(2000)


if __name__ == "__main__":
    main()
