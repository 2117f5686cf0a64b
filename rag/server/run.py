"""One server process: its socket, its address beside the index, its log, and an orderly end."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from rag import __version__
from rag.engine import LocalEngine
from rag.environment import fingerprint
from rag.errors import FixInput
from rag.ownership import Ownership, RunningServer, make_folder
from rag.server.app import make_app
from rag.server.log import JsonLines
from rag.server.rule import rule_of
from rag.server.tracing import traces_to

if TYPE_CHECKING:
    from rag.settings import Settings

_BACKLOG = 1024


def serve(settings: Settings, *, insecure: bool, watch: bool, ready: Callable[[RunningServer], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is called as soon as questions are answered.

    Raises:
        RetryLater: another server answers from the index.
        FixInput: the port is taken, or strangers would be answered without a key.
        RebuildIndex: the index is damaged.
    """
    token = secrets.token_urlsafe(32)
    rule = rule_of(settings, token=token, insecure=insecure, watch=watch)
    traces = traces_to(settings.serve_traces) if settings.serve_traces else None
    with LocalEngine(settings) as engine:
        make_folder(engine.folder)
        ownership = Ownership(engine.folder)
        with ownership.serving(), _listening(settings.serve_host, settings.serve_port) as listener:
            server = RunningServer(
                url=_url(listener),
                token=token,
                pid=os.getpid(),
                version=__version__,
                settings=fingerprint(),
                started=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            )

            def published() -> None:
                ownership.publish_address(server)
                ready(server)

            # What is wrong with the index is said here as any other error, not as a failure of the server's.
            _warm_up(engine)
            _log_to_standard_error()
            app = make_app(engine, rule, traces)
            config = uvicorn.Config(
                app, log_config=None, access_log=False, server_header=False, date_header=True, lifespan="on",
                timeout_graceful_shutdown=max(1, round(rule.grace)), backlog=_BACKLOG, ws="none",
            )  # fmt: skip
            running = _Server(config, published)
            running.run(sockets=[listener])
            ended = running.started and app.state.service.ended
            if traces is not None:
                traces.close()
        if not ended:
            # A thread is still at work. What it writes is whole or not there at all, as after a kill.
            logging.getLogger("beleg.server").warning("work was cut short at the end")
            logging.shutdown()
            os._exit(0 if running.started else 1)


def _warm_up(engine: LocalEngine) -> None:
    """Load the model and open the index, so that the first question is as fast as the next."""
    engine.ingest()
    engine.search("?a", limit=1)
    # All that is loaded now stays, and to walk through it in search of garbage would hold up a question by 60 ms.
    gc.freeze()


class _Server(uvicorn.Server):
    """Says when it listens, and ends with its own exit code rather than by the signal."""

    def __init__(self, config: uvicorn.Config, published: Callable[[], None]) -> None:
        super().__init__(config)
        self._published = published

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await asyncio.to_thread(self._published)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _listening(host: str, port: int) -> Generator[socket.socket]:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise FixInput(f"There is no address {host!r}: {error.strerror}.", hint="Use 127.0.0.1, or 0.0.0.0.") from error
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise FixInput(
                f"Port {port} of {host} cannot be used: {error.strerror}.",
                hint="Take another one with --port; --port 0 takes a free one.",
            ) from error
        yield listener


def _url(listener: socket.socket) -> str:
    """Return the address under which this machine itself reaches a socket."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _log_to_standard_error() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    levels: dict[str, Any] = {"beleg": logging.INFO, "uvicorn": logging.WARNING}
    for name, level in levels.items():
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False
