"""How the checks do on minimal pairs: false accepts and false rejects by kind, with Wilson intervals."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.checks.judge import Judge
from rag.citations import Citer
from rag.embedding import HashedWords, WordEmbedder
from rag.records import DocumentInfo, DraftStatement, Dropped, Evidence, Span

from .minimal_pairs import TRUE, Half, MinimalPair, PairKind
from .stats import Interval, wilson


@dataclass(frozen=True, slots=True)
class Goal:
    """The highest share of wrong verdicts that some kinds, taken together, may have."""

    name: str
    kinds: frozenset[PairKind]
    most: float


GOALS: tuple[Goal, ...] = (
    Goal("swapped figures accepted", frozenset(("swapped-figure",)), 0.0),
    Goal("altered figures and dates accepted", frozenset(("altered-figure", "altered-date")), 0.0),
    Goal("negations accepted", frozenset(("negation",)), 0.15),
    Goal("wrong actors accepted", frozenset(("wrong-actor",)), 0.15),
    Goal("paraphrases rejected", frozenset(("paraphrase",)), 0.10),
    Goal("translations rejected", frozenset(("translation",)), 0.10),
)
"""What issue 5 asks of the half ``report``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the checks make of a pair; ``reason`` is empty where they let it pass."""

    pair: MinimalPair
    reason: str

    @property
    def accepted(self) -> bool:
        """Whether the statement would be said."""
        return not self.reason

    @property
    def by(self) -> str:
        """The check that rejects it, or an empty string."""
        told, _, named = self.reason.partition(": ")
        return named.partition(" ")[0] if told.startswith("not as") else "literals" if "spans" in told else told

    @property
    def wrong(self) -> bool:
        """Whether that is not what the pair's kind says."""
        return self.accepted != self.pair.holds


@dataclass(frozen=True, slots=True)
class Rate:
    """Wrong verdicts among ``n``: false accepts where the statements do not hold, else false rejects.

    ``interval`` is Wilson's, 95 %.
    """

    name: str
    wrong: int
    n: int
    interval: Interval
    most: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the share of wrong verdicts is at most the goal, where there is one."""
        return self.most is None or self.wrong <= self.most * self.n


def outcomes(
    pairs: Iterable[MinimalPair], embedder: WordEmbedder | None, judge: Judge | None = None
) -> Iterator[Outcome]:
    """Put each pair to a ``Citer`` as a draft of one statement on the spans that it cites."""
    for pair in pairs:
        texts = {f"{pair.span}-{at}": quote for at, quote in enumerate((pair.quote, *pair.more))}
        evidence = tuple(
            Evidence(
                DocumentInfo(name, "pairs", f"{name}.txt", "1", len(quote), None, pair.quote_language),
                Span(0, len(quote)),
            )
            for name, quote in texts.items()
        )
        checked = Citer(_stored(texts), {}, embedder, judge).check(
            DraftStatement(pair.text, evidence, 1.0, pair.language)
        )
        yield Outcome(pair, checked.reason if isinstance(checked, Dropped) else "")


def _stored(texts: Mapping[str, str]) -> Callable[[str, str, Span], str]:
    return lambda document, _version, span: span.of(texts[document])


def by_kind(found: Sequence[Outcome]) -> list[Rate]:
    """Return the rate of each kind that occurs, within a language and across."""
    rates: list[Rate] = []
    for kind in dict.fromkeys(one.pair.kind for one in found):
        own = [one for one in found if one.pair.kind == kind]
        rates.append(rate_of(kind, own))
        for crosses, name in ((False, "one language"), (True, "across")):
            part = [one for one in own if one.pair.crosses == crosses]
            if part and len(part) < len(own):
                rates.append(rate_of(f"  {name}", part))
    return rates


def rejecting(found: Sequence[Outcome]) -> dict[str, Counter[str]]:
    """Return for each kind whose statements hold how many of them each check rejects."""
    kinds = [kind for kind in dict.fromkeys(one.pair.kind for one in found) if kind in TRUE]
    return {kind: Counter(one.by for one in found if one.wrong and one.pair.kind == kind) for kind in kinds}


def goals(found: Sequence[Outcome]) -> list[Rate]:
    """Return the rate that each goal is about."""
    parts = [(goal, [one for one in found if one.pair.kind in goal.kinds]) for goal in GOALS]
    return [rate_of(goal.name, part, goal.most) for goal, part in parts if part]


def rate_of(name: str, found: Sequence[Outcome], most: float | None = None) -> Rate:
    """Return how many of some outcomes are wrong; at least one."""
    wrong = sum(one.wrong for one in found)
    return Rate(name, wrong, len(found), wilson(wrong, len(found)), most)


def as_text(found: Sequence[Outcome], half: Half | None) -> str:
    """Return the rates as a table, and the goals below."""
    spans = len({one.pair.span for one in found})
    lines = [f"{len(found)} statements on {spans} spans ({half or 'all'}); wrong verdicts, with 95 % Wilson intervals"]
    lines += [as_line(rate) for rate in by_kind(found)]
    lines += ["rejected by"]
    lines += [
        f"  {kind:38} {', '.join(f'{name} {times}' for name, times in by.most_common()) or 'none'}"
        for kind, by in rejecting(found).items()
    ]
    lines += [
        "goals",
        *(
            f"{as_line(rate)}  {'reached' if rate.reached else 'MISSED'} (at most {rate.most:.0%})"
            for rate in goals(found)
        ),
    ]
    return "\n".join(lines)


def as_line(rate: Rate) -> str:
    """Return a rate as a line of a table."""
    low, high = rate.interval
    return f"  {rate.name:38} {rate.wrong:3} of {rate.n:3}  {rate.wrong / rate.n:6.1%}  [{low:.1%}, {high:.1%}]"


def as_json(found: Sequence[Outcome]) -> str:
    """Return rates, goals and every wrong verdict as JSON."""
    wrong = [{**asdict(one.pair), "accepted": one.accepted, "reason": one.reason} for one in found if one.wrong]
    values = {
        "rates": [asdict(rate) for rate in by_kind(found)],
        "goals": [{**asdict(rate), "reached": rate.reached} for rate in goals(found)],
        "wrong": wrong,
    }
    return json.dumps(values, ensure_ascii=False, indent=1)


def run(docs: Path, folder: Path, half: Half | None, embedding: str) -> list[Outcome]:
    """Load the pairs and check them; ``half`` None takes both.

    Raises:
        BadGold: the pairs are not sound.
        NotMeasurable: there are none.
        FixSettings: there is no such embedder.
    """
    from rag.embedders import for_checks, make_embedder

    from .corpus import read_corpus
    from .minimal_pairs import load_pairs

    pairs = [pair for pair in load_pairs(read_corpus(docs), folder) if half in (None, pair.half)]
    embedder = make_embedder(embedding)
    return list(outcomes(pairs, embedder if isinstance(embedder, HashedWords) else for_checks(embedder)))
