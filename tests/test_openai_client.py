"""Asking a compatible server over real HTTP: what it says, and everything that can go wrong with that."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.address import Access
from rag.errors import BelegError, ChangeModel, FixModel, FixSettings, RetryLater, ShortenRequest
from rag.llm import ChatReply, ChatRequest, Message, streamed
from rag.openai_chat import OpenAIChat
from rag.openai_client import make_client
from tests.scripted import Fails, Says, ScriptedServer, saying, scripted_server

ASKED = ChatRequest("small", (Message("user", "Hallo?"),), max_tokens=50, seed=3)


def chat(server: ScriptedServer, *, silence: float = 60, retries: int = 0, key: str | None = "k") -> OpenAIChat:
    return OpenAIChat(Access(server.address, key, silence=silence, retries=retries))


def test_a_reply_comes_piece_by_piece_and_then_whole(server: ScriptedServer) -> None:
    server.play(Says("Grüße aus Köln 🦌.", size=3))

    *pieces, reply = streamed(chat(server), ASKED)

    assert len(pieces) > 3
    assert isinstance(reply, ChatReply)
    assert "".join(map(str, pieces)) == reply.text == "Grüße aus Köln 🦌."
    assert (reply.model, reply.finish, reply.tokens_in, reply.tokens_out) == ("small", "stop", 100, 20)
    assert server.keys == ["Bearer k"]
    (sent,) = server.requests
    assert sent["messages"] == [{"role": "user", "content": "Hallo?"}]
    assert (sent["max_tokens"], sent["seed"], sent["temperature"], sent["stream"]) == (50, 3, 0.0, True)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip), cut=st.integers(1, 9))
def test_bytes_may_be_cut_anywhere(shared_model: ScriptedServer, text: str, cut: int) -> None:
    shared_model.play(Says(text, size=2, cut=cut))

    assert chat(shared_model).chat(ASKED).text == text


@pytest.mark.parametrize(
    ("fault", "kind", "said", "hint"),
    [
        (Fails(401, "bad key"), FixModel, "does not accept the key", "OPENAI_API_KEY"),
        (Fails(403), FixModel, "does not accept the key", "OPENAI_API_KEY"),
        (Fails(404, "model not found", "model_not_found"), FixModel, "no model 'small'", "large, small"),
        (Fails(400, "too clever"), FixModel, "does not take the request (400): too clever", "chat model"),
        (Fails(400, "maximum context length is 10", "context_length_exceeded"), ShortenRequest, "longer", "llm_context"),
        (Fails(413, "the prompt is too long"), ShortenRequest, "longer", "llm_context"),
        (Fails(429, "slow down"), RetryLater, "no more requests", "Wait"),
        (Fails(429, "pay", "insufficient_quota"), FixModel, "no credit", "Top it up"),
        (Fails(500, "ouch"), RetryLater, "failed (500): ouch", "again"),
        (Fails(502, raw="<html>Bad gateway</html>"), RetryLater, "failed (502)", "again"),
        (Fails(503, "loading"), RetryLater, "failed (503): loading", "again"),
        (Says("", finish="stop"), ChangeModel, "said nothing.", "another model"),
        (Says("  \n", finish="length"), ChangeModel, "limit of its reply", "llm_reply"),
        (Says("", refusal="I will not."), ChangeModel, "refused to answer: I will not.", "another model"),
        (Says("half", finish="content_filter"), ChangeModel, "refused", "another model"),
        (Says("half a reply", die_after=2), RetryLater, "went away in the middle", "ask again"),
        (Says("half a reply", die_after=2, chunked=False), RetryLater, "went away in the middle", "ask again"),
        (Says("no end", finish=None), RetryLater, "went away in the middle", "ask again"),
        (Says("", instead=['{"error": {"message": "out of memory"}}']), RetryLater, "out of memory", "ask again"),
        (Says("", instead=["{not json"]), ChangeModel, "sent what is no reply", "OpenAI-compatible"),
    ],
)  # fmt: skip
def test_each_fault_becomes_an_error_that_says_what_to_do(
    server: ScriptedServer, fault: Says | Fails, kind: type[BelegError], said: str, hint: str
) -> None:
    server.play(fault)

    with pytest.raises(BelegError) as caught:
        chat(server).chat(ASKED)

    assert type(caught.value) is kind
    assert said in str(caught.value)
    assert hint in caught.value.hint
    assert "\n" not in str(caught.value)


def test_what_fails_in_passing_is_asked_again_and_nothing_else_is(server: ScriptedServer) -> None:
    quick = {"retry-after-ms": "10"}
    server.play(Fails(429, headers=quick), Fails(503, headers=quick), Says("da"))
    assert chat(server, retries=3).chat(ASKED).text == "da"
    assert len(server.requests) == 3

    for lasting in (Fails(401), Fails(404), Fails(400), Says("", refusal="no")):
        server.requests.clear()
        server.play(lasting)
        with pytest.raises((FixModel, ChangeModel)):
            chat(server, retries=3).chat(ASKED)
        assert len(server.requests) == 1


def test_a_server_may_say_how_long_to_wait(server: ScriptedServer) -> None:
    server.play(Fails(429, headers={"Retry-After": "17"}))

    with pytest.raises(RetryLater) as caught:
        chat(server).chat(ASKED)

    assert caught.value.after == 17


def test_silence_is_an_error_before_and_in_the_middle(server: ScriptedServer) -> None:
    for slow in (Says("spät", silence=1.0), Says("lang sam", size=2, pause=1.0)):
        server.play(slow)
        with pytest.raises(RetryLater, match="said nothing for"):
            chat(server, silence=0.3).chat(ASKED)


def test_a_server_that_dribbles_for_ever_is_given_up(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.openai_chat._WHOLE", 0.01)
    server.play(Says("x" * 2000, size=1, pause=0.05))

    with pytest.raises(RetryLater, match="still writing"):
        chat(server).chat(ASKED)


def test_the_readers_own_time_is_not_the_models(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.play(Says("ab", size=1))
    model = chat(server, silence=30)
    model.chat(ASKED)
    monkeypatch.setattr("rag.openai_chat._WHOLE", 0.1)

    parts = []
    for part in model.stream(ASKED):
        parts.append(part)
        time.sleep(1.6)

    assert parts[:2] == ["a", "b"]


def test_a_server_that_is_not_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"

    with pytest.raises(FixModel, match="cannot be reached") as caught:
        OpenAIChat(Access(address, "k", retries=0)).chat(ASKED)
    assert "llm_base_url" in caught.value.hint


SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


@pytest.mark.parametrize(
    ("refusal", "gone", "there"),
    [
        (Fails(400, "response_format json_schema is not supported"), "response_format", None),
        (Fails(422, "extra field: stream_options"), "stream_options", None),
        (Fails(400, "Unsupported parameter: use max_completion_tokens", param="max_tokens"), "max_tokens", "max_completion_tokens"),
        (Fails(400, "Unsupported value", param="temperature"), "temperature", None),
        (Fails(400, "seed is unknown"), "seed", None),
    ],
)  # fmt: skip
def test_what_a_server_does_not_know_is_left_out(
    server: ScriptedServer, refusal: Fails, gone: str, there: str | None
) -> None:
    server.play(refusal, Says("da"))
    model = chat(server)
    request = ChatRequest("small", ASKED.messages, SCHEMA, max_tokens=50, seed=3)

    assert model.chat(request).text == "da"
    assert model.chat(request).text == "da"

    first, second, third = server.requests
    assert gone in first
    assert gone not in second
    assert third == second
    assert there is None or second[there] == first[gone]


def test_a_server_that_refuses_everything_is_not_asked_for_ever(server: ScriptedServer) -> None:
    server.play(Fails(400, "response_format stream_options max_tokens temperature seed"))

    with pytest.raises(FixModel):
        chat(server).chat(ChatRequest("small", ASKED.messages, SCHEMA, max_tokens=5, seed=1))
    assert len(server.requests) == 6


def test_without_a_key_openai_itself_is_not_asked() -> None:
    for part in ("llm", "embedding"):
        with pytest.raises(FixModel, match="no key") as caught:
            make_client(Access(part=part))
        assert f"{part}_base_url" in caught.value.hint


def told(*deltas: object, usage: object = None, **more: object) -> Says:
    """A stream whose pieces are of any form."""
    events = [{"model": "small", "choices": [{"index": 0, "delta": delta, **more}], "usage": usage} for delta in deltas]
    return Says("", instead=[json.dumps(event) for event in events] + ["[DONE]"])


@pytest.mark.parametrize(
    "reply",
    [
        told({"content": [{"type": "text", "text": "da"}, {"type": "image"}, 1]}, finish_reason="stop"),
        told({"content": "da"}, None, finish_reason="stop", usage="three"),
        told({"content": "da"}, finish_reason="stop", usage={"prompt_tokens": "9", "completion_tokens": 10**400}),
        # A server that takes no notice of ``stream``.
        Fails(200, raw='{"choices": [{"message": {"content": "da"}, "finish_reason": "stop"}]}'),
        Fails(200, raw='{"choices": [{"message": {"content": "da"}}], "usage": null}'),
        # One that streams, and calls it JSON.
        Fails(
            200,
            raw='data: {"choices": [{"delta": {"content": "da"}, "finish_reason": "stop"}]}\r\n\r\ndata: [DONE]\n\n',
        ),
    ],
)
def test_unusual_forms_that_hold_a_text_are_taken(server: ScriptedServer, reply: Says | Fails) -> None:
    server.play(reply)

    assert chat(server).chat(ASKED).text == "da"


def test_what_speaks_no_http_is_said() -> None:
    with saying(b"SSH-2.0-OpenSSH_9.6\r\n\r\n") as address, pytest.raises(RetryLater, match="SSH") as caught:
        OpenAIChat(Access(address, "k", retries=0)).chat(ASKED)
    assert "verified" not in caught.value.hint


def test_tokens_are_counted_where_they_can_be(server: ScriptedServer) -> None:
    server.play(
        told({"content": "da"}, finish_reason="stop", usage={"prompt_tokens": "9", "completion_tokens": 10**400})
    )

    reply = chat(server).chat(ASKED)

    assert (reply.tokens_in, reply.tokens_out) == (9, 0)


HTML = {"Content-Type": "text/html"}


@pytest.mark.parametrize(
    ("reply", "kind", "said", "hint"),
    [
        (told({"content": 5}, finish_reason="stop"), ChangeModel, "no reply: a number in place of a text", "OpenAI-compatible"),
        (told("da", finish_reason="stop"), ChangeModel, "a text in place of what the model said", "OpenAI-compatible"),
        (told(None, finish_reason="stop"), ChangeModel, "said nothing", "another model"),
        (Says("", instead=["5", "[DONE]"]), ChangeModel, "a number in place of an event", "OpenAI-compatible"),
        (Says("", instead=['{"choices": [1]}']), ChangeModel, "a number in place of a choice", "OpenAI-compatible"),
        (Says("", instead=["[" * 100_000]), ChangeModel, "sent what is no reply", "OpenAI-compatible"),
        (Says("", instead=["[DONE]"]), FixModel, "not with a reply: nothing", "llm_base_url"),
        (Fails(200, raw="<html>Welcome!</html>", headers=HTML), FixModel, "<html>Welcome!", "llm_base_url"),
        (Fails(200, raw='{"status": "ok"}'), FixModel, "not with a reply", "llm_base_url"),
        (Fails(200, raw="[" * 100_000), FixModel, "not with a reply", "llm_base_url"),
        (Fails(200, raw='{"error": {"message": "out of memory"}}'), RetryLater, "out of memory", "ask again"),
        (Fails(302, headers={"Location": "http://u:p@else.example/v1?k=1"}), FixModel, "on to http://else.example/v1, ", "llm_base_url"),
        (Fails(307, headers={"Location": "http://[::1"}), FixModel, "no address", "llm_base_url"),
        (Fails(308), FixModel, "sends its callers on", "llm_base_url"),
    ],
)  # fmt: skip
def test_what_is_no_reply_is_said_to_be_none_and_not_asked_again(
    server: ScriptedServer, reply: Says | Fails, kind: type[BelegError], said: str, hint: str
) -> None:
    server.play(reply)

    with pytest.raises(BelegError) as caught:
        chat(server, retries=3).chat(ASKED)

    assert type(caught.value) is kind
    assert said in str(caught.value)
    assert hint in caught.value.hint
    assert "verified" not in caught.value.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_is_asked_goes_to_the_address_that_was_named_alone(server: ScriptedServer, status: int) -> None:
    with scripted_server() as other:
        other.play(Says("da"))
        server.play(Fails(status, headers={"Location": f"{other.address}/chat/completions"}))
        with pytest.raises(FixModel, match=str(status)):
            chat(server).chat(ASKED)

        assert other.requests == []
        assert other.keys == []


@pytest.mark.parametrize("listing", ["[1]", "null", '{"data": 1}', '{"data": [1, {"id": 2}]}', "<html>", "[" * 100_000])
def test_a_list_of_models_that_is_none_is_passed_over(server: ScriptedServer, listing: str) -> None:
    server.play(Fails(404))
    server.listing = listing
    try:
        with pytest.raises(FixModel, match="no model 'small'") as caught:
            chat(server).chat(ASKED)
    finally:
        server.listing = None
    assert "/v1" in caught.value.hint


SECRET = "sk-0123456789"


@pytest.mark.parametrize(
    "reply",
    [
        Fails(400, f"the key {SECRET} is not for this"),
        Fails(429, f"pay for {SECRET}", "insufficient_quota"),
        Fails(500, raw=f"Authorization: Bearer {SECRET}"),
        Fails(413, f"the prompt is too long, {SECRET}"),
        Fails(200, raw=f"<p>{SECRET}</p>", headers=HTML),
        Fails(307, headers={"Location": f"http://else.example/?key={SECRET}"}),
        Says("", instead=[json.dumps({"error": {"message": f"{'x' * 290} {SECRET}"}})]),
        Says("", refusal=f"I will not, {SECRET}."),
    ],
)
def test_a_key_that_a_server_repeats_is_struck_out(server: ScriptedServer, reply: Says | Fails) -> None:
    server.play(reply)

    with pytest.raises(BelegError) as caught:
        chat(server, key=SECRET).chat(ASKED)

    assert server.keys == [f"Bearer {SECRET}"]
    assert SECRET[:6] not in f"{caught.value} {caught.value.hint}"


def test_a_password_in_the_address_is_sent_and_not_shown(server: ScriptedServer) -> None:
    server.play(Fails(400, "no user anna:geheim99 (Basic YW5uYTpnZWhlaW05OQ==)"))
    address = server.address.replace("://", "://anna:geheim99@")

    with pytest.raises(FixModel, match="no user anna") as caught:
        OpenAIChat(Access(address, "k", retries=0)).chat(ASKED)

    assert server.keys == ["Basic YW5uYTpnZWhlaW05OQ=="]
    assert "geheim" not in str(caught.value)
    assert "YW5u" not in str(caught.value)
    assert "geheim" not in repr(Access(address))


@pytest.mark.parametrize("key", ["sk-0123456789\r", "sk 0123456789", "sk-0123456789\n", "schlüssel-0123456789"])
def test_a_key_that_no_header_takes_is_refused_and_not_shown(server: ScriptedServer, key: str) -> None:
    with pytest.raises(FixSettings, match="cannot be sent") as caught:
        chat(server, key=key).chat(ASKED)

    assert "OPENAI_API_KEY" in caught.value.hint
    assert "0123" not in f"{caught.value} {caught.value.hint}"
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "http://ex ample",
        "ex.ample/v1",
        "http://",
        "http://h:port",
        "http://a..b/v1",
        "http://[v1.x]/",
        f"http://{'a' * 64}/v1",
        "ftp://h",
        "http://h/v1?api_key=1",
    ],
)
def test_an_address_that_is_none_is_said(url: str) -> None:
    with pytest.raises(FixModel, match="address") as caught:
        OpenAIChat(Access(url, "k")).chat(ASKED)

    assert "llm_base_url" in caught.value.hint
    assert "api_key" not in str(caught.value)


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(Access(key="secret"))


def test_a_model_that_does_not_stream_is_taken_whole() -> None:
    class Whole:
        def chat(self, request: ChatRequest) -> ChatReply:
            return ChatReply("alles", request.model)

    assert list(streamed(Whole(), ASKED)) == ["alles", ChatReply("alles", "small")]


def test_leaving_a_stream_early_closes_it(server: ScriptedServer) -> None:
    server.play(Says("x" * 1000, size=1, pause=0.01))
    model = chat(server)
    stream = model.stream(ASKED)
    assert next(stream) == "x"
    assert isinstance(stream, Generator)

    stream.close()
    server.play(Says("da"))

    assert model.chat(ASKED).text == "da"
