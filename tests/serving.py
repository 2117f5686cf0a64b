"""An application before a real socket of this machine."""

from __future__ import annotations

import socket
import threading
from typing import Any

import uvicorn


class Serving:
    """An application under uvicorn on a free port, in a thread; ``config`` goes to uvicorn."""

    def __init__(self, app: Any, port: int = 0, **config: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        rule: dict[str, Any] = {"log_level": "warning", "timeout_graceful_shutdown": 1, **config}
        self._server = uvicorn.Server(uvicorn.Config(app, **rule))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self.port}/"

    def __exit__(self, *exc: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
