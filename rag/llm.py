"""Asking a language model, as a seam of one method: a request goes in, a reply comes out.

Which model answers, and over which wire, is the affair of whoever implements ``ChatModel``:
``openai_client`` is one, the strict replay of the evals another. A model that can hand its text over
while it is still writing is a ``StreamingModel`` too; ``streamed`` asks either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

Role: TypeAlias = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Everything that decides a reply: the same request may be answered from a recording.

    ``schema`` is a JSON Schema that the reply's text must follow; None asks for plain text.
    """

    model: str
    messages: tuple[Message, ...]
    schema: dict[str, Any] | None = None
    temperature: float = 0.0
    max_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What came back. ``finish`` is the endpoint's word for why it ended ("stop", "length").

    ``response`` is the whole response as JSON values, so that a recording loses nothing.
    """

    text: str
    model: str
    finish: str = "stop"
    tokens_in: int = 0
    tokens_out: int = 0
    response: dict[str, Any] = field(default_factory=dict)


class ChatModel(Protocol):
    """A model that can be asked."""

    def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request.

        Raises:
            FixModel: the model is not to be had under this name, key and address.
            RetryLater: its server is busy, too slow, or went away in the middle.
            ShortenRequest: the request is longer than the model takes.
            ChangeModel: the model refused, or said nothing.
        """
        ...


@runtime_checkable
class StreamingModel(ChatModel, Protocol):
    """A model whose text can be read while it is being written."""

    def stream(self, request: ChatRequest) -> Iterator[str | ChatReply]:
        """Yield the text piece by piece, then the whole reply; raises what ``chat`` raises, at any piece."""
        ...


def streamed(model: ChatModel, request: ChatRequest) -> Iterator[str | ChatReply]:
    """Yield a reply's text as it comes, then the reply; all at once where the model does not stream."""
    if isinstance(model, StreamingModel):
        yield from model.stream(request)
        return
    reply = model.chat(request)
    yield reply.text
    yield reply
