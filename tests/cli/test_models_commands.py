"""``--llm``, ``--prompts``, ``--show-prompt`` and ``rag chat``, as they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag.receipts import from_json
from tests.scripted import Fails, Says, ScriptedServer, numbers_of, reply_of

QUESTION = "Wer schläft unter den Eichen?"
SAID = "Ein Reh schläft dort."


def deer(body: dict[str, Any], **how: Any) -> Says:
    known = numbers_of(body["messages"][-1]["content"])
    number = next(number for text, number in known.items() if text.startswith("Das Reh"))
    more = [("wort " * 99, [number])] * ("die_after" in how)
    return Says(reply_of((SAID, [number]), *more), **how)


@pytest.fixture
def set_to(server: ScriptedServer) -> dict[str, str]:
    """The settings of a command that asks the scripted server."""
    return {"RAG_LLM": "small", "RAG_LLM_BASE_URL": server.address, "RAG_LLM_RETRIES": "0"}


def test_an_answer_by_a_model_names_it_and_what_it_took(rag: Any, place: Path, server: ScriptedServer) -> None:
    server.play(deer)
    prices = {"RAG_LLM_PRICE_IN": "1", "RAG_LLM_PRICE_OUT": "2"}

    ran = rag("ask", QUESTION, "--llm", "small", at=place, RAG_LLM_BASE_URL=server.address, **prices)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{SAID} [1]\n\nBelege\n[1] wald.txt")
    assert "small: 100 Token hin, 20 zurück, Kosten 0,000140\n" in ran.out


def test_a_blank_model_is_none(rag: Any, place: Path, server: ScriptedServer, set_to: Any) -> None:
    for ran in (rag("ask", QUESTION, "--llm", "", at=place, **set_to), rag("ask", QUESTION, at=place, RAG_LLM=" ")):
        assert (ran.code, ran.err) == (0, "")
        assert "Das Reh schläft unter den Eichen 🦌. [1]\n" in ran.out

    assert server.requests == []


def test_a_receipt_holds_model_prompt_and_tokens(rag: Any, place: Path, server: ScriptedServer, set_to: Any) -> None:
    server.play(deer)
    answer = from_json(rag("ask", QUESTION, "--json", at=place, **set_to).out)

    assert (answer.reader, answer.model, len(answer.prompt or "")) == ("generative/1", "small", 16)
    assert answer.usage is not None
    assert (answer.usage.tokens_in, answer.usage.tokens_out, answer.usage.cost) == (100, 20, None)


def test_quotes_in_place_of_an_answer_are_marked(rag: Any, place: Path, server: ScriptedServer, set_to: Any) -> None:
    server.play(Says("Ein Reh."))

    ran = rag("ask", QUESTION, "--explain", at=place, **set_to)

    assert ran.code == 0
    assert "Das Reh schläft unter den Eichen 🦌. [1]\n" in ran.out
    assert "Zitate statt einer Antwort von small" in ran.out
    assert "small: its reply was not of the form asked for" in ran.out


def test_statements_are_printed_before_the_model_has_finished(
    environment: dict[str, str], place: Path, server: ScriptedServer, set_to: dict[str, str]
) -> None:
    server.play(lambda body: deer(body, pause=0.2, size=30))
    running = subprocess.Popen(
        [sys.executable, "-m", "rag", "ask", QUESTION],
        cwd=place, env={**environment, **set_to}, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip

    with running:
        assert running.stdout is not None
        first = running.stdout.readline()
        still_running = running.poll() is None
        running.communicate(timeout=60)

    assert first == f"{SAID} [1]\n"
    assert still_running


def test_a_server_that_dies_after_a_statement_leaves_it_and_says_so(
    rag: Any, place: Path, server: ScriptedServer, set_to: Any
) -> None:
    server.play(lambda body: deer(body, die_after=30))

    ran = rag("ask", QUESTION, at=place, **set_to)

    assert ran.code == 1
    assert ran.out.startswith(f"{SAID} [1]\n\nBelege\n[1] wald.txt")
    assert "Das Reh" in ran.out
    assert ran.err.startswith("Error: The model's server ")
    assert "went away in the middle" in ran.err
    assert "What was said before was verified" in ran.err


def test_a_prompt_is_shown_and_not_sent(rag: Any, place: Path, server: ScriptedServer, set_to: Any) -> None:
    text = rag("ask", QUESTION, "--show-prompt", at=place, **set_to)
    as_json = rag("ask", QUESTION, "--show-prompt", "--json", at=place, **set_to).json
    refused = rag("ask", QUESTION, "--show-prompt", at=place, **{**set_to, "RAG_THRESHOLD": "1"})

    assert server.requests == []
    assert text.code == 0
    assert text.out.startswith("--- system ---\n")
    assert "] Das Reh schläft unter den Eichen" in text.out
    assert all(c == "\n" or c.isprintable() for c in text.out)
    assert (as_json["model"], as_json["would_be_sent"]) == ("small", True)
    assert [message["role"] for message in as_json["messages"]] == ["system", "user"]
    assert "would not be sent" in refused.err


def test_a_prompt_without_a_model_is_refused(rag: Any, place: Path) -> None:
    ran = rag("ask", QUESTION, "--show-prompt", at=place)

    assert (ran.code, ran.out) == (2, "")
    assert "--llm MODEL" in ran.err


def test_own_prompts_are_sent(rag: Any, place: Path, tmp_path: Path, server: ScriptedServer, set_to: Any) -> None:
    (tmp_path / "own").mkdir()
    own = "## User\n{{most}} {{language}} {{fence}}\nOWN\n{{evidence}}\n{{question}}"
    (tmp_path / "own" / "answer.md").write_text(own, encoding="utf-8")
    server.play(deer)

    ran = rag("ask", QUESTION, "--prompts", tmp_path / "own", at=place, **set_to)
    wrong = rag("ask", QUESTION, "--prompts", tmp_path / "nowhere", at=place, **set_to)

    assert SAID in ran.out
    assert server.sent().split("\n")[1] == "OWN"
    assert (wrong.code, "There is no folder" in wrong.err) == (2, True)


def test_a_chat_shows_how_a_follow_up_was_understood(
    rag: Any, place: Path, server: ScriptedServer, set_to: Any
) -> None:
    server.play(deer, Says(json.dumps({"question": QUESTION})), deer)

    ran = rag("chat", given=f"{QUESTION}\n\nUnd wer noch?\n/new\n/quit\nnie gefragt\n", at=place, **set_to)

    assert ran.code == 0
    assert ran.out.count(f"{SAID} [1]\n") == 2
    assert ran.err == f"({QUESTION})\n"
    assert len(server.requests) == 3


def test_without_a_model_it_is_said_once_that_a_follow_up_is_taken_by_itself(rag: Any, place: Path) -> None:
    asked = f"Und wer schläft?\n{QUESTION}\nUnd wer noch?\nWhat about the harbour?\n"

    ran, as_json = rag("chat", given=asked, at=place), rag("chat", "--json", given=asked, at=place)

    assert ran.err.count("Taken by itself") == 1
    assert "rag chat --llm MODEL" in ran.err
    assert as_json.err == ""


def test_a_model_that_leaves_a_follow_up_as_it_is_is_not_missed(
    rag: Any, place: Path, server: ScriptedServer, set_to: Any
) -> None:
    server.play(deer, Says(json.dumps({"question": "Und wer noch?"})), deer)

    assert rag("chat", given=f"{QUESTION}\nUnd wer noch?\n", at=place, **set_to).err == ""


def test_a_chat_goes_on_after_an_error(rag: Any, place: Path, server: ScriptedServer, set_to: Any) -> None:
    server.play(Fails(503, "loading"), deer)

    ran = rag("chat", given=f"{QUESTION}\n/sing\n{QUESTION}\n", at=place, **set_to)

    assert ran.code == 1
    assert "failed (503)" in ran.err
    assert "There is no command /sing." in ran.err
    assert SAID in ran.out


def test_a_chat_without_a_model_gives_a_receipt_a_line(rag: Any, place: Path) -> None:
    ran = rag("chat", "--json", given=f"{QUESTION}\n?!\n{QUESTION}\n", at=place)

    first, error, last = map(json.loads, ran.out.strip().split("\n"))
    assert (ran.code, ran.err) == (1, "")
    assert first["statements"] == last["statements"]
    assert from_json(json.dumps(first)).reader == "extractive/1"
    assert error["error"]["kind"] == "FixInput"
