"""The command line as a whole: help, usage, and errors as sentences or as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import rag.cli as rag_cli
from rag.cli.table import EXAMPLES, SUMMARIES, WHERE

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("command", EXAMPLES)
def test_help_shows_an_example(rag: Any, command: str) -> None:
    ran = rag(command, "--help")

    assert (ran.code, ran.err) == (0, "")
    assert f"Example: rag {command}" in ran.out
    assert f"## rag {command}\n\n```text\n{ran.out}```\n" in (ROOT / "docs" / "help.md").read_text(encoding="utf-8")
    assert all(len(line) <= 80 for line in ran.out.split("\n"))


@pytest.mark.parametrize("words", [("documents",), ("ask", "Wer?")])
def test_an_interrupt_while_it_still_loads_is_one_too(
    rag: Any, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    class Interrupting:
        """Who looks for a module meets the interrupt."""

        def find_spec(self, name: str, *rest: object) -> None:
            if name == module:
                raise KeyboardInterrupt

    module = "rag.cli.quick" if words[0] == "ask" else "rag.cli.commands"
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.delattr(rag_cli, module.rpartition(".")[2], raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])

    ran = rag(*words)

    assert (ran.code, ran.out) == (130, "")
    assert "Interrupted." in ran.err


def test_help_of_all_names_commands_and_exit_codes(process: Any) -> None:
    ran = process("-h")

    assert ran.code == 0
    assert all(f"  {name:9}  {summary}\n" in ran.out for name, summary in SUMMARIES.items())
    assert "0 done, 1 failed, 2 wrong usage, 3 the documents do not answer" in " ".join(ran.out.split())
    assert list(SUMMARIES) == list(WHERE) == list(EXAMPLES)


def test_without_a_command_the_help_is_shown(rag: Any) -> None:
    ran = rag()

    assert ran.code == 2
    assert "Commands:" in ran.err + ran.out


def test_the_version_is_shown(rag: Any) -> None:
    ran = rag("--version")

    assert (ran.code, ran.out.split()[0]) == (0, "beleg")


@pytest.mark.parametrize(
    "words",
    [
        ("ask",),
        ("ask", "a", "--top", "many"),
        ("search", "a", "--limit", "0"),
        ("ingest",),
        ("nothing",),
    ],
)
def test_wrong_usage_is_said_as_text_or_as_json(rag: Any, words: tuple[str, ...]) -> None:
    text, as_json = rag(*words), rag(*words, "--json")

    assert (text.code, text.out) == (2, "")
    assert text.err.startswith("Usage: rag")
    assert "Error: " in text.err
    assert (as_json.code, as_json.err) == (2, "")
    assert as_json.json["error"]["kind"] == "FixInput"
    assert as_json.json["error"]["message"] in text.err


@pytest.mark.parametrize(
    ("words", "variables", "code", "kind"),
    [
        (("ask", "Wer?"), {}, 1, "AddDocuments"),
        (("documents",), {}, 1, "AddDocuments"),
        (("ask", "Wer?", "--docs", "nowhere"), {}, 2, "FixInput"),
        (("ask", "?", "--docs", "."), {}, 2, "FixInput"),
        (("ask", "Wer?", "--top", "99"), {}, 2, "FixSettings"),
        (("documents",), {"RAG_TOPP": "9"}, 2, "FixSettings"),
        (("documents", "--since", "gestern"), {}, 2, "FixInput"),
        (("documents", "--since", "2022", "--until", "2021"), {}, 2, "FixInput"),
        (("verify", "nowhere.json"), {}, 2, "FixInput"),
    ],
)
def test_an_error_is_a_sentence_or_json(
    rag: Any, tmp_path: Path, words: tuple[str, ...], variables: dict[str, str], code: int, kind: str
) -> None:
    text, as_json = rag(*words, **variables), rag(*words, "--json", **variables)

    assert (text.code, text.out) == (code, "")
    assert (as_json.code, as_json.err) == (code, "")
    error = as_json.json["error"]
    assert error.keys() == {"kind", "message", "hint"}
    assert error["kind"] == kind
    assert text.err.startswith(f"Error: {error['message']}\n")
    assert not error["hint"] or text.err.endswith(f"Hint: {error['hint']}\n")
    assert "Traceback" not in text.err
    assert list(tmp_path.iterdir()) == []


def test_settings_are_read_from_the_nearest_file(rag: Any, place: Path, tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_text(f'index = "{place / ".beleg"}"\n', encoding="utf-8")
    (tmp_path / "below").mkdir()

    assert len(rag("documents", "--json", at=tmp_path / "below").json["documents"]) == 3
    (tmp_path / "rag.toml").write_text("top = \n", encoding="utf-8")
    assert rag("documents", at=tmp_path / "below").code == 2


def test_a_question_may_look_like_an_option(rag: Any, place: Path) -> None:
    ran = rag("search", "--", "--json", at=place)

    assert ran.code == 0
    with pytest.raises(json.JSONDecodeError):
        _ = ran.json
