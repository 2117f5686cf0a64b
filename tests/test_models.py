"""From settings to a model: named, priced, wrapped; and no key alone makes one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag import FixModel, FixSettings, load_settings
from rag.llm import ChatModel, ChatReply, ChatRequest, Message
from rag.models import make_model
from rag.settings import openai_environment
from tests.scripted import Says, ScriptedServer

ASKED = ChatRequest("small", (Message("user", "?"),))


def test_without_a_name_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")

    assert make_model(load_settings()) is None


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_name_makes_no_model_and_a_blank_environment_no_address(
    monkeypatch: pytest.MonkeyPatch, blank: str
) -> None:
    assert make_model(load_settings(llm=blank)) is None
    monkeypatch.setenv("OPENAI_API_KEY", blank)
    monkeypatch.setenv("OPENAI_BASE_URL", blank)

    assert openai_environment() == (None, None)


def test_address_and_key_come_from_the_environment_unless_they_are_set(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.play(Says("da"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", server.address)

    for given in ({}, {"llm_key": "sk-own"}):
        made = make_model(load_settings(llm="small", **given))
        assert made is not None
        assert made.model.chat(ASKED).text == "da"
    refused: Any = make_model(load_settings(llm="small", llm_base_url="http://127.0.0.1:9/v1", llm_retries=0))
    with pytest.raises(FixModel, match="cannot be reached"):
        refused.model.chat(ASKED)

    assert server.keys == ["Bearer sk-environment", "Bearer sk-own"]


def test_a_key_is_never_shown_or_kept() -> None:
    settings = load_settings(llm="small", llm_key="sk-secret")

    assert "sk-secret" not in repr(settings)
    assert "sk-secret" not in settings.model_dump_json()


def test_a_model_file_is_called_by_its_stem_and_stands_beside_rag_toml(tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_text('llm = "models/Tiny.Q4.gguf"\nprompts = "own"\n', encoding="utf-8")
    settings = load_settings()
    made = make_model(settings)

    assert settings.llm == str(tmp_path / "models" / "Tiny.Q4.gguf")
    assert settings.prompts == tmp_path / "own"
    assert made is not None
    assert made.name == "Tiny.Q4"
    made.close()


def test_a_model_may_be_wrapped() -> None:
    class Double:
        """Says where it stands."""

        def __init__(self, inner: ChatModel) -> None:
            self.inner = inner

        def chat(self, request: ChatRequest) -> ChatReply:
            return ChatReply("instead", request.model)

    made = make_model(load_settings(llm="small"), Double)

    assert made is not None
    assert made.model.chat(ASKED).text == "instead"


@pytest.mark.parametrize(
    ("prices", "tokens", "cost"),
    [
        ({"llm_price_in": 2, "llm_price_out": 8}, (1000, 500), 0.006),
        ({"llm_price_in": 2, "llm_price_out": 8}, (0, 0), None),
        ({"llm_price_in": 2}, (1000, 500), None),
        ({}, (1000, 500), None),
    ],
)
def test_a_cost_is_known_where_both_prices_and_the_tokens_are(
    prices: dict[str, float], tokens: tuple[int, int], cost: float | None
) -> None:
    made = make_model(load_settings(llm="small", **prices))

    assert made is not None
    assert made.cost(*tokens) == (None if cost is None else pytest.approx(cost))


def test_a_reply_never_takes_more_than_half_of_the_context() -> None:
    made = make_model(load_settings(llm="small", llm_context=1024, llm_reply=4000))

    assert made is not None
    assert made.reply == 512


@pytest.mark.parametrize("given", [{"llm_context": 10}, {"llm_silence": 0}, {"llm_price_in": -1}, {"llm_retries": 99}])
def test_limits_out_of_bounds_are_refused(given: dict[str, float]) -> None:
    with pytest.raises(FixSettings, match=next(iter(given))):
        load_settings(**given)
