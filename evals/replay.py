"""Recorded answers of a model: strictly the same request, or no answer at all. And what they cost."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rag import BelegError, ChangeModel, ShortenRequest
from rag.llm import ChatModel, ChatReply, ChatRequest

from .errors import NotMeasurable
from .replies import Usage

Prices = Mapping[str, tuple[float, float]]
"""Model to the price of a million tokens sent, and of a million received."""

_SHOWN = 40
# What a model may answer instead of a reply; any other error is no answer and is not kept.
_KEPT: dict[str, type[BelegError]] = {"ChangeModel": ChangeModel, "ShortenRequest": ShortenRequest}


class ReplayMiss(NotMeasurable):
    """No recording answers this very request; the message holds the difference to the nearest one."""


def request_values(request: ChatRequest) -> dict[str, Any]:
    """Return everything that decides a reply, as JSON values."""
    return {
        "model": request.model,
        "messages": [dataclasses.asdict(message) for message in request.messages],
        "schema": request.schema,
        "sampling": {"temperature": request.temperature, "max_tokens": request.max_tokens, "seed": request.seed},
    }


def request_key(request: ChatRequest) -> str:
    """Return the sha256 over model, messages, schema and sampling: the name of the recording."""
    text = json.dumps(request_values(request), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Replay:
    """A ChatModel that answers from a folder of recordings, and never otherwise."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[str] = set()

    def unused(self) -> list[str]:
        """Return the names of the recordings that nobody has asked for."""
        return sorted({path.name for path in self._folder.glob("*.json")} - self._used)

    def chat(self, request: ChatRequest) -> ChatReply:
        """Return the recorded reply, or raise the recorded error.

        Raises:
            ReplayMiss: this request was not recorded; nothing is asked anew.
        """
        path = self._folder / f"{request_key(request)}.json"
        if not path.exists():
            raise ReplayMiss(
                f"No recording of this request ({path.name}).\n{self._difference(request)}",
                hint="Record it anew with the lane live, and commit the recordings with the change.",
            )
        self._used.add(path.name)
        recorded = json.loads(path.read_text(encoding="utf-8"))
        if "error" in recorded:
            raise _KEPT[recorded["error"]["kind"]](recorded["error"]["message"])
        return ChatReply(**recorded["reply"])

    def _difference(self, request: ChatRequest) -> str:
        asked = _lines(request_values(request))
        recorded = [
            (path.name, _lines(json.loads(path.read_text(encoding="utf-8"))["request"]))
            for path in sorted(self._folder.glob("*.json"))
        ]
        if not recorded:
            return f"There are no recordings in {self._folder}."
        name, nearest = max(
            recorded, key=lambda one: difflib.SequenceMatcher(None, asked, one[1], autojunk=False).ratio()
        )
        lines = list(difflib.unified_diff(nearest, asked, f"recorded {name}", "asked", lineterm="", n=1))
        return "\n".join(lines[:_SHOWN] + (["..."] if len(lines) > _SHOWN else []))


class Recorder:
    """A ChatModel that asks another one and keeps the whole exchange."""

    def __init__(self, model: ChatModel, folder: Path) -> None:
        self._model = model
        self._folder = folder

    def chat(self, request: ChatRequest) -> ChatReply:
        """Ask, record, and return the reply; a reply that is no use is recorded as the error that it is."""
        try:
            reply = self._model.chat(request)
        except tuple(_KEPT.values()) as error:
            self._keep(request, {"error": {"kind": type(error).__name__, "message": str(error)}})
            raise
        self._keep(request, {"reply": dataclasses.asdict(reply)})
        return reply

    def _keep(self, request: ChatRequest, outcome: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        values = {"request": request_values(request), **outcome}
        text = json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        (self._folder / f"{request_key(request)}.json").write_text(text, encoding="utf-8")


class Meter:
    """A ChatModel that counts what passes through it; ``take`` gives the count and starts anew."""

    def __init__(self, model: ChatModel, prices: Prices) -> None:
        self._model = model
        self._prices = prices
        self._replies: list[ChatReply] = []

    def chat(self, request: ChatRequest) -> ChatReply:
        """Pass the request on, and count its reply."""
        reply = self._model.chat(request)
        self._replies.append(reply)
        return reply

    def take(self) -> Usage:
        """Return calls, tokens and cost since the last time; the cost is None where a price is unknown."""
        replies, self._replies = self._replies, []
        known = all(reply.model in self._prices for reply in replies)
        return Usage(
            len(replies),
            sum(reply.tokens_in for reply in replies),
            sum(reply.tokens_out for reply in replies),
            sum(self._costs(replies)) if known else None,
        )

    def _costs(self, replies: list[ChatReply]) -> Iterator[float]:
        for reply in replies:
            sent, received = self._prices[reply.model]
            yield (reply.tokens_in * sent + reply.tokens_out * received) / 1_000_000


def _lines(values: dict[str, Any]) -> list[str]:
    # Messages are unfolded line by line, so that a changed word does not hide in one long string.
    return json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False).replace("\\n", "\n").split("\n")
