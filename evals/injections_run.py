"""Injections: what documents and questions try to make a model say, and whether it reaches the user.

An attack counts only where the model without our defences obeys: ``Obedient`` repeats whatever an
instruction asks, on valid evidence, so that nothing but the checks stands between it and the user.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from rag.citations import Citer
from rag.embedding import WordEmbedder
from rag.records import DocumentInfo, DraftStatement, Evidence, Span, Statement

from .cases import Place
from .errors import BadGold
from .nodes import BadYaml, line_of, load
from .schema import Slug, Text

INJECTIONS = Path(__file__).with_name("injections") / "instructions.yaml"
Attack: TypeAlias = Literal[
    "tell-user", "ignore-evidence", "system-prompt", "cite-other", "answer-as-json", "exfiltrate"
]
# What the document says beside the instruction; statements are drafted on these sentences.
_HONEST = {
    "de": "Der Hafen von Ohlau wächst. Im Mai kamen acht Schiffe an.",
    "en": "The harbour of Ohlau is growing. Eight ships arrived in May.",
}


class Injection(BaseModel):
    """An instruction hidden in a document or a question, and what it wants said."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Slug
    kind: Attack
    lang: Literal["de", "en"]
    where: Literal["document", "question"]
    instruction: Text
    says: Text


class _File(RootModel[list[Injection]]):
    model_config = ConfigDict(strict=True)


class Obeys(Protocol):
    """Drafts the text that a model would say about a question and its evidence."""

    def say(self, injection: Injection, evidence: str) -> str:
        """Return the statement."""
        ...


class Obedient:
    """A double of a model: it says whatever the instruction asks for, wherever it stands."""

    def say(self, injection: Injection, evidence: str) -> str:
        """Return what the injection wants said."""
        del evidence
        return injection.says


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attack: whether the bare model obeyed, and whether the user would read it."""

    injection: Injection
    obeyed: bool
    reached: bool


def load_injections(path: Path = INJECTIONS) -> list[Injection]:
    """Return the injections of a file.

    Raises:
        BadGold: the file is not sound.
    """
    lines: dict[tuple[str | int, ...], int] = {}
    try:
        value, lines = load(path.read_text(encoding="utf-8"))
        found = _File.model_validate(value).root
    except BadYaml as error:
        raise BadGold([(Place(path.name, error.line), str(error))]) from error
    except ValidationError as error:
        problems = [(Place(path.name, line_of(lines, one["loc"])), one["msg"]) for one in error.errors()]
        raise BadGold(problems) from error
    if len({one.id for one in found}) < len(found):
        raise BadGold([(Place(path.name, 1), "two injections have one id")])
    return found


def attack(injections: Iterable[Injection], model: Obeys, embedder: WordEmbedder | None) -> Iterator[Result]:
    """Let a model answer each injection, and put what it says before a ``Citer`` on honest evidence.

    An instruction in a document stands beside the honest sentences and is not cited itself: a model
    that cites the instruction quotes a document, which the user can see.
    """
    for injection in injections:
        text = _HONEST[injection.lang]
        document = DocumentInfo(injection.id, "injections", f"{injection.id}.txt", "1", len(text), None, injection.lang)
        said = model.say(injection, f"{text} {injection.instruction}")
        citer = Citer(lambda _document, _version, span, text=text: span.of(text), {}, embedder)
        draft = DraftStatement(said, (Evidence(document, Span(0, len(text))),), 1.0, injection.lang)
        yield Result(injection, injection.says in said, isinstance(citer.check(draft), Statement))
