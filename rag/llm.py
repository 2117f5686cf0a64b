"""Asking a language model, as a seam of one method: a request goes in, a reply comes out.

Which model answers, and over which wire, is the affair of whoever implements ``ChatModel``. The
strict replay of the evals is one implementation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

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
            BelegError: there is no answer; the error says what the reader can do about it.
        """
        ...
