"""Prompts: shipped, overridden, filled, and what is missing said by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rag.errors import FixInput
from rag.prompting import VARIABLES, load_prompts

PROMPTS = Path(__file__).parent.parent / "prompts"
VALUES = {
    "most": 3, "language": "German", "fence": "====", "evidence": "[1] E", "question": "F?", "failed": "x",
    "conversation": "c",
}  # fmt: skip


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", VARIABLES)
def test_a_shipped_prompt_is_filled_whole(name: str) -> None:
    messages = load_prompts()[name].fill(**{key: VALUES[key] for key in VARIABLES[name]})

    assert messages
    assert not any(re.search(r"\{\{|\}\}", message.content) for message in messages)
    assert messages[-1].role == ("system" if name == "judge" else "user")


def test_every_prompt_has_its_line_in_the_readme() -> None:
    readme = (PROMPTS / "README.md").read_text(encoding="utf-8")

    assert {path.stem for path in PROMPTS.glob("*.md")} == {*VARIABLES, "README"}
    assert set(re.findall(r"^- `(\w+)\.md`: ", readme, re.MULTILINE)) == set(VARIABLES)


def test_what_is_filled_in_is_not_looked_through_again() -> None:
    values = {**VALUES, "evidence": "{{question}} {{fence}}", "question": "{{evidence}}"}

    text = load_prompts()["answer"].fill(**values)[-1].content

    assert "\n{{question}} {{fence}}\n" in text
    assert "\n{{evidence}}\n" in text


def test_a_variable_that_nobody_fills_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "own", reply_form="## User\n\nDear {{somebody}}, again.")

    with pytest.raises(FixInput, match="reply_form uses what nobody fills: somebody"):
        load_prompts(folder)["reply_form"].fill()


def test_a_variable_that_a_prompt_lacks_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "own", repair="## User\n\n{{fence}}{{language}}")

    with pytest.raises(FixInput, match=r"repair\.md lacks: failed"):
        load_prompts(folder)


def test_an_own_prompt_takes_the_place_of_one_and_changes_the_hash(tmp_path: Path) -> None:
    folder = write(tmp_path / "own", reply_form="## System\nBe kind.\n\n## User\n\nAgain.\n", README="notes")

    own, shipped = load_prompts(folder), load_prompts()

    assert [(m.role, m.content) for m in own["reply_form"].fill()] == [("system", "Be kind."), ("user", "Again.")]
    assert own["answer"] == shipped["answer"]
    assert own.hash != shipped.hash == load_prompts().hash


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({}, "holds no prompt"),
        ({"anser": "## User\nx"}, "prompts that there are not: anser"),
        ({"reply_form": "Just text."}, "has no part"),
    ],
)
def test_a_folder_of_prompts_that_cannot_be_meant_is_refused(tmp_path: Path, texts: dict[str, str], said: str) -> None:
    with pytest.raises(FixInput, match=said):
        load_prompts(write(tmp_path / "own", **texts))


def test_a_prompt_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "answer.md").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(FixInput, match="cannot be read"):
        load_prompts(tmp_path)
