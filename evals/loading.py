"""Gold files to cases: YAML, then the schema, then quotes to offsets, then the rules."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from .cases import Case, DocSpan, Fact, Forbidden, Overlay, Place
from .corpus import Corpus, normal
from .errors import BadGold, NotMeasurable
from .nodes import BadYaml, line_of, load
from .nodes import Path as NodePath
from .rules import broken_rules
from .schema import CaseModel, FactModel, ForbiddenModel, GoldFile, Quote


class _File:
    """One gold file while it is read: where things stand in it, and what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.shown = _shown(path)
        self.problems: list[tuple[Place, str]] = []
        self.lines: dict[NodePath, int] = {}
        self.models: list[CaseModel] = []
        try:
            value, self.lines = load(path.read_text(encoding="utf-8"))
            self.models = GoldFile.model_validate(value).root
        except BadYaml as error:
            self.problems.append((Place(self.shown, error.line), str(error)))
        except UnicodeDecodeError:
            self.problems.append((Place(self.shown, 1), "not UTF-8"))
        except ValidationError as error:
            for one in error.errors():
                # Without the number of the case: what two cases share by an alias is one problem.
                where = ".".join(str(part) for part in one["loc"][1:]) or "the file"
                self.problems.append((self.place(*one["loc"]), f"{where}: {one['msg']}"))

    def place(self, *path: str | int) -> Place:
        return Place(self.shown, line_of(self.lines, path))


def load_gold(folder: Path, corpus: Corpus) -> list[Case]:
    """Return the cases of all ``*.yaml`` files of a folder, in the order of files and lines.

    Raises:
        BadGold: a file is not what the schema says, a quote cannot be resolved, or a rule is
            broken; all problems found are reported at once, each with file and line.
        NotMeasurable: there are no files.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise NotMeasurable(f"No gold in {folder}: there are no *.yaml files.", hint="Name the folder: --gold FOLDER")
    files = [_File(path) for path in paths]
    cases = [_case(file, at, model, corpus) for file in files for at, model in enumerate(file.models)]
    problems = [problem for file in files for problem in file.problems]
    if not problems:
        problems = list(broken_rules(cases, corpus))
    if problems:
        raise BadGold(problems)
    return cases


def gold_fingerprint(folder: Path) -> str:
    """Return the sha256 over the gold files' names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _shown(path: Path) -> str:
    """Return a path that means the same on every machine: below the working directory, else its end."""
    full = path.absolute()
    here = Path.cwd()
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else "/".join(full.parts[-3:])


def _case(file: _File, at: int, model: CaseModel, corpus: Corpus) -> Case:
    place = file.place(at, "id")
    overlay = tuple(Overlay(one.name, normal(one.text)) for one in model.overlay)
    for one in overlay:
        if one.name in corpus.texts:
            file.problems.append((file.place(at, "overlay"), f"the corpus has a document {one.name} already"))
    whole = corpus.with_overlay(overlay)
    return Case(
        id=model.id,
        cluster=model.cluster,
        language=model.lang,
        question=model.question,
        kind=model.kind,
        tags=tuple(model.tags),
        facts=tuple(_fact(file, (at, "facts", n), fact, whole) for n, fact in enumerate(model.facts)),
        forbidden=tuple(_forbidden(file, (at, "forbidden", n), one) for n, one in enumerate(model.forbidden)),
        overlay=overlay,
        place=place,
        owes=tuple(model.languages),
    )


def _fact(file: _File, path: NodePath, model: FactModel, corpus: Corpus) -> Fact:
    evidence: list[tuple[DocSpan, ...]] = []
    for n, alternative in enumerate(model.evidence):
        spans = (_resolve(file, (*path, "evidence", n, m), quote, corpus) for m, quote in enumerate(alternative))
        evidence.append(tuple(span for span in spans if span is not None))
    return Fact(
        id=model.id,
        weight=model.weight,
        claim=model.claim,
        patterns=tuple(match.pattern() for match in model.match),
        unless=tuple(model.unless),
        evidence=tuple(evidence),
        place=file.place(*path, "id"),
        inferred=model.inferred,
    )


def _forbidden(file: _File, path: NodePath, model: ForbiddenModel) -> Forbidden:
    patterns = tuple(match.pattern() for match in model.match)
    return Forbidden(model.id, model.severity, model.claim, patterns, tuple(model.unless), file.place(*path, "id"))


def _resolve(file: _File, path: NodePath, quote: Quote, corpus: Corpus) -> DocSpan | None:
    """Return where a quote stands; where it is not to be found exactly once, note why."""
    text = corpus.texts.get(quote.doc)
    if text is None:
        file.problems.append((file.place(*path), f"no document {quote.doc}"))
        return None
    prefix, words = normal(quote.prefix or ""), normal(quote.quote)
    starts: list[int] = []
    at = text.find(prefix + words)
    while at >= 0:
        starts.append(at + len(prefix))
        at = text.find(prefix + words, at + 1)
    if len(starts) != 1:
        how = (
            f"stands {len(starts)} times in {quote.doc}; give a prefix" if starts else f"does not stand in {quote.doc}"
        )
        file.problems.append((file.place(*path), f"the quote {words!r} {how}"))
        return None
    return DocSpan(quote.doc, starts[0], starts[0] + len(words))
