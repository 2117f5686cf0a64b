"""The reader with a model, over the scripted server: what it says, and on what it rests."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import pytest

from rag import AnswerDone, FixInput, RetryLater, StatementReady
from rag.receipts import from_json, to_json
from tests.scripted import Says, ScriptedServer, numbers_of, reply_of
from tests.ships import DEER, EIGHT, GROWS, HARBOUR, QUESTION, statements


def test_statements_are_the_models_and_their_quotes_the_documents(asking: Any, server: ScriptedServer) -> None:
    server.play(statements(("Es kamen 8 Schiffe an.", [HARBOUR, EIGHT])))
    engine = asking(llm_price_in=1.0, llm_price_out=10.0)

    answer = engine.ask(QUESTION)

    assert [s.text for s in answer.statements] == ["Es kamen 8 Schiffe an."]
    assert [c.quote for c in answer.citations] == [HARBOUR, EIGHT]
    for citation in answer.citations:
        text = engine.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
        assert citation.document in answer.origins[citation.origin]
    assert (answer.reader, answer.model, answer.fallback) == ("generative/1", "small", None)
    assert answer.prompt == engine.writer.prompts.hash
    assert answer.usage is not None
    assert (answer.usage.calls, answer.usage.tokens_in, answer.usage.tokens_out) == (1, 100, 20)
    assert answer.usage.cost == pytest.approx(0.0003)
    assert list(answer.timings) == ["embed", "retrieve", "judge", "read", "write"]
    assert from_json(json.dumps(to_json(answer, candidates=True))) == answer
    assert engine.verify(answer).holds


def test_what_is_sent_is_numbered_fenced_and_asked_for_as_json(asking: Any, server: ScriptedServer) -> None:
    server.play(statements(("Acht Schiffe kamen.", [HARBOUR])))
    asking().ask(QUESTION)

    (body,) = server.requests
    system, user = (message["content"] for message in body["messages"])
    assert "in German" in system
    assert "Document: hafen.txt (2021-10-22, German)\n" in user
    assert "Document: harbour.txt (2022-11-30, English)\n" in user
    assert set(numbers_of(user)) >= {HARBOUR, EIGHT, DEER}
    fences = [line for line in user.split("\n") if line.startswith("==== ")]
    assert len(fences) == 4
    assert len(set(fences)) == 1
    assert body["response_format"]["json_schema"]["strict"] is True


def test_each_statement_is_handed_over_while_the_model_still_writes(asking: Any, server: ScriptedServer) -> None:
    server.play(statements(("Acht Schiffe kamen.", [HARBOUR]), ("Der Hafen wächst.", [GROWS]), die_after=14, size=9))
    events = asking().stream(QUESTION)

    ready = next(event for event in events if isinstance(event, StatementReady))
    assert ready.statement.text == "Acht Schiffe kamen."
    with pytest.raises(RetryLater, match="went away in the middle"):
        list(events)


def test_a_failed_statement_is_written_again_once_with_what_is_missing(asking: Any, server: ScriptedServer) -> None:
    server.play(
        statements(("Neun Schiffe, also 9, kamen.", [HARBOUR]), ("Der Hafen wächst.", [GROWS])),
        statements(("Acht Schiffe kamen.", [HARBOUR])),
    )

    answer = asking().ask(QUESTION)

    assert [s.text for s in answer.statements] == ["Der Hafen wächst.", "Acht Schiffe kamen."]
    assert answer.dropped == ()
    first, second = server.requests
    assert second["messages"][:2] == first["messages"]
    assert "Neun Schiffe, also 9, kamen." in second["messages"][3]["content"]
    assert "Wrong: not in the cited spans: 9" in second["messages"][3]["content"]
    assert answer.usage is not None
    assert answer.usage.calls == 2


@pytest.mark.parametrize("again", [False, True])
def test_a_model_may_say_that_the_evidence_does_not_answer(asking: Any, server: ScriptedServer, again: bool) -> None:
    refusal = Says(reply_of(("Acht Schiffe kamen.", [1]), answered=False))
    server.play(*[Says("hm")] * again, refusal)

    answer = asking().ask(QUESTION)

    assert (answer.status, answer.statements, answer.citations, answer.origins) == ("not_in_documents", (), (), ())
    assert (answer.reader, answer.fallback) == ("generative/1", None)
    assert answer.nearest


def test_numbers_of_evidence_inside_a_statement_are_taken_out(asking: Any, server: ScriptedServer) -> None:
    server.play(statements(("Acht Schiffe\n kamen [1, 2]\x1b.", [HARBOUR])))

    assert asking().ask(QUESTION).statements[0].text == "Acht Schiffe kamen."


def test_no_more_is_said_than_was_asked_for_and_nothing_twice(asking: Any, server: ScriptedServer) -> None:
    many = [("Acht Schiffe kamen.", [HARBOUR])] * 2 + [("Der Hafen wächst.", [GROWS]), ("Das Reh schläft.", [DEER])]
    server.play(statements(*many))

    answer = asking(top=2).ask(QUESTION)

    assert [s.text for s in answer.statements] == ["Acht Schiffe kamen.", "Der Hafen wächst."]


def test_a_prompt_can_be_looked_at_and_is_not_sent(asking: Any, server: ScriptedServer) -> None:
    engine = asking()
    prompted = engine.prompt(QUESTION)
    assert server.requests == []

    server.play(statements(("Acht Schiffe kamen.", [HARBOUR])))
    engine.ask(QUESTION)

    sent = [(message["role"], message["content"]) for message in server.requests[0]["messages"]]
    assert [(message.role, message.content) for message in prompted.messages] == sent
    assert prompted.judgement.answers


def test_a_key_alone_sends_nothing(asking: Any, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("OPENAI_BASE_URL", server.address)

    engine = asking(llm=None, llm_base_url=None)
    answer = engine.ask(QUESTION)

    assert (answer.reader, server.requests, engine.writer) == ("extractive/1", [], None)
    with pytest.raises(FixInput, match="No model is configured"):
        engine.prompt(QUESTION)


def test_the_answer_of_a_stream_is_what_it_said(asking: Any, server: ScriptedServer) -> None:
    server.play(statements(("Acht Schiffe kamen.", [HARBOUR]), ("Es kamen 9.", [HARBOUR])))

    *events, last = asking().stream(QUESTION)

    assert isinstance(last, AnswerDone)
    ready = [event for event in events if isinstance(event, StatementReady)]
    assert tuple(event.statement for event in ready) == last.answer.statements
    assert [event.citations for event in ready] == [last.answer.citations]


def test_a_judge_may_drop_and_its_verdict_is_recorded(asking: Any, server: ScriptedServer) -> None:
    yes, no = (Says(json.dumps({"entailed": said, "reason": "because"})) for said in (True, False))
    engine = asking(judge=True)
    server.play(statements(("Es kamen 8 Schiffe an.", [HARBOUR])), yes)
    kept = engine.ask(QUESTION)
    server.play(statements(("Es kamen 8 Schiffe an.", [HARBOUR])), no, statements((GROWS, [GROWS])))
    dropped = engine.ask(QUESTION)

    assert kept.statements[0].checks is not None
    assert kept.statements[0].checks.judged == "entailed: because"
    # The repair turn names the objection; what is verbatim needs no judge.
    assert [s.text for s in dropped.statements] == [GROWS]
    assert "the judge objects: because" in server.sent()
    assert len(server.requests) == 5
    # One call wrote and one judged; then one wrote, one judged, and one wrote again.
    assert [answer.usage.calls for answer in (kept, dropped) if answer.usage] == [2, 3]
    assert [answer.usage.tokens_in for answer in (kept, dropped) if answer.usage] == [200, 300]


@pytest.mark.soak
def test_memory_is_flat_over_500_questions(asking: Any, server: ScriptedServer) -> None:
    def megabytes() -> float:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 1e6

    server.play(statements(("Acht Schiffe kamen.", [HARBOUR]), ("Es kamen 9.", [HARBOUR])))
    engine = asking()
    settled = 0.0
    for number in range(500):
        assert engine.ask(QUESTION).statements
        server.requests.clear()
        settled = megabytes() if number == 100 else settled

    assert megabytes() - settled < 8
