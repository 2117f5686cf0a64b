"""Prompts: Markdown files with named variables, filled into messages, and hashed for the receipt.

The files stand in ``prompts/`` (in the wheel: ``rag/prompts``, which is why this module is not called
so). What is filled in is never looked through for variables again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from rag.errors import FixInput
from rag.llm import Message, Role

VARIABLES: Mapping[str, frozenset[str]] = {
    "answer": frozenset({"most", "language", "fence", "evidence", "question"}),
    "repair": frozenset({"failed", "language", "fence"}),
    "reply_form": frozenset(),
    "follow_up": frozenset({"conversation", "question", "fence"}),
    "judge": frozenset(),
}
"""Every prompt, with the variables that it must hold."""

_PART = re.compile(r"^##[ \t]+(System|User)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_ROLES: Mapping[str, Role] = {"system": "system", "user": "user"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt: its messages, with variables still in them."""

    name: str
    parts: tuple[tuple[Role, str], ...]

    def fill(self, **values: object) -> tuple[Message, ...]:
        """Return the messages.

        Raises:
            FixInput: a variable has no value; the message names it.
        """
        missing = sorted({name for _, text in self.parts for name in _VARIABLE.findall(text)} - values.keys())
        if missing:
            raise FixInput(
                f"The prompt {self.name} uses what nobody fills: {', '.join(missing)}.",
                hint="It may use: " + (", ".join(sorted(values)) or "no variable at all") + ".",
            )
        return tuple(Message(role, _VARIABLE.sub(lambda m: str(values[m[1]]), text)) for role, text in self.parts)


@dataclass(frozen=True, slots=True)
class Prompts:
    """All prompts by name. ``hash`` is the beginning of the sha256 over all files, and stands in receipts."""

    by_name: Mapping[str, Prompt]
    hash: str

    def __getitem__(self, name: str) -> Prompt:
        """Return a prompt by name."""
        return self.by_name[name]


def load_prompts(folder: Path | None = None) -> Prompts:
    """Return the shipped prompts, those in ``folder`` in place of the shipped ones of the same name.

    Raises:
        FixInput: there is no such folder, or it holds no prompt or an unknown one, or a prompt has no part, lacks a
            variable that it must hold, or is not UTF-8.
    """
    return _shipped() if folder is None else _parsed({**_texts(), **_own(folder)})


@cache
def _shipped() -> Prompts:
    return _parsed(_texts())


def _texts() -> dict[str, str]:
    files = resources.files("rag").joinpath("prompts")
    return {name: files.joinpath(f"{name}.md").read_text(encoding="utf-8") for name in VARIABLES}


def _own(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise FixInput(f"There is no folder {folder}, where prompts are looked for.", hint="Check prompts (--prompts).")
    known = "Known: " + ", ".join(f"{name}.md" for name in VARIABLES)
    paths = {path.stem: path for path in sorted(folder.glob("*.md")) if path.stem != "README"}
    if unknown := sorted(paths.keys() - VARIABLES.keys()):
        raise FixInput(f"{folder} holds prompts that there are not: {', '.join(unknown)}.", hint=known)
    if not paths:
        raise FixInput(f"{folder} holds no prompt.", hint=known)
    try:
        return {name: path.read_text(encoding="utf-8") for name, path in paths.items()}
    except (OSError, ValueError) as error:
        raise FixInput(f"A prompt in {folder} cannot be read: {error}.") from error


def _parsed(texts: Mapping[str, str]) -> Prompts:
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        digest.update(f"{name}\0{text}\0".encode())
    return Prompts({name: _prompt(name, text) for name, text in texts.items()}, digest.hexdigest()[:16])


def _prompt(name: str, text: str) -> Prompt:
    pieces = _PART.split(text.replace("\r\n", "\n"))[1:]
    parts: tuple[tuple[Role, str], ...] = tuple(
        (_ROLES[role.lower()], body.strip()) for role, body in zip(pieces[::2], pieces[1::2], strict=True)
    )
    if not parts:
        raise FixInput(f"The prompt {name}.md has no part.", hint="Begin one with the line: ## User")
    lacking = sorted(VARIABLES[name] - {found for _, body in parts for found in _VARIABLE.findall(body)})
    if lacking:
        raise FixInput(
            f"The prompt {name}.md lacks: {', '.join(lacking)}.", hint="Write each as {{name}} where it belongs."
        )
    return Prompt(name, parts)
