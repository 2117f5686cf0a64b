"""A corpus of two documents, and short ways to write cases and replies about it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from evals.cases import Case, DocSpan, Fact, Forbidden, Place
from evals.corpus import Corpus
from evals.facts import read
from evals.replies import Cited, MadeBy, Reply, Said
from evals.results import Judged
from rag.text.match import Pattern

DE = "Die Löhne steigen um 3,5 Prozent. Das sagte Anna Berg am 2. Mai 2024. Der Streik endet."
EN = "Wages rise by 3.5 percent. Anna Berg said so on 2 May 2024. The strike ends."
CORPUS = Corpus({"de.txt": DE, "en.txt": EN})
PLACE = Place("gold/x.yaml", 3)
RAISE = Pattern(number=Decimal("3.5"), unit=("Prozent", "percent"))
WHO = Pattern(any_of=("Anna Berg",))


def span(text: str, document: str = "de.txt") -> DocSpan:
    start = CORPUS.texts[document].index(text)
    return DocSpan(document, start, start + len(text))


def cited(text: str, document: str = "de.txt") -> Cited:
    return Cited(span(text, document), text)


def said(text: str, *citations: Cited, language: str | None = "de") -> Said:
    return Said(text, language, citations)


def quoted(text: str, document: str = "de.txt") -> Said:
    return Said(text, document[:2], (cited(text, document),))


def fact(
    name: str = "raise", pattern: Pattern = RAISE, *evidence: tuple[DocSpan, ...], weight: str = "must", **more: Any
) -> Fact:
    return Fact(
        name,
        weight,
        f"claim of {name}",
        (pattern,),
        (),
        evidence or ((span("Die Löhne steigen um 3,5 Prozent"),),),
        PLACE,
        **more,
    )  # type: ignore[arg-type]


def case(
    *facts: Fact, kind: str = "single", name: str = "wages-de", forbidden: tuple[Forbidden, ...] = (), **more: Any
) -> Case:
    values = {
        "cluster": name.rpartition("-")[0] or name,
        "language": "de",
        "question": "Wie viel mehr?",
        "tags": (),
        "overlay": (),
        "place": PLACE,
    }
    return Case(id=name, kind=kind, facts=facts, forbidden=forbidden, **{**values, **more})  # type: ignore[arg-type]


def banned(severity: str = "block") -> Forbidden:
    return Forbidden("wrong", severity, "It is 5 percent.", (Pattern(number=Decimal(5), unit=("Prozent",)),), (), PLACE)  # type: ignore[arg-type]


def answer(*statements: Said, retrieved: tuple[DocSpan, ...] = (), **more: Any) -> Reply:
    return Reply("answered", statements, retrieved, made_by=MadeBy("extractive/1", None, "words"), **more)


def silence(**more: Any) -> Reply:
    return Reply("abstained", made_by=MadeBy("extractive/1", None, "words"), **more)


def judged(asked: Case, reply: Reply, chunks: tuple[DocSpan, ...] = ()) -> Judged:
    return Judged(asked, reply, read(asked, reply), CORPUS, chunks)


def write_corpus(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in CORPUS.texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


GOLD = """\
- id: wages-de
  cluster: wages
  lang: de
  question: Wie viel mehr Lohn gibt es?
  kind: single
  tags: [number]
  facts: &wages
  - id: raise
    weight: must
    claim: Wages rise by 3.5 percent.
    match:
    - {number: 3.5, unit: [Prozent, percent], near: ["Löhne*", "Wages"]}
    evidence:
    - [{doc: de.txt, quote: "Die Löhne steigen um 3,5 Prozent"}]
    - [{doc: en.txt, quote: "Wages rise by 3.5 percent"}]
  forbidden: &wages_forbidden
  - id: wrong
    severity: block
    claim: Wages rise by 5 percent.
    match:
    - {number: 5, unit: [Prozent, percent]}
- id: wages-en
  cluster: wages
  lang: en
  question: How much more pay is there?
  kind: single
  tags: [number]
  facts: *wages
  forbidden: *wages_forbidden
- id: cost-de
  cluster: cost
  lang: de
  question: Was kostet der Streik die Betriebe?
  kind: unanswerable
  tags: []
  languages: [de]
  facts: []
"""


def write_gold(folder: Path, text: str = GOLD) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    return folder
