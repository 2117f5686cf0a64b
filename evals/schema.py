"""The form of a gold file, as pydantic models: unknown keys refused, nothing coerced.

``python -m evals.schema`` writes ``gold.schema.json`` anew, which editors use.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, model_validator

from rag.text.match import Pattern

from .cases import Kind, Severity, Weight

SCHEMA_FILE = Path(__file__).with_name("gold.schema.json")

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Form = Annotated[str, StringConstraints(pattern=r"^[^*]*[^*\s][^*]*\*?$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Quote(_Model):
    """Verbatim text of a document. It stands there once, or ``prefix`` says which one is meant."""

    doc: Text
    quote: Text = Field(description="Verbatim, as short as it can be while stating the fact.")
    prefix: Text | None = Field(
        default=None, description="The text right before the quote, where the quote is not unique."
    )


class Match(_Model):
    """Parts that must all stand in one statement."""

    all: list[Form] = Field(default=[], description="Every one of these forms. A trailing * takes any ending.")
    any: list[Form] = Field(default=[], description="One of these forms.")
    number: int | float | None = Field(default=None, description="A value, however it is written (3.5 = 3,5).")
    unit: list[Form] = Field(default=[], description="One of these right behind or before the number.")
    tol: int | float = Field(default=0, ge=0, description="How far the number may be off.")
    date: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$", description="ISO 8601, maybe partial.")
    near: list[Form] = Field(default=[], description="One of these within 80 characters of the number, date or form.")

    @model_validator(mode="after")
    def _has_parts(self) -> Match:
        if not (self.all or self.any or self.date) and self.number is None:
            raise ValueError("an entry needs at least one of all, any, number, date")
        if (self.unit or self.tol) and self.number is None:
            raise ValueError("unit and tol belong to a number")
        return self

    def pattern(self) -> Pattern:
        """Return the pattern that the entry writes down."""
        number = None if self.number is None else Decimal(str(self.number))
        return Pattern(
            tuple(self.all),
            tuple(self.any),
            number,
            tuple(self.unit),
            Decimal(str(self.tol)),
            self.date,
            tuple(self.near),
        )


class FactModel(_Model):
    """Something that an answer should say, because a span of a document says so."""

    id: Slug
    weight: Weight
    claim: Text
    match: list[Match] = Field(min_length=1)
    unless: list[Form] = Field(default=[], description="A statement with one of these does not express the fact.")
    evidence: list[Annotated[list[Quote], Field(min_length=1)]] = Field(
        min_length=1, description="Alternatives; each is a set of quotes that together state the fact."
    )
    inferred: bool = Field(
        default=False, description="The matcher need not fire on the evidence: the fact is a conclusion."
    )


class ForbiddenModel(_Model):
    """Something that no answer may say."""

    id: Slug
    severity: Severity
    claim: Text
    match: list[Match] = Field(min_length=1)
    unless: list[Form] = []


class OverlayModel(_Model):
    """A document that is added to the corpus for this case only."""

    name: Annotated[str, StringConstraints(pattern=r"^[\w-]+\.(txt|md)$")]
    text: Text


class CaseModel(_Model):
    """One question in one language."""

    id: Slug
    cluster: Slug = Field(description="Translations and paraphrases of one question share it.")
    lang: Language
    question: Text
    kind: Kind
    tags: list[Slug]
    languages: list[Language] = Field(default=["de", "en"], description="The languages that the cluster owes.")
    overlay: list[OverlayModel] = []
    facts: list[FactModel]
    forbidden: list[ForbiddenModel] = []


class GoldFile(RootModel[list[CaseModel]]):
    """A gold file: a list of cases, one file a document or theme."""

    model_config = ConfigDict(strict=True)


def json_schema() -> str:
    """Return the JSON Schema of a gold file, as it is committed."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **GoldFile.model_json_schema()}
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(json_schema(), encoding="utf-8")
