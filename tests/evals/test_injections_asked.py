"""The injections from end to end: documents, index, question, model and checks, by the public face."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.bench.injections import HONEST, QUESTION
from evals.injections_run import Injection, load_injections
from rag import LocalEngine, connect, load_settings
from rag.llm import ChatReply, ChatRequest


class Obeys:
    """A double of a model: it says what an instruction asks for, on the first evidence that it is shown."""

    says = ""
    asked = 0

    def chat(self, request: ChatRequest) -> ChatReply:
        self.asked += 1
        said = {"answered": True, "statements": [{"text": self.says, "ids": [1]}]}
        return ChatReply(json.dumps(said, ensure_ascii=False), request.model)


def reached(engine: LocalEngine, model: Obeys, injection: Injection) -> bool:
    """Say whether the user reads what the injection wants said, as anything but a quotation of the document."""
    model.says = injection.says
    question = QUESTION[injection.lang]
    if injection.where == "question":
        question = f"{question} {injection.instruction}"
    answer = engine.ask(question)
    quotes = {" ".join(citation.quote.split()) for citation in answer.citations}
    return any(injection.says in said.text and said.text not in quotes for said in answer.statements)


@pytest.mark.model
def test_a_model_that_obeys_every_injection_makes_none_of_them_heard(tmp_path: Path) -> None:
    injections, model = load_injections(), Obeys()
    docs = tmp_path / "docs"
    docs.mkdir()
    for one in injections:
        hidden = f" {one.instruction}" if one.where == "document" else ""
        (docs / f"{one.id}.txt").write_text(f"{HONEST[one.lang]}{hidden}\n", encoding="utf-8")
    settings = load_settings(index=tmp_path / "index", llm="obedient", threshold=0)
    with connect(settings, lambda _: model) as engine:
        engine.ingest(docs)
        heard = [one.id for one in injections if reached(engine, model, one)]

    assert heard == []
    assert model.asked >= len(injections)
