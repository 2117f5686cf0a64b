"""A model behind an OpenAI-compatible server, as a ``StreamingModel``: Chat Completions, streamed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from rag.address import Access
from rag.errors import ChangeModel, RetryLater
from rag.llm import ChatReply, ChatRequest
from rag.openai_client import Server
from rag.openai_errors import went_away
from rag.openai_replies import Piece

# A server that keeps dribbling is not silent, and still has to end some time.
_WHOLE = 10


class OpenAIChat:
    """See ``ChatModel`` and ``StreamingModel``."""

    def __init__(self, access: Access) -> None:
        self._server = Server(access)

    def chat(self, request: ChatRequest) -> ChatReply:
        """See ``ChatModel.chat``."""
        *_, reply = self.stream(request)
        assert isinstance(reply, ChatReply)
        return reply

    def stream(self, request: ChatRequest) -> Iterator[str | ChatReply]:
        """See ``StreamingModel.stream``."""
        text, refusal, last = "", "", Piece("", "", None, None, None, {})
        limit = _WHOLE * self._server.access.silence
        # What whoever reads does between two pieces is not the model's time.
        waited, since = 0.0, time.monotonic()
        for piece in self._server.reply(_body(request)):
            waited += time.monotonic() - since
            if waited > limit:
                raise RetryLater(
                    f"The model {request.model} was still writing after {limit:.0f} seconds.",
                    hint="Raise llm_silence, or use a faster model.",
                )
            refusal += piece.refusal
            finish, tokens, model = piece.finish or last.finish, piece.tokens or last.tokens, piece.model or last.model
            last = Piece("", "", finish, tokens, model, piece.about)
            if piece.text:
                text += piece.text
                yield piece.text
            since = time.monotonic()
        yield self._whole(request, text, refusal, last)

    def _whole(self, request: ChatRequest, text: str, refusal: str, last: Piece) -> ChatReply:
        if last.finish is None:
            raise went_away(self._server.access, said=bool(text))
        if refusal or last.finish == "content_filter":
            said = f": {self._server.access.quoted(refusal)}" if refusal else "."
            raise ChangeModel(
                f"The model {request.model} refused to answer{said}", hint="Ask otherwise, or use another model."
            )
        if not text.strip():
            cut = " before it said anything: the limit of its reply was reached" if last.finish == "length" else ""
            raise ChangeModel(
                f"The model {request.model} said nothing{cut}.", hint="Raise llm_reply, or use another model."
            )
        sent, received = last.tokens or (0, 0)
        model = last.model or request.model
        about = {**last.about, "model": model, "finish_reason": last.finish}
        return ChatReply(text, model, last.finish, sent, received, response=about)


def _body(request: ChatRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "temperature": request.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.max_tokens is not None:
        body["max_tokens"] = request.max_tokens
    if request.seed is not None:
        body["seed"] = request.seed
    if request.schema is not None:
        schema = {"name": "reply", "strict": True, "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body
