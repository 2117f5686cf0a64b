"""A real Chroma server on loopback, and a gate before it that wants a token, speaks TLS, or lies."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_READY_WITHIN = 30.0


class Chroma:
    """``chroma run`` over a folder, on a port that stays the same when it is killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("chroma")), "run"]
        where = ["--path", str(self._folder / "data"), "--host", "127.0.0.1", "--port", str(self._port)]
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *where], stdout=log, stderr=log, cwd=self._folder)
        until = time.monotonic() + _READY_WITHIN
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < until, "chroma run does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as kill -9 does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it hear and not answer."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)
        try:
            connection.request("GET", "/api/v2/heartbeat")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def running(folder: Path) -> Iterator[Chroma]:
    """Run a server of the test's own."""
    server = Chroma(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def gate(
    url: str,
    *,
    token: str | None = None,
    certificate: Path | None = None,
    instead: dict[str, tuple[int, str]] | None = None,
) -> Iterator[str]:
    """Stand before a server: pass on what bears the token; ``instead`` answers for paths that end so."""
    target = urlsplit(url)

    class Gate(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = next((a for end, a in (instead or {}).items() if self.path.endswith(end)), None)
            if token is not None and self.headers.get("Authorization") != f"Bearer {token}":
                answer = (401, "who are you?")
            if answer is not None:
                self._say(answer[0], answer[1].encode())
                return
            assert target.hostname is not None
            connection = http.client.HTTPConnection(target.hostname, target.port, timeout=30)
            kept = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "accept-encoding")}
            connection.request(self.command, self.path, body, kept)
            with connection.getresponse() as response:
                self._say(response.status, response.read())
            connection.close()

        do_GET = do_POST = do_DELETE = do_PUT = _pass_on  # noqa: N815 - the base class calls them so

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gate)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate_at(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that nobody but itself vouches for, with its key, to one file."""
    file, key = folder / "own.pem", folder / "own.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + key.read_bytes())
    return file
