"""The tools: their arguments, their results, and one function each that asks the engine."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationInfo, field_validator

from rag import receipts
from rag.errors import FixInput
from rag.mcp.resources import Place
from rag.messages import ENGLISH
from rag.passages import FoundPassage, about
from rag.receipts import CheckedCitation, Verification, Wording
from rag.records import Answer, Document, DocumentInfo, Filters, Hit, Span
from rag.render import Style, render_answer, safe, safe_lines
from rag.text.days import day_of_field

_WINDOW = 20_000


class Source(Protocol):
    """What the tools need of an engine: see ``rag.engine.LocalEngine`` for each."""

    def ask(self, question: str, filters: Filters = ..., *, top: int | None = ...) -> Answer:
        """Answer a question."""
        ...

    def search(self, question: str, filters: Filters = ..., *, limit: int = ...) -> list[Hit]:
        """Return ranked passages."""
        ...

    def documents(self) -> list[DocumentInfo]:
        """Return the documents that can be cited, by name."""
        ...

    def document(self, which: str) -> Document:
        """Return a document by id, by name, or by an unambiguous beginning of either."""
        ...

    def verify(self, receipt: Answer) -> Verification:
        """Check every quote of a receipt again."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What a tool returns: text for a reader, the same as data, and the places that it rests on."""

    text: str
    data: dict[str, Any]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as it is offered; ``result`` makes the JSON Schema of ``Reply.data``."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    result: Callable[[], dict[str, Any]]
    run: Callable[[Source, Any], Reply]


@dataclass(frozen=True, slots=True)
class FoundPassages:
    """What ``search`` returns, best first."""

    hits: tuple[FoundPassage, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A window of a document: ``text`` is ``[start:end]`` of its ``length`` code points."""

    document_id: str
    version: str
    document: str
    title: str | None
    language: str | None
    date: dt.date | None
    start: int
    end: int
    length: int
    text: str


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """What ``verify`` found: see ``rag.receipts.Verification``."""

    question: str
    citations: tuple[CheckedCitation, ...]
    unbacked: tuple[str, ...]
    wording: Wording
    nearest: tuple[CheckedCitation, ...]
    changed_files: tuple[str, ...]
    holds: bool


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Narrowed(_Arguments):
    question: str = Field(description="The question, in whole words: 'Who is ...?'")
    since: dt.date | None = Field(
        None, description="Only documents of this day or later (YYYY-MM-DD, YYYY-MM or YYYY)."
    )
    until: dt.date | None = Field(
        None, description="Only documents of this day or earlier (YYYY-MM-DD, YYYY-MM or YYYY)."
    )
    include_undated: bool = Field(default=False, description="With since or until: undated documents too.")
    source: str | None = Field(None, description="Only documents whose name matches this glob, such as '2021/*'.")
    language: str | None = Field(
        None, pattern="^[A-Za-z]{2,3}$", description="Only documents in this language, by code: de, en, ..."
    )

    @field_validator("since", "until", mode="before")
    @classmethod
    def _as_the_command_reads_it(cls, value: object, given: ValidationInfo) -> dt.date | None:
        return day_of_field(str(given.field_name), value)

    def filters(self) -> Filters:
        """Return the filters that are meant. Raises FixInput where the days are the wrong way round."""
        return Filters(self.since, self.until, self.include_undated, self.source, self.language)


class AskArguments(_Narrowed):
    """What ``ask`` takes."""

    top: int | None = Field(None, ge=1, le=20, description="Statements in the answer, at most.")


class SearchArguments(_Narrowed):
    """What ``search`` takes."""

    limit: int = Field(10, ge=1, le=100, description="Passages, at most.")


class ReadArguments(_Arguments):
    """What ``read_document`` takes."""

    document: str = Field(min_length=1, description="Name or id; an unambiguous beginning is enough.")
    start: int = Field(0, ge=0, description="The first character (code point) to read.")
    end: int | None = Field(None, ge=0, description=f"The character to stop before; by default {_WINDOW:,} further on.")


class VerifyArguments(_Arguments):
    """What ``verify`` takes."""

    receipt: dict[str, Any] | str = Field(description="The whole structured result of an earlier ask, unchanged.")


def _ask(engine: Source, given: AskArguments) -> Reply:
    answer = engine.ask(given.question, given.filters(), top=given.top)
    cited = [*answer.citations, *answer.nearest]
    places = tuple(Place(c.document_id, c.document, Span(c.start, c.end)) for c in cited)
    return Reply(render_answer(answer, Style()), receipts.to_json(answer), places)


def _search(engine: Source, given: SearchArguments) -> Reply:
    hits = [FoundPassage.of(hit) for hit in engine.search(given.question, given.filters(), limit=given.limit)]
    lines = [
        f"{n}. {safe(hit.document)} {hit.start}–{hit.end}  {hit.score:.3f}\n{safe_lines(hit.text)}"
        for n, hit in enumerate(hits, 1)
    ]
    places = tuple(Place(hit.document_id, hit.document, Span(hit.start, hit.end)) for hit in hits)
    return Reply("\n\n".join(lines) or "Nothing found.", receipts.plain(FoundPassages(tuple(hits))), places)


def _read(engine: Source, given: ReadArguments) -> Reply:
    document = engine.document(given.document)
    length = len(document.text)
    end = min(length, given.start + _WINDOW if given.end is None else given.end)
    if not given.start <= end:
        raise FixInput(f"{given.start}:{given.end} lies outside the document, which has {length} characters.")
    text = document.text[given.start : end]
    more = f"\n\n(Characters {given.start}–{end} of {length}; go on with start={end}.)" if end < length else ""
    excerpt = Excerpt(**about(document.info), start=given.start, end=end, length=length, text=text)
    return Reply(text + more, receipts.plain(excerpt))


def _verify(engine: Source, given: VerifyArguments) -> Reply:
    text = given.receipt if isinstance(given.receipt, str) else json.dumps(given.receipt)
    result = engine.verify(receipts.from_json(text))
    lines = [_checked(c) for c in result.citations]
    lines += [f"nearest {_checked(c)}" for c in result.nearest]
    lines += [f"not backed: {safe(statement)}" for statement in result.unbacked]
    lines += [f"the file of {safe(name)} has changed since it was taken in" for name in result.changed_files]
    lines += [ENGLISH.outcomes[receipts.outcome(result)], f"Wording: {result.wording}."]
    return Reply("\n".join(lines), receipts.verification_json(result))


def _checked(c: CheckedCitation) -> str:
    differs = f" ({', '.join(c.differs)})" if c.differs else ""
    renamed = f"; its text is now {safe(c.now_in)}" if c.now_in is not None else ""
    return f"[{c.number}] {safe(c.document)} {c.start}–{c.end}: {c.verdict}{differs}{renamed}"


def _schema_of(kind: type) -> Callable[[], dict[str, Any]]:
    return lambda: TypeAdapter(kind).json_schema(mode="serialization")


TOOLS = (
    Tool(
        "ask",
        "Ask the documents",
        "Answer a question from the documents, with a verified verbatim quote for every statement. Say only what its"
        " statements say, and cite document and offsets. Where `status` is `not_in_documents` the documents do not"
        " answer: say so; `nearest` is not an answer.",
        AskArguments,
        receipts.json_schema,
        _ask,
    ),
    Tool(
        "search",
        "Search the documents",
        "Return the passages nearest to a question, without answering it.",
        SearchArguments,
        _schema_of(FoundPassages),
        _search,
    ),
    Tool(
        "read_document",
        "Read a document",
        "Return a document's stored text, or a part of it: the text that the offsets of citations refer to.",
        ReadArguments,
        _schema_of(Excerpt),
        _read,
    ),
    Tool(
        "verify",
        "Check an answer again",
        "Check every quote of an earlier answer against the documents as they are now.",
        VerifyArguments,
        _schema_of(CheckedReceipt),
        _verify,
    ),
)
