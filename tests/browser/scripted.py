"""A double of the server: it says what a test tells it, when the test lets it. The page and its parts are real."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

from rag import LocalEngine, StageDone, StatementReady
from rag.receipts import plain, to_json
from rag.server.page import router

END = None


class Scripted:
    """``say`` sends events to whoever asked; ``refuse`` answers the next questions with problems instead."""

    def __init__(self, engine: LocalEngine) -> None:
        self.engine = engine
        self.said: queue.Queue[str | None] = queue.Queue()
        self.refusals: list[JSONResponse] = []
        self.keys: list[str] = []
        self.app = FastAPI()
        self.app.include_router(router)
        self.app.post("/v1/ask")(self._ask)
        self.app.get("/v1/documents")(lambda: {"documents": [plain(d) for d in engine.documents()]})
        self.app.get("/healthz")(lambda: {"status": "ok"})

    def say(self, event: str, data: Any) -> None:
        """Send one event."""
        self.said.put(f"event: {event}\ndata: {json.dumps(data)}\n\n")

    def end(self) -> None:
        """End the stream, whatever was said."""
        self.said.put(END)

    def say_first_statement(self, question: str) -> str:
        """Say all that the engine says before the first statement, and that; return the statement's text."""
        for event in self.engine.stream(question):
            if isinstance(event, StageDone):
                self.say("stage", plain(event))
            elif isinstance(event, StatementReady):
                cited = zip(event.statement.citations, event.citations, strict=True)
                citations = [{"index": index, **plain(citation)} for index, citation in cited]
                self.say("statement", {"index": 0, "statement": plain(event.statement), "citations": citations})
                return event.statement.text
        raise AssertionError("the engine says nothing")

    def say_receipt(self, question: str) -> None:
        """Say the whole answer, and end."""
        self.say("done", to_json(self.engine.ask(question)))
        self.end()

    def refuse(self, status: int, name: str, detail: str, **more: str) -> None:
        """Refuse the next question."""
        headers = {"Retry-After": more.pop("retry_after")} if "retry_after" in more else None
        values = {
            "type": f"urn:beleg:problem:{name}", "title": name, "status": status, "detail": detail,
            "request_id": "r-42", **more,
        }  # fmt: skip
        self.refusals.append(JSONResponse(values, status, headers, media_type="application/problem+json"))

    def _ask(self, request: Request) -> Any:
        self.keys.append(request.headers.get("authorization", ""))
        if self.refusals:
            return self.refusals.pop(0)
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    def _stream(self) -> Iterator[str]:
        while (event := self.said.get(timeout=30)) is not END:
            yield event
