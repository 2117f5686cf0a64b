"""A scripted OpenAI-compatible server: real HTTP on loopback, and on it whatever a server can do wrong."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rag.embedding import HashedWords


@dataclass(frozen=True)
class Says:
    """A streamed reply: the text in pieces of ``size`` characters, written ``cut`` bytes at a time.

    ``die_after`` closes the connection after so many events, ``chunked`` or not; ``silence`` passes
    before the first byte, ``pause`` between events.
    """

    text: str
    size: int = 7
    cut: int | None = None
    finish: str | None = "stop"
    refusal: str | None = None
    usage: tuple[int, int] | None = (100, 20)
    die_after: int | None = None
    chunked: bool = True
    silence: float = 0.0
    pause: float = 0.0
    instead: Sequence[str] | None = None

    def events(self, model: str) -> Iterator[str]:
        """Yield the data of each server-sent event."""
        if self.instead is not None:
            yield from self.instead
            return
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": self.text[at : at + self.size]} for at in range(0, len(self.text), self.size)]
        deltas += [{"refusal": self.refusal}] if self.refusal else []
        for delta in deltas:
            yield _chunk(model, [{"index": 0, "delta": delta, "finish_reason": None}])
        if self.finish is not None:
            yield _chunk(model, [{"index": 0, "delta": {}, "finish_reason": self.finish}])
        if self.usage is not None:
            sent, received = self.usage
            tokens = {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}
            yield _chunk(model, [], usage=tokens)
        yield "[DONE]"


@dataclass(frozen=True)
class Fails:
    """An HTTP error with its body; a string is sent as it is."""

    status: int
    message: str = "no"
    code: str | None = None
    param: str | None = None
    raw: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


Reply = Says | Fails | Callable[[dict[str, Any]], "Says | Fails"]


class ScriptedServer:
    """Plays replies in their order, the last one for ever; ``requests`` are the bodies it was sent."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.models = ["small", "large"]
        # What is said in place of a list of models.
        self.listing: str | None = None
        # Texts of each request for vectors, and what goes wrong with the next ones.
        self.embedded: list[list[str]] = []
        self.embedding_faults: list[Fails | str | None] = []
        # Numbers of a vector; another model would give more or less.
        self.dimensions = HashedWords.dimensions
        # Bodies of requests for scores, and what is said to the next ones: a status and a text.
        self.reranked: list[dict[str, Any]] = []
        self.rerank: Callable[[dict[str, Any]], tuple[int, str]] = by_length
        # Sent with scores.
        self.headers: dict[str, str] = {}
        self.address = ""
        self._script: list[Reply] = [Fails(500, "nothing scripted")]

    def play(self, *replies: Reply) -> None:
        """Play these from now on."""
        self._script = list(replies)

    def next(self, body: dict[str, Any]) -> Says | Fails:
        self.requests.append(body)
        reply = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        return reply(body) if callable(reply) else reply

    def sent(self, number: int = -1) -> str:
        """Return all that a request said to the model."""
        return "\n".join(message["content"] for message in self.requests[number]["messages"])


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """Run a scripted server on a free loopback port."""
    script = ScriptedServer()

    class Handler(_Handler):
        server_script = script

    server = _Server(("127.0.0.1", 0), Handler)
    script.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def saying(data: bytes) -> Iterator[str]:
    """Run a server that answers one caller with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            caller, _ = listening.accept()
            with caller:
                caller.sendall(data)
                caller.shutdown(socket.SHUT_WR)
                while caller.recv(65_536):
                    pass

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        thread.join()


def reply_of(*statements: tuple[str, list[int]], answered: bool = True) -> str:
    """Return a reply of the form that is asked for."""
    said = [{"text": text, "ids": ids} for text, ids in statements]
    return json.dumps({"answered": answered, "statements": said}, ensure_ascii=False)


def numbers_of(sent: str) -> dict[str, int]:
    """Return the evidence sentences of a prompt with their numbers."""
    lines = (line.partition("] ") for line in sent.split("\n") if line.startswith("["))
    return {text: int(number[1:]) for number, _, text in lines if number[1:].isdecimal()}


def by_length(body: dict[str, Any]) -> tuple[int, str]:
    """Score passages by their length, the longest best, and list them in that order."""
    scored = sorted(((len(text), at) for at, text in enumerate(body["documents"])), reverse=True)
    return 200, json.dumps({"results": [{"index": at, "relevance_score": float(score)} for score, at in scored]})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Let clients leave when they like; any other error is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_script: ScriptedServer

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in self.server_script.models]}
        self._whole(200, self.server_script.listing or json.dumps(listed), {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server_script.keys.append(self.headers.get("Authorization"))
        if self.path.endswith("/embeddings"):
            self._embed(body["input"])
            return
        if self.path.endswith("/rerank"):
            self.server_script.reranked.append(body)
            self._whole(*self.server_script.rerank(body), self.server_script.headers)
            return
        reply = self.server_script.next(body)
        if isinstance(reply, Fails):
            error = {"error": {"message": reply.message, "code": reply.code, "param": reply.param, "type": "error"}}
            self._whole(reply.status, reply.raw if reply.raw is not None else json.dumps(error), reply.headers)
            return
        try:
            self._stream(reply, body["model"])
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _embed(self, texts: list[str]) -> None:
        script = self.server_script
        script.embedded.append(texts)
        fault = script.embedding_faults.pop(0) if script.embedding_faults else None
        if isinstance(fault, Fails):
            self._whole(fault.status, json.dumps({"error": {"message": fault.message}}), fault.headers)
            return
        vectors = HashedWords().embed(texts, "chunk", None)[:, : script.dimensions].tolist()
        data = [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(vectors)]
        listed = {"object": "list", "model": "e", "data": data[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        self._whole(200, fault if fault is not None else json.dumps(listed), {})

    def _whole(self, status: int, text: str, headers: dict[str, str]) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, reply: Says, model: str) -> None:
        time.sleep(reply.silence)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header(*(("Transfer-Encoding", "chunked") if reply.chunked else ("Connection", "close")))
        self.end_headers()
        for number, event in enumerate(reply.events(model)):
            if number == reply.die_after:
                self.close_connection = True
                return
            data = f"data: {event}\n\n".encode()
            for at in range(0, len(data), reply.cut or len(data)):
                self._write(data[at : at + (reply.cut or len(data))], chunked=reply.chunked)
            time.sleep(reply.pause)
        if reply.chunked:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    def _write(self, data: bytes, *, chunked: bool) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)
        self.wfile.flush()


def _chunk(model: str, choices: list[dict[str, Any]], usage: dict[str, int] | None = None) -> str:
    values = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices}
    return json.dumps({**values, "usage": usage}, ensure_ascii=False)
