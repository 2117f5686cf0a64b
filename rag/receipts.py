"""An answer as a file that anyone can check again: offline, without a model.

A receipt is one JSON object: the fields of ``Answer``, and ``schema`` and ``beleg`` (the version
that wrote it). Its JSON Schema is ``docs/receipt.schema.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Literal, TypeAlias

from rag.checks.literals import is_verbatim, unbacked_literals
from rag.errors import FixInput
from rag.records import Answer, Citation, Document, Passage, Statement
from rag.text.language import detect
from rag.wire import plain

SCHEMA = 2
READABLE = (1, 2)
"""Schemas that this version reads; the second added what only optional fields hold."""
_CHANGED = "The file was changed or cut short."

_OWN_WORDS = "generative"
"""How the name of the reader begins whose statements may be in other words than their quotes."""

Wording: TypeAlias = Literal["verbatim", "without the model", "not checked", "no statements"]
Verdict: TypeAlias = Literal["holds", "moved", "changed", "missing", "mislabelled"]
Outcome: TypeAlias = Literal["holds", "nearest hold", "no quotes", "broken"]
Cited: TypeAlias = Citation | Passage
_Quote: TypeAlias = tuple[str, str | None]
CurrentDocument = Callable[[Cited], Document | None]
"""A citation, or a quote of a refusal, to the document as it is now, stored or on disk; None where there is none."""


@dataclass(frozen=True, slots=True)
class CheckedCitation:
    """What became of a citation: ``holds`` where the quote stands at its offsets.

    ``moved`` (it stands at ``now`` instead), ``changed`` (it stands nowhere any more), ``missing``
    (the document is gone) and ``mislabelled`` (the quote stands there, and ``differs`` names what is said of the document
    and is not so) mean that the citation broke. ``other_version``: the document is another version of itself
    than was cited, so that only the quote can be compared. ``now_in`` is the document that holds the text of a ``missing``
    one now, which was renamed or moved; ``now`` is then where the quote stands in it, and ``differs`` is said of it.
    """

    number: int
    document: str
    start: int
    end: int
    verdict: Verdict
    now: int | None = None
    differs: tuple[str, ...] = ()
    other_version: bool = False
    now_in: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """All citations of a receipt checked; ``unbacked`` names the statements that are not backed by their quotes.

    ``wording`` says how far that was checked for the statement that was checked least: ``verbatim`` (all are their
    quotes), ``without the model`` (those in other words were held by figures, names, words and who did what, not by
    meaning), ``not checked`` (a statement is in another language than its quotes: by figures, names and dates alone) or
    ``no statements`` (a refusal). ``nearest`` are the quotes of a refusal, checked like citations. ``changed_files`` are the
    stored documents that were checked and whose files hold something else by now: that breaks nothing.
    """

    question: str
    citations: tuple[CheckedCitation, ...]
    unbacked: tuple[str, ...]
    wording: Wording = "not checked"
    nearest: tuple[CheckedCitation, ...] = ()
    changed_files: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing broke."""
        return not self.unbacked and all(c.verdict == "holds" for c in (*self.citations, *self.nearest))


def outcome(result: Verification) -> Outcome:
    """Return whether a receipt holds, and which quotes of it do: its citations, or what came nearest in a refusal."""
    if not result.holds:
        return "broken"
    if result.wording != "no statements":
        return "holds"
    return "nearest hold" if result.nearest else "no quotes"


def verification_json(result: Verification) -> dict[str, Any]:
    """Return what a check found as plain JSON values, its verdict included."""
    return {**plain(result), "holds": result.holds}


def to_json(answer: Answer, *, candidates: bool = False) -> dict[str, Any]:
    """Return the receipt of an answer as plain JSON values; candidates only if asked for."""
    from rag import __version__

    values = {"schema": SCHEMA, "beleg": __version__, **plain(answer)}
    if not candidates:
        values["candidates"] = []
    return values


def from_json(text: str | bytes) -> Answer:
    """Read a receipt.

    Raises:
        FixInput: it is no JSON, no receipt, or of a schema that this version does not know.
    """
    from pydantic import ValidationError

    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FixInput(
            f"Not a receipt: it is no JSON ({error}).", hint="Make one: rag ask QUESTION --receipt FILE"
        ) from error
    if not isinstance(values, dict) or "schema" not in values:
        raise FixInput("Not a receipt: it has no `schema`.", hint="Make one: rag ask QUESTION --receipt FILE")
    schema = values.pop("schema")
    if type(schema) is not int or schema not in READABLE:
        known = ", ".join(map(str, READABLE))
        raise FixInput("The receipt is of another schema than this version of Beleg reads.", hint=f"Known: {known}.")
    if not isinstance(values.pop("beleg", None), str):
        raise FixInput("Not a receipt: it does not say which version of Beleg wrote it.", hint=_CHANGED)
    try:
        answer = _adapter().validate_json(json.dumps(values))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "as a whole"
        raise FixInput(f"Not a receipt: {where}: {first['msg']}.", hint=_CHANGED) from error
    if contradiction := _contradiction(answer):
        raise FixInput(f"Not a receipt: {contradiction}.", hint=_CHANGED)
    return answer


def _contradiction(answer: Answer) -> str | None:
    """Return what no answer of Beleg's can look like, in words, or None."""
    if any(not 0 <= n < len(answer.citations) for statement in answer.statements for n in statement.citations):
        return "a statement cites what is not listed"
    if any(not 0 <= place.start <= place.end for place in (*answer.citations, *answer.nearest)):
        return "a citation's offsets are no span"
    if any(not 0 <= told.citation < len(answer.citations) for conflict in answer.conflicts for told in conflict.told):
        return "a conflict cites what is not listed"
    if any(_leads_out(place.document) for place in (*answer.citations, *answer.nearest)):
        return "a citation names a file outside of its folder"
    if (answer.status == "answered") != bool(answer.statements):
        return "its status and its statements contradict each other"
    return None


def _leads_out(name: str) -> bool:
    """Say whether a document's name would be looked for outside of the folder it is checked in."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a receipt."""
    schema = _adapter().json_schema()
    schema["title"] = "Receipt"
    schema["properties"] = {
        "schema": {"enum": list(READABLE), "description": "Version of this schema."},
        "beleg": {"type": "string", "description": "Version of Beleg that wrote the receipt."},
        **schema["properties"],
    }
    schema["required"] = ["schema", "beleg", *schema["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def verify(answer: Answer, current: CurrentDocument, same_text: CurrentDocument = lambda _: None) -> Verification:
    """Check every citation of an answer against the documents as they are now.

    ``same_text`` finds the document that holds the cited version under another name, where the cited document is gone. The
    citation broke all the same: else one in which a document's name was exchanged would hold.

    Statements are held against their own quotes too, so a receipt whose wording was tampered with
    is found out even where its quotes hold: by the checks that they passed when the answer was given, as far as these need
    no model. ``Verification.wording`` says how far that went. Which language a quote is in is asked of the document.
    """
    checked: list[CheckedCitation] = []
    quotes: list[_Quote] = []
    for number, citation in enumerate(answer.citations, 1):
        document = _meant(citation, current)
        checked.append(_check(number, citation, document, same_text))
        quotes.append((citation.quote, citation.language if document is None else document.info.language))
    nearest = tuple(
        _check(number, one, _meant(one, current), same_text) for number, one in enumerate(answer.nearest, 1)
    )
    held = [
        _held(statement, [quotes[n] for n in statement.citations], answer.reader) for statement in answer.statements
    ]
    unbacked = tuple(f"{one.text} ({why})" for one, (why, _) in zip(answer.statements, held, strict=True) if why)
    return Verification(answer.question, tuple(checked), unbacked, _least(held), nearest)


def _least(held: Sequence[tuple[str, Wording]]) -> Wording:
    """Return how far the statement was checked that was checked least."""
    levels: tuple[Wording, ...] = ("not checked", "without the model", "verbatim")
    for level in levels:
        if any(level == one for _, one in held):
            return level
    return "no statements"


def _held(statement: Statement, quotes: Sequence[_Quote], reader: str) -> tuple[str, Wording]:
    """Return why a statement is not backed by its quotes, or "", and how far its wording was checked."""
    if not quotes:
        return "no citation", "not checked"
    missing: list[str] = []
    wording: Wording = "verbatim"
    if not is_verbatim(statement.text, [quote for quote, _ in quotes]):
        # As the reader does it: the label stands in only where a text does not show its language.
        spoken = detect(statement.text, default=statement.language)
        missing = unbacked_literals(statement.text, spoken, quotes) or _reworded(statement, spoken, quotes)
        wording = "not checked" if all(language != spoken for _, language in quotes) else "without the model"
    if not reader.startswith(_OWN_WORDS) and not any(" ".join(quote.split()) == statement.text for quote, _ in quotes):
        missing = missing or ["wording"]
    return ", ".join(missing), wording


def _reworded(statement: Statement, spoken: str | None, quotes: Sequence[_Quote]) -> list[str]:
    """Return the checks of wording that a statement does not pass any more; a model is asked by none of them."""
    from rag.checks.combined import failing_without_model
    from rag.checks.wording import Said

    passed = statement.checks.scores if statement.checks is not None else None
    told = [Said(quote, language) for quote, language in quotes]
    return [f"wording: {name}" for name in failing_without_model(Said(statement.text, spoken), told, passed)]


def _meant(cited: Cited, current: CurrentDocument) -> Document | None:
    document = current(cited)
    return document if document is not None and document.info.name == cited.document else None


def _check(number: int, cited: Cited, document: Document | None, same_text: CurrentDocument) -> CheckedCitation:
    def result(verdict: Verdict, now: int | None = None, differs: tuple[str, ...] = ()) -> CheckedCitation:
        other = document is not None and document.info.version != cited.version
        return CheckedCitation(number, cited.document, cited.start, cited.end, verdict, now, differs, other)

    if document is None:
        return _renamed(result("missing"), cited, same_text)
    if not cited.quote.strip():
        return result("changed")
    if document.text[cited.start : cited.end] == cited.quote:
        differs = _differs(cited, document)
        return result("mislabelled", differs=differs) if differs else result("holds")
    elsewhere = document.text.find(cited.quote)
    return result("moved", elsewhere) if elsewhere >= 0 else result("changed")


def _renamed(gone: CheckedCitation, cited: Cited, same_text: CurrentDocument) -> CheckedCitation:
    """Return what became of a citation whose document is gone, with where its text is now, if it is anywhere."""
    document = same_text(cited)
    if document is None:
        return gone
    there = _check(gone.number, cited, document, same_text)
    now = cited.start if there.verdict in ("holds", "mislabelled") else there.now
    return replace(gone, now=now, now_in=document.info.name, differs=there.differs)


def _differs(cited: Cited, document: Document) -> tuple[str, ...]:
    """Return what a citation says of its document and is not so; another version may well have another title."""
    d = document.info
    if d.version != cited.version:
        return ()
    told = {"title": (cited.title, d.title), "date": (cited.date, d.date), "language": (cited.language, d.language)}
    return tuple(name for name, (said, stored) in told.items() if said != stored)


@cache
def _adapter() -> Any:
    from pydantic import ConfigDict, TypeAdapter, with_config

    return TypeAdapter(with_config(ConfigDict(extra="forbid", strict=True, allow_inf_nan=False))(Answer))
