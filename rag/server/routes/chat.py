"""What OpenAI's clients speak: ``POST /v1/chat/completions`` and ``GET /v1/models``."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from rag.conversation import Turn, standalone
from rag.events import AnswerDone, AnswerEvent, StatementReady
from rag.receipts import to_json
from rag.records import Answer, Filters
from rag.server import problems
from rag.server.models import QUESTION
from rag.server.problems import Problem, id_of
from rag.server.routes.ask import with_pings
from rag.server.routes.common import errors, said
from rag.server.routes.spoken import Spoken
from rag.server.service import Service, Serving, unless_gone

router = APIRouter(tags=["OpenAI-compatible"])
MODEL = "beleg"
_MADE = 1_767_225_600
_DATA = {"type": "string", "description": "chat.completion.chunk objects, then [DONE]."}


class Part(BaseModel):
    """A part of a message."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str | None = None


class ChatMessage(BaseModel):
    """A turn of the conversation."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    def words(self) -> str:
        """Return the text of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text" and part.text)
        return self.content or ""


class StreamOptions(BaseModel):
    """How a stream is to be."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A conversation; the last question is answered. What steers a language model is passed over."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"model": MODEL, "messages": [{"role": "user", "content": QUESTION}]}]},
    )

    model: Annotated[str, Field(max_length=200)] = MODEL
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=1000)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None

    def turns(self) -> tuple[list[Turn], str]:
        """Return what was asked and answered before, and the user's last message: the question."""
        turns: list[Turn] = []
        question = ""
        for message in self.messages:
            if message.role == "user":
                question = message.words()
            elif message.role == "assistant" and question:
                turns.append(Turn(question, (message.words(),)))
        if not question:
            raise Problem("fix-input", "No message of the role user.", hint="The last one is taken as the question.")
        return turns, question


class Completion(BaseModel):
    """OpenAI's chat.completion, with the receipt under ``beleg``."""

    model_config = ConfigDict(extra="allow")

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, Any]
    beleg: dict[str, Any]


class Model(BaseModel):
    """The one model that there is."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """All of them."""

    object: Literal["list"]
    data: list[Model]


@router.post(
    "/v1/chat/completions",
    summary="Answer the last question of a conversation",
    response_model=None,
    responses={
        200: {"model": Completion, "content": {"text/event-stream": {"schema": _DATA}}},
        **errors(404, 409, 422),
    },
)
async def completions(asked: ChatRequest, request: Request, service: Serving) -> Response:
    """Answer as OpenAI's chat completions do, so that their clients can be pointed here.

    Where a language model is configured, a follow-up is first made a question that stands alone.
    Markers such as [1] stand in the text, with a list of sources behind it; the same places are in
    `annotations`, and the receipt in `beleg`.
    """
    _known(asked.model)
    spoken = Spoken(str(request.base_url))
    base = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
    turns, last = asked.turns()

    def question() -> str:
        return standalone(service.engine, last, turns)

    if asked.stream:
        events = service.events(question, Filters(), None)
        first = await unless_gone(request, anext(events))
        usage = asked.stream_options is not None and asked.stream_options.include_usage
        stream = _chunks(first, events, spoken, base, service, id_of(request), usage=usage)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
    answer = await unless_gone(request, service.answer(question, Filters(), None))
    message = {
        "role": "assistant", "content": spoken.whole(answer), "refusal": None, "annotations": spoken.annotations(answer),
    }  # fmt: skip
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return said(
        {**base, "object": "chat.completion", "choices": [choice], "usage": _usage(answer), "beleg": to_json(answer)}
    )


@router.get(
    "/v1/models", summary="List the models", response_model=None, responses={200: {"model": Models}, **errors()}
)
async def models() -> Response:
    """Name the one model there is: Beleg itself."""
    return said({"object": "list", "data": [_model()]})


@router.get(
    "/v1/models/{id}",
    summary="Look at a model",
    response_model=None,
    responses={200: {"model": Model}, **errors(404, 422)},
)
async def model(id: Annotated[str, Path(max_length=200, json_schema_extra={"example": MODEL})]) -> Response:  # noqa: A002
    """Describe the model, if there is one of that name."""
    _known(id)
    return said(_model())


async def _chunks(
    first: AnswerEvent,
    events: AsyncGenerator[AnswerEvent],
    spoken: Spoken,
    base: dict[str, Any],
    service: Service,
    request_id: str,
    *,
    usage: bool,
) -> AsyncIterator[bytes]:
    del first  # Nothing is said before a statement is verified.
    more: dict[str, Any] = {"usage": None} if usage else {}

    def chunk(delta: dict[str, Any], finish: str | None = None, **own: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _data({**base, "object": "chat.completion.chunk", "choices": [choice], **more, **own})

    spent = _usage(None)
    async with aclosing(events):
        yield chunk({"role": "assistant", "content": ""})
        try:
            async for event in with_pings(events, service.rule.ping):
                if event is None:
                    yield b": ping\n\n"
                elif isinstance(event, StatementReady):
                    yield chunk({"content": spoken.statement(event.statement)})
                elif isinstance(event, AnswerDone):
                    spent = _usage(event.answer)
                    yield chunk({"content": spoken.rest(event.answer)})
                    yield chunk({"annotations": spoken.annotations(event.answer)})
                    yield chunk({}, "stop", beleg=to_json(event.answer))
        except Exception as error:  # noqa: BLE001 - told in the stream, and in the log
            values = problems.of_any(error, request_id)
            yield _data({"error": {"message": values["detail"], "type": values["type"], "code": values["status"]}})
    if usage:
        yield _data({**base, "object": "chat.completion.chunk", "choices": [], "usage": spent})
    yield b"data: [DONE]\n\n"


def _data(values: dict[str, Any]) -> bytes:
    return b"data: " + bytes(said(values).body) + b"\n\n"


def _usage(answer: Answer | None) -> dict[str, int]:
    """Return the tokens that a model took; none where none was asked."""
    spent = answer.usage if answer is not None else None
    read, written = (spent.tokens_in, spent.tokens_out) if spent is not None else (0, 0)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _known(name: str) -> None:
    if name != MODEL:
        raise Problem("unknown-model", f"There is no model {name[:80]!r}.", hint=f"The one there is: {MODEL}")


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": _MADE, "owned_by": MODEL}
