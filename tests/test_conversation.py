"""Follow-ups: rewritten with at most one call, shown, and answered from the documents alone."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from rag import AnswerDone, FixInput, LocalEngine, RetryLater
from rag.conversation import Conversation, follows_on
from tests.scripted import Fails, Says, ScriptedServer
from tests.ships import HARBOUR, QUESTION, statements

Asking = Callable[..., LocalEngine]


def rewritten(question: str) -> Says:
    return Says(json.dumps({"question": question}, ensure_ascii=False))


def begun(engine: LocalEngine, server: ScriptedServer) -> Conversation:
    """Return a conversation with one turn behind it, and forget what was sent for it."""
    server.play(statements(("Acht Schiffe kamen.", [HARBOUR])))
    conversation = Conversation(engine)
    *_, last = conversation.ask(conversation.standalone(QUESTION))
    assert isinstance(last, AnswerDone)
    assert len(server.requests) == 1
    server.requests.clear()
    return conversation


def test_the_first_question_is_taken_as_it_is(asking: Asking, server: ScriptedServer) -> None:
    conversation = Conversation(asking())

    assert conversation.standalone("  Wie viele\tSchiffe? ") == "Wie viele Schiffe?"
    assert server.requests == []


@pytest.mark.parametrize(
    "question", ["Und wann?", "and in 2021?", "What about Hamburg?", "Was ist mit dem Hafen?", "Aber wer?"]
)
def test_a_question_that_leans_on_the_one_before_is_known_by_its_beginning(question: str) -> None:
    assert follows_on(question)


@pytest.mark.parametrize(
    "question", ["Was ist ein Hafen?", "Andorra, wo liegt das?", "Wie ist das Wetter?", "Undine: wer war sie?"]
)
def test_a_question_that_begins_otherwise_does_not(question: str) -> None:
    assert not follows_on(question)


def test_a_follow_up_becomes_a_question_of_its_own_by_one_call(asking: Asking, server: ScriptedServer) -> None:
    conversation = begun(asking(), server)
    server.play(rewritten("Wann kamen die acht Schiffe in Hamburg an?"))

    assert conversation.standalone("Und wann?") == "Wann kamen die acht Schiffe in Hamburg an?"

    assert len(server.requests) == 1
    assert QUESTION in server.sent()
    assert "Acht Schiffe kamen." in server.sent()
    assert "Und wann?" in server.sent()


@pytest.mark.parametrize(
    "reply",
    [Says("Keine Ahnung."), rewritten(""), rewritten("?!"), rewritten("x" * 3000), Says('{"question": 3}'), Says('{"question":'),
     Says("", refusal="no"), Fails(400, "maximum context length")],
)  # fmt: skip
def test_a_rewriting_that_is_no_question_is_not_taken(
    asking: Asking, server: ScriptedServer, reply: Says | Fails
) -> None:
    conversation = begun(asking(), server)
    server.play(reply)

    assert conversation.standalone("Und wann?") == "Und wann?"
    assert len(server.requests) == 1


def test_a_server_that_is_gone_is_said(asking: Asking, server: ScriptedServer) -> None:
    conversation = begun(asking(), server)
    server.play(Fails(503))

    with pytest.raises(RetryLater):
        conversation.standalone("Und wann?")
    assert len(conversation.turns) == 1


def test_a_conversation_can_begin_anew(asking: Asking, server: ScriptedServer) -> None:
    conversation = begun(asking(), server)

    conversation.forget()

    assert conversation.standalone("Und wann?") == "Und wann?"
    assert server.requests == []


def test_without_a_model_each_question_stands_alone(asking: Asking, server: ScriptedServer) -> None:
    conversation = Conversation(asking(llm=None))
    list(conversation.ask(QUESTION))

    assert conversation.standalone("Und wann?") == "Und wann?"
    assert server.requests == []


def test_an_unusable_question_is_refused_at_once(asking: Asking) -> None:
    with pytest.raises(FixInput, match="empty"):
        Conversation(asking()).standalone("?!")
