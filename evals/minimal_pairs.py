"""Minimal pairs: a span, and statements on it that hold or do not, the verdict known by their kind.

They measure the checks of ``rag.citations``, not an answer. A false statement differs from the span in
one point, which its kind names. Checks are tuned on the part ``tune`` and reported on ``report``,
``held``, ``blind``, ``sealed``, and on ``others`` and ``free``, which hands wrote that had not seen the checks; ``answers`` (looked
at) and ``replies`` are statements of answers to real questions. Each is a folder, and a span is in one of them with all of its statements. Once its verdicts were looked at, a part reports nothing any
more (``report`` is such a one): so those of ``UNREAD`` are never listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from .cases import Place
from .corpus import Corpus, normal
from .errors import BadGold, NotMeasurable
from .nodes import BadYaml, line_of, load
from .nodes import Path as NodePath
from .schema import Language, Slug, Text

PAIRS = Path(__file__).with_name("pairs")

PairKind: TypeAlias = Literal[
    "paraphrase", "translation", "swapped-figure", "altered-figure", "altered-date", "wrong-unit", "negation",
    "wrong-actor", "wrong-relation", "added-claim",
]  # fmt: skip
Half: TypeAlias = Literal["tune", "report", "held", "blind", "sealed", "others", "free", "answers", "replies"]
UNREAD: frozenset[Half] = frozenset(("held", "blind", "sealed", "others", "free", "replies"))
"""The parts whose verdicts nobody looks at one by one."""
TRUE: frozenset[PairKind] = frozenset(("paraphrase", "translation"))
"""The kinds whose statements the span backs; all others must be dropped."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class StatementModel(_Model):
    """Something said on a span; the kind says whether the span backs it."""

    kind: PairKind
    lang: Language
    text: Text


class SpanModel(_Model):
    """A span and what is said on it. With ``doc`` it is verbatim text of that document.

    ``more`` are further sentences that the statements cite beside it, in its language.
    """

    id: Slug
    lang: Language
    quote: Text
    more: list[Text] = []
    doc: Text | None = None
    statements: list[StatementModel] = Field(min_length=2)


class PairFile(RootModel[list[SpanModel]]):
    """A file of minimal pairs: a list of spans."""

    model_config = ConfigDict(strict=True)


@dataclass(frozen=True, slots=True)
class MinimalPair:
    """A statement and the span that it claims to rest on."""

    span: str
    half: Half
    quote: str
    quote_language: str
    kind: PairKind
    language: str
    text: str
    more: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the span backs the statement."""
        return self.kind in TRUE

    @property
    def crosses(self) -> bool:
        """Whether statement and span are of two languages."""
        return self.language != self.quote_language


def load_pairs(corpus: Corpus, folder: Path = PAIRS) -> list[MinimalPair]:
    """Return the pairs of all ``*.yaml`` in the parts of a folder, in the order of files and lines.

    Refused: a quote that does not stand in its document, two spans of one name, a statement that
    stands twice or repeats its span, a span without a statement that holds or without one that does not.

    Raises:
        BadGold: a file is not sound; all problems are reported at once.
        NotMeasurable: there are no files.
    """
    paths = [(half, path) for half in get_args(Half) for path in sorted((folder / half).glob("*.yaml"))]
    if not paths:
        raise NotMeasurable(f"No minimal pairs in {folder}.", hint="Name their folder: rag eval pairs --pairs FOLDER")
    problems: list[tuple[Place, str]] = []
    pairs: list[MinimalPair] = []
    names: set[str] = set()
    for half, path in paths:
        spans, lines = _read(path, f"{half}/{path.name}", problems)
        for at, span in enumerate(spans):
            place = Place(f"{half}/{path.name}", line_of(lines, (at, "id")))
            problems += [(place, f"{span.id}: {what}") for what in _unsound(span, corpus, names)]
            names.add(span.id)
            pairs += _pairs(span, half)
    if problems:
        raise BadGold(problems)
    return pairs


def _read(path: Path, shown: str, problems: list[tuple[Place, str]]) -> tuple[list[SpanModel], dict[NodePath, int]]:
    lines: dict[NodePath, int] = {}
    try:
        value, lines = load(path.read_text(encoding="utf-8"))
        return PairFile.model_validate(value).root, lines
    except BadYaml as error:
        problems.append((Place(shown, error.line), str(error)))
    except UnicodeDecodeError:
        problems.append((Place(shown, 1), "not UTF-8"))
    except ValidationError as error:
        for one in error.errors():
            where = ".".join(map(str, one["loc"][1:])) or "the file"
            problems.append((Place(shown, line_of(lines, one["loc"])), f"{where}: {one['msg']}"))
    return [], lines


def _unsound(span: SpanModel, corpus: Corpus, names: set[str]) -> Iterator[str]:
    if span.id in names:
        yield "another span has this id"
    if span.doc is not None and corpus.texts.get(span.doc, "").count(normal(span.quote)) != 1:
        yield f"the quote does not stand once in {span.doc}"
    texts = [" ".join(one.text.split()) for one in span.statements]
    if len(set(texts)) < len(texts):
        yield "a statement stands twice"
    if " ".join(span.quote.split()) in texts:
        yield "a statement repeats the span"
    if len({one.kind in TRUE for one in span.statements}) < 2:
        yield "it needs a statement that holds and one that does not"


def _pairs(span: SpanModel, half: Half) -> Iterator[MinimalPair]:
    for one in span.statements:
        more = tuple(map(normal, span.more))
        yield MinimalPair(span.id, half, normal(span.quote), span.lang, one.kind, one.lang, normal(one.text), more)
