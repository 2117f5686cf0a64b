"""Shapes of requests and responses, as OpenAPI shows them; an answer's shape is that of the receipt."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, create_model, field_validator
from pydantic_core import PydanticCustomError

from rag.passages import FoundPassage
from rag.receipts import SCHEMA, Verification
from rag.records import Answer, DocumentInfo, Filters
from rag.reports import IngestReport
from rag.stored import SourceFiles
from rag.text.days import day_of_field
from rag.uploads import Found, Same

QUESTION = "How many Russian diplomats lost their accreditation?"
_MOST = 100

ID = "^[0-9a-f]{16}$"
"""What ids of documents and sources look like."""

LATEST = 2**63 - 2**33
"""The last time stamp of a file in nanoseconds: a database's integers, and some seconds less."""

Question = Annotated[str, Field(min_length=1, max_length=100_000, description="What is asked.", examples=[QUESTION])]
Day = Annotated[dt.date | None, Field(examples=["2021-01-01"])]
_DAY = "2022-11-30, also 30.11.2022, 2022-11 or 2022."


class Filtered(BaseModel):
    """Which documents count; nothing given means all."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[Day, Field(description=f"Only documents of this day or later: {_DAY}")] = None
    until: Annotated[Day, Field(description=f"Only documents of this day or earlier: {_DAY}")] = None
    include_undated: Annotated[bool, Field(description="With since or until: undated documents too.")] = False
    source: Annotated[str | None, Field(max_length=400, description="Only documents whose name matches this glob.")] = (
        None
    )
    language: Annotated[
        str | None, Field(pattern="^[A-Za-z]{2,3}$", description="Only documents in this language.", examples=["de"])
    ] = None
    folders: Annotated[
        tuple[Annotated[str, Field(max_length=64)], ...],
        Field(max_length=100, description="Only documents of these sources, by id."),
    ] = ()

    @field_validator("since", "until", mode="before")
    @classmethod
    def _as_the_command_reads_it(cls, value: object, given: ValidationInfo) -> dt.date | None:
        return day_of_field(str(given.field_name), value)

    @field_validator("until")
    @classmethod
    def _not_before_since(cls, until: dt.date | None, given: ValidationInfo) -> dt.date | None:
        since = given.data.get("since")
        if since and until and since > until:
            days = {"since": since.isoformat(), "until": until.isoformat()}
            raise PydanticCustomError("days", "{until} is earlier than since, {since}: change the two round.", days)
        return until

    def filters(self) -> Filters:
        """Return the filters."""
        return Filters(self.since, self.until, self.include_undated, self.source, self.language, self.folders)


class AskRequest(Filtered):
    """A question."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"question": QUESTION, "top": 1}]})

    question: Question
    top: Annotated[int | None, Field(ge=1, le=20, description="Statements, at most.", examples=[1])] = None
    explain: Annotated[bool, Field(description="List the candidates and their scores in the receipt.")] = False


class SearchRequest(Filtered):
    """What to look for."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"question": QUESTION, "limit": 2}]})

    question: Question
    limit: Annotated[int, Field(ge=1, le=_MOST, description="Passages, at most.")] = 10
    explain: Annotated[bool, Field(description="Add all that is known of each passage, as hit.")] = False


class SearchResponse(BaseModel):
    """Passages, best first."""

    hits: list[FoundPassage]


class DocumentsResponse(BaseModel):
    """The documents that can be cited."""

    documents: list[DocumentInfo]


class Uploaded(BaseModel):
    """What became of a document that was handed over."""

    verdict: Annotated[str, Field(pattern="^(added|changed|unchanged)$")]
    document: DocumentInfo


class Removed(BaseModel):
    """Names of the documents that were removed."""

    removed: list[str]


class TextResponse(BaseModel):
    """A part of a document's text; ``length`` is that of the whole, all in code points."""

    document_id: str
    version: str
    start: int
    end: int
    length: int
    text: str


class SourceResponse(BaseModel):
    """A source of documents; ``key`` is a hash of its folder's path, which itself is not told."""

    id: str
    key: str
    whole: bool
    documents: int


class SourcesResponse(BaseModel):
    """Folders and uploads that brought documents."""

    sources: list[SourceResponse]
    max_file_bytes: int


_Id = Annotated[str, Field(pattern=ID, description="Id of a document.")]


class SameFile(BaseModel):
    """A file that was read again and holds what it held."""

    model_config = ConfigDict(extra="forbid")

    document: _Id
    size: Annotated[int, Field(ge=0, le=2**53, description="Bytes.")]
    modified: Annotated[int, Field(ge=0, le=LATEST, description="Time stamp in nanoseconds; 0: written just now.")]


class FoundRequest(BaseModel):
    """What somebody found who looked through a source's files."""

    model_config = ConfigDict(extra="forbid")

    same: Annotated[list[SameFile], Field(description="Files that hold what they held.")] = []
    gone: Annotated[list[_Id], Field(description="Ids of documents whose files are gone.")] = []
    past: Annotated[
        list[Annotated[str, Field(max_length=10_000)]],
        Field(description="Names of files of which nothing need be remembered."),
    ] = []

    def found(self) -> Found:
        """Return it as a record."""
        return Found([Same(one.document, one.size, one.modified) for one in self.same], self.gone, self.past)


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class ProblemResponse(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(examples=["urn:beleg:problem:fix-input"])]
    title: str
    status: int
    detail: str
    hint: str
    request_id: str
    errors: list[FieldError] | None = None


class Alive(BaseModel):
    """The server is up."""

    status: Annotated[str, Field(pattern="^ok$")]
    version: str


class Ready(BaseModel):
    """The server can answer."""

    status: Annotated[str, Field(pattern="^ready$")]
    documents: int


def _with_fields(name: str, cls: type, doc: str, **first: Any) -> type[BaseModel]:
    """Return a model with the fields of a record, for OpenAPI only: what is sent is made of the record."""
    hints = get_type_hints(cls)
    fields: dict[str, Any] = {f.name: (hints[f.name], ...) for f in dataclasses.fields(cls)}
    return create_model(name, __doc__=doc, **first, **fields)


Receipt = _with_fields(
    "Receipt",
    Answer,
    "An answer with all that is needed to check it again: what `rag ask --json` prints.",
    schema_=(Annotated[int, Field(alias="schema", ge=SCHEMA, le=SCHEMA, description="Version of this schema.")], ...),
    beleg=(Annotated[str, Field(description="Version of Beleg that wrote it.")], ...),
)
VerifyResponse = _with_fields(
    "VerifyResponse", Verification, "All citations of a receipt, checked again.", holds=(bool, ...)
)
RememberedResponse = _with_fields("RememberedResponse", SourceFiles, "What is remembered of a source's files.")
ReportResponse = _with_fields("ReportResponse", IngestReport, "What taking in changes did, by document name.")
