"""Which gold facts a reply expresses, and in which of its statements; which forbidden claims it makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.text.match import Wording, says

from .cases import Case, DocSpan, Fact, Forbidden
from .replies import Cited, Reply, Said


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim found in a statement: its number, and the words that gave it away."""

    statement: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactFound:
    """A fact, where it is said (nowhere where ``findings`` is empty), and whether that is backed.

    ``cited``: the citations of the statements that say it cover, together, every span of one of
    its evidence sets at least half.
    """

    fact: Fact
    findings: tuple[Finding, ...]
    cited: bool

    @property
    def expressed(self) -> bool:
        """Whether a statement says it."""
        return bool(self.findings)


@dataclass(frozen=True, slots=True)
class ClaimFound:
    """A forbidden claim, and where it is made."""

    claim: Forbidden
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A reply, read against its case. Facts that nothing can recognise in words are left out."""

    facts: tuple[FactFound, ...]
    claims: tuple[ClaimFound, ...]

    def expressed(self, weight: str | None = None) -> tuple[FactFound, ...]:
        """Return the facts that are said, of one weight or of both."""
        return tuple(f for f in self.facts if f.expressed and weight in (None, f.fact.weight))

    def by_statement(self, statement: int) -> tuple[Fact, ...]:
        """Return the facts that one statement says."""
        return tuple(f.fact for f in self.facts if any(one.statement == statement for one in f.findings))

    @property
    def blocked(self) -> bool:
        """Whether a blocking forbidden claim is made."""
        return any(found.claim.severity == "block" for found in self.claims)


def read(case: Case, reply: Reply) -> Reading:
    """Read what a reply says; an abstention or an error says nothing."""
    return read_statements(case, reply.statements if reply.outcome == "answered" else ())


def read_statements(case: Case, statements: Sequence[Said]) -> Reading:
    """Read statements against the facts and forbidden claims of a case."""
    wordings = [_wording(said.text, said.language) for said in statements]
    facts: list[FactFound] = []
    for fact in case.facts:
        if fact.patterns:
            found = _findings(fact, wordings)
            citations = [c for one in found for c in statements[one.statement].citations]
            facts.append(FactFound(fact, found, is_covered(fact.evidence, citations)))
    claims = (ClaimFound(claim, _findings(claim, wordings)) for claim in case.forbidden)
    return Reading(tuple(facts), tuple(found for found in claims if found.findings))


def is_covered(evidence: Iterable[Sequence[DocSpan]], citations: Sequence[Cited]) -> bool:
    """Say whether the citations cover every span of one evidence set at least half, all taken together."""
    spans = [citation.span for citation in citations]
    return any(all(covered(span, spans) >= 0.5 for span in alternative) for alternative in evidence)


def covered(span: DocSpan, by: Iterable[DocSpan]) -> float:
    """Return the share of a span's characters that lie in any of the others."""
    inside = {
        at for other in by if span.shared(other) for at in range(max(span.start, other.start), min(span.end, other.end))
    }
    return len(inside) / (span.end - span.start)


@lru_cache(maxsize=4096)
def _wording(text: str, language: str | None) -> Wording:
    # The same sentences come back for many questions.
    return Wording(text, language)


def _findings(claim: Fact | Forbidden, wordings: Sequence[Wording]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for number, wording in enumerate(wordings):
        spans = says(claim.patterns, claim.unless, wording)
        if spans:
            found.append(Finding(number, tuple(span.of(wording.text) for span in spans)))
    return tuple(found)
