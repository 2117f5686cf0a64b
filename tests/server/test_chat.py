"""The official openai client, pointed at us."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import openai
import pytest

from rag import AnswerDone, LocalEngine, RemoteEngine
from rag.conversation import Conversation
from rag.receipts import from_json
from rag.server.rule import ServerRule
from tests.scripted import Says, ScriptedServer
from tests.server.conftest import QUESTIONS, Served, serving
from tests.ships import HARBOUR, QUESTION, statements

MESSAGES: Any = [
    {"role": "system", "content": "You are a pirate."},
    {"role": "user", "content": "How many ships arrived?"},
    {"role": "assistant", "content": "Eight."},
    {"role": "user", "content": [{"type": "text", "text": "Wer schläft unter den Eichen?"}]},
]


@pytest.fixture
def client(site: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{site.url}/v1", api_key="none", max_retries=0) as made:
        yield made


def test_the_last_question_is_answered(client: openai.OpenAI, site: Served) -> None:
    reply = client.chat.completions.create(model="beleg", messages=MESSAGES, temperature=0.3)

    message = reply.choices[0].message
    receipt = reply.model_extra["beleg"] if reply.model_extra else {}
    answer = from_json(json.dumps(receipt).encode())
    assert answer.question == "Wer schläft unter den Eichen?"
    assert reply.choices[0].finish_reason == "stop"
    assert all(s.text in (message.content or "") for s in answer.statements)
    assert all(c.quote.split()[0] in (message.content or "") for c in answer.citations)
    assert site.ask("Wer schläft unter den Eichen?").json()["statements"] == receipt["statements"]


def test_annotations_point_at_markers_and_lead_to_the_quote(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="beleg", messages=MESSAGES)
    message = reply.choices[0].message
    citations = reply.model_extra["beleg"]["citations"] if reply.model_extra else []

    assert message.annotations
    for annotation in message.annotations:
        cited = annotation.url_citation
        marker = (message.content or "")[cited.start_index : cited.end_index]
        citation = citations[int(marker.strip("[]")) - 1]
        assert httpx.get(cited.url, trust_env=False).json()["text"] == citation["quote"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stream_adds_up_to_the_whole(client: openai.OpenAI, question: str) -> None:
    asked: Any = [{"role": "user", "content": question}]
    whole = client.chat.completions.create(model="beleg", messages=asked).choices[0].message

    chunks = list(
        client.chat.completions.create(
            model="beleg", messages=asked, stream=True, stream_options={"include_usage": True}
        )
    )

    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == whole.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage is not None


def test_a_refusal_is_said_in_words(serve: Callable[..., Served]) -> None:
    served = serve()
    for name in ("harbour.txt", "tief/wald.md"):
        served.http.delete(f"/v1/documents/{name}")
    served.engine.settings = served.engine.settings.model_copy(update={"threshold": 1.0})

    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none") as client:
        asked: Any = [{"role": "user", "content": "Wer malte die Mona Lisa?"}]
        reply = client.chat.completions.create(model="beleg", messages=asked)

    assert (reply.choices[0].message.content or "").startswith("Das steht nicht in den Dokumenten.")
    assert reply.choices[0].message.annotations == []


def test_models_are_listed_and_looked_at(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["beleg"]
    assert client.models.retrieve("beleg").owned_by == "beleg"


def test_errors_are_what_the_client_knows(client: openai.OpenAI, serve: Callable[..., Served], tmp_path: Any) -> None:
    with pytest.raises(openai.NotFoundError, match="no model"):
        client.chat.completions.create(model="gpt-5", messages=MESSAGES)
    with pytest.raises(openai.BadRequestError, match="empty"):
        client.chat.completions.create(model="beleg", messages=[{"role": "user", "content": "?"}])
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="beleg", messages=[])
    (tmp_path / "keys").write_text(f"somebody sha256:{'0' * 64}\n")
    served = serve(api_keys=tmp_path / "keys")
    stranger = openai.OpenAI(base_url=f"{served.url}/v1", api_key="wrong")
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.models.list()


def test_a_follow_up_is_made_to_stand_alone_where_a_model_is_configured(
    asking: Callable[..., LocalEngine], server: ScriptedServer
) -> None:
    engine = asking()
    standing = "Wann kamen die acht Schiffe in Hamburg an?"
    server.play(Says(json.dumps({"question": standing})), statements(("Acht Schiffe kamen.", [HARBOUR])))
    asked: Any = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "Acht Schiffe kamen."},
        {"role": "user", "content": "Und wann?"},
    ]

    with serving(engine, ServerRule()) as served, openai.OpenAI(base_url=f"{served.url}/v1", api_key="none") as client:
        reply = client.chat.completions.create(model="beleg", messages=asked)

    assert (reply.model_extra or {})["beleg"]["question"] == standing
    assert len(server.requests) == 2
    assert reply.usage is not None
    assert reply.usage.total_tokens > 0


def test_a_conversation_over_a_server_has_its_follow_ups_rewritten_there(
    asking: Callable[..., LocalEngine], server: ScriptedServer
) -> None:
    engine = asking()
    standing = "Wann kamen die acht Schiffe in Hamburg an?"
    ships = statements(("Acht Schiffe kamen.", [HARBOUR]))
    server.play(ships, Says(json.dumps({"question": standing})), ships)

    with serving(engine, ServerRule()) as served:
        conversation = Conversation(RemoteEngine(served.url), top=1)
        first = [*conversation.ask(conversation.standalone(QUESTION))][-1]
        again = conversation.standalone("Und wann?")
        last = [*conversation.ask(again)][-1]

    assert again == standing
    assert isinstance(first, AnswerDone)
    assert isinstance(last, AnswerDone)
    assert [len(first.answer.statements), last.answer.question] == [1, standing]
    assert (len(server.requests), "Acht Schiffe kamen." in server.sent(1)) == (3, True)


def test_a_follow_up_that_is_no_question_is_refused_over_http_too(site: Served) -> None:
    whole = site.http.post("/v1/standalone", json={"question": " Und  wann? ", "turns": [{"question": "Wer?"}]})
    empty = site.http.post("/v1/standalone", json={"question": "?!"})

    assert whole.json() == {"question": "Und wann?"}
    assert (empty.status_code, empty.json()["type"]) == (400, "urn:beleg:problem:fix-input")


def test_that_documents_disagree_is_said_behind_the_sources(serve: Callable[..., Served]) -> None:
    told = "Das Kraftwerk am Hafen von Ohlau beschäftigt {} Menschen."
    served = serve()
    for year, number in ((2020, 410), (2023, 380)):
        text = f"Stand: 01.01.{year}\n\n{told.format(number)}"
        served.http.put(f"/v1/documents/{year}.txt", content=text.encode())

    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as client:
        asked: Any = [{"role": "user", "content": "Wie viele Menschen beschäftigt das Kraftwerk am Hafen von Ohlau?"}]
        content = client.chat.completions.create(model="beleg", messages=asked).choices[0].message.content or ""

    last = content.rpartition("\n\n")[2]
    assert last.startswith("Die Dokumente widersprechen sich: 380 [")
    assert "(2023-01-01); 410 [" in last
