"""A second opinion on a statement: a seam of one method, a model behind it, and a scripted double.

A judge may drop a statement that all other checks let pass; it can never let one pass that they drop.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rag.checks.wording import Said
from rag.errors import ChangeModel, ShortenRequest
from rag.llm import ChatModel, ChatRequest, Message
from rag.prompting import Prompts, load_prompts

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"entailed": {"type": "boolean"}, "reason": {"type": "string"}},
    "required": ["entailed", "reason"],
    "additionalProperties": False,
}
_REPLY = 200


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge says. ``entailed`` is None where its reply was of no use; the statement then stays."""

    entailed: bool | None
    reason: str


class Judge(Protocol):
    """Says whether quotes entail a statement."""

    def judge(self, statement: Said, quotes: Sequence[Said]) -> Opinion:
        """Return an opinion.

        Raises:
            BelegError: the judge could not be asked.
        """
        ...


class ModelJudge:
    """A judge behind a chat model; it is shown the statement and its quotes, fenced, and nothing else.

    ``calls``, ``tokens_in`` and ``tokens_out`` are what it has taken so far.
    """

    def __init__(self, model: ChatModel, name: str, prompts: Prompts | None = None) -> None:
        self._model = model
        self._name = name
        self._prompt = (prompts or load_prompts())["judge"]
        self.calls = self.tokens_in = self.tokens_out = 0

    def judge(self, statement: Said, quotes: Sequence[Said]) -> Opinion:
        """Ask the model once, at temperature 0; see ``Judge.judge``."""
        shown = {"statement": [statement.text], "quotes": [quote.text for quote in quotes]}
        # As JSON no text can end its own fence: quotation marks and line ends in it are escaped.
        messages = (*self._prompt.fill(), Message("user", json.dumps(shown, ensure_ascii=False)))
        request = ChatRequest(self._name, messages, schema=_SCHEMA, max_tokens=_REPLY)
        self.calls += 1
        try:
            reply = self._model.chat(request)
            self.tokens_in += reply.tokens_in or 0
            self.tokens_out += reply.tokens_out or 0
            return _opinion(reply.text)
        except (ChangeModel, ShortenRequest) as error:
            return Opinion(None, str(error))


class ScriptedJudge:
    """A double for tests and evals: its opinions are given by statement; of any other it approves."""

    def __init__(self, opinions: Mapping[str, Opinion]) -> None:
        self._opinions = dict(opinions)

    def judge(self, statement: Said, quotes: Sequence[Said]) -> Opinion:
        """Return what the script says of the statement."""
        del quotes
        return self._opinions.get(statement.text, Opinion(entailed=True, reason="not in the script"))


def _opinion(text: str) -> Opinion:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return Opinion(None, "the reply is no JSON")
    if not isinstance(values, dict) or not isinstance(values.get("entailed"), bool):
        return Opinion(None, "the reply does not say whether it is entailed")
    return Opinion(values["entailed"], str(values.get("reason", "")))
