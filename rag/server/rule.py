"""What a server allows: numbers and names in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import FixInput

if TYPE_CHECKING:
    from rag.settings import Settings

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class ServerRule:
    """How requests are treated. Times are in seconds, sizes in bytes.

    ``threads`` questions are worked on at a time and ``queue`` more may wait; ``uploads`` documents
    may wait for the one writer. ``rate`` is requests a minute and caller (see ``gate.Rates``), 0 for no limit. ``api_keys``
    is the file of keys; without one, whoever reaches the server may use it. ``token`` is the key of
    the user who started it. ``hosts`` are the names that a request may be addressed to (empty: any),
    so that no web page reaches a local server by a name of its own; ``origins`` are the web
    origins that a browser may call from. ``watch`` takes in what changes in the folders that are
    followed, as it changes. Work that is begun has ``grace`` to end.
    """

    threads: int = 8
    queue: int = 64
    uploads: int = 16
    deadline: float = 30.0
    patience: float = 30.0
    ping: float = 10.0
    rate: int = 0
    max_body: int = 4_000_000
    max_upload: int = 20_000_000
    api_keys: Path | None = None
    token: str | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    watch: bool = False
    grace: float = 20.0


def rule_of(settings: Settings, *, token: str, insecure: bool, watch: bool) -> ServerRule:
    """Return the rule that settings and command line ask for.

    Raises:
        FixInput: the server would answer strangers without a key.
    """
    host = settings.serve_host
    local = is_loopback(host)
    if not local and settings.serve_api_keys is None and not insecure:
        raise FixInput(
            f"On {host} anybody who reaches this machine could read the documents.",
            hint="Give keys with --api-keys FILE (rag key NAME makes one), or say --insecure.",
        )
    return ServerRule(
        threads=settings.serve_threads,
        queue=settings.serve_queue,
        deadline=settings.serve_deadline,
        rate=settings.serve_rate,
        max_upload=int(settings.max_file_mb * 1_000_000),
        api_keys=settings.serve_api_keys,
        token=token,
        hosts=settings.serve_hosts or (LOOPBACK_NAMES if local else ()),
        origins=settings.serve_origins,
        watch=watch,
        grace=settings.serve_grace,
    )


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
