"""Questions that follow on each other: a follow-up is made a question of its own before it is asked.

What was said before helps to understand the next question and for nothing else: every answer comes
from the documents anew, under the same checks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.engine import LocalEngine
from rag.errors import ChangeModel, FixInput, ShortenRequest
from rag.events import AnswerDone, AnswerEvent
from rag.llm import ChatRequest
from rag.reading.evidence import fence, plain
from rag.reading.questions import clean_question
from rag.records import Filters

_FOLLOWS = re.compile(
    r"(?:und|oder|aber|and|or|but|what about|how about|was ist mit|wie (?:ist|sieht|steht) es (?:mit|um|bei))\b",
    re.IGNORECASE,
)
TURNS = 3
"""So many turns before a question are read."""
_TOKENS = 300
_SEED = 7
_SCHEMA = {
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked, and the statements that answered it."""

    question: str
    statements: tuple[str, ...]


class Rewrites(Protocol):
    """An engine elsewhere, which has its own model make a question stand alone."""

    def standalone(self, question: str, turns: Sequence[Turn]) -> str:
        """See the function of this name."""
        ...

    def stream(self, question: str, filters: Filters = ..., *, top: int | None = ...) -> Iterator[AnswerEvent]:
        """See ``Engine.stream``."""
        ...


def standalone(engine: LocalEngine, question: str, turns: Sequence[Turn]) -> str:
    """Return a question that can be understood without the turns before it.

    At the beginning, and where no model is configured, it is the question itself; otherwise the
    model is asked once. What it says is taken only if it is a question that could be asked.

    Raises:
        FixInput: the question is empty or too long.
        FixModel, RetryLater: the model cannot be asked.
    """
    longest = engine.settings.max_question
    clean = clean_question(question, longest).text
    writer = engine.writer
    if not turns or writer is None:
        return clean
    before = "\n".join(_told(turn) for turn in turns[-TURNS:])
    sent = writer.prompts["follow_up"].fill(conversation=before, question=clean, fence=fence(before, clean))
    request = ChatRequest(writer.asked.name, sent, _SCHEMA, max_tokens=_TOKENS, seed=_SEED)
    try:
        said = _question(writer.asked.model.chat(request).text)
        return clean_question(said, longest).text if said else clean
    except (ChangeModel, ShortenRequest, FixInput):
        return clean


def follows_on(question: str) -> bool:
    """Say whether a question begins as one that cannot be understood without the one before it."""
    return _FOLLOWS.match(question) is not None


class Conversation:
    """A conversation over one engine's documents, here or elsewhere; ``turns`` are those so far."""

    def __init__(
        self, engine: LocalEngine | Rewrites, filters: Filters | None = None, *, top: int | None = None
    ) -> None:
        self._engine = engine
        self._top = top
        self._filters = filters or Filters()
        self.turns: list[Turn] = []

    def standalone(self, question: str) -> str:
        """Return a question that can be understood without the ones before it; see the function of this name."""
        if isinstance(self._engine, LocalEngine):
            return standalone(self._engine, question, self.turns)
        return self._engine.standalone(question, self.turns)

    def ask(self, standalone: str) -> Iterator[AnswerEvent]:
        """Answer a question that stands alone (see ``standalone``), as events, and remember it."""
        for event in self._engine.stream(standalone, self._filters, top=self._top):
            if isinstance(event, AnswerDone):
                answer = event.answer
                self.turns.append(Turn(answer.question, tuple(s.text for s in answer.statements)))
            yield event

    def forget(self) -> None:
        """Begin anew."""
        self.turns.clear()


def _told(turn: Turn) -> str:
    return f"Question: {plain(turn.question)}\nAnswer: {plain(' '.join(turn.statements)) or '(not in the documents)'}"


def _question(reply: str) -> str | None:
    """Return the question of a reply, or None where it holds none."""
    try:
        values = json.loads(reply[reply.index("{") : reply.rindex("}") + 1], strict=False)
    except ValueError:
        return None
    said = values.get("question") if isinstance(values, dict) else None
    return said if isinstance(said, str) and said.strip() else None
