"""Nine ways to be wrong, each a small pipeline behind an honest one; the gate must block them all."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from .cases import DocSpan
from .corpus import Corpus
from .gate import StepName
from .replies import Cited, Reply, Said
from .stats import SEED

Chunks = Mapping[str, Sequence[DocSpan]]
Replies = Sequence[Reply]
_DIGITS = re.compile(r"\d+")
_EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Sabotage:
    """A pipeline that spoils honest replies, and the step of the gate that has to block it."""

    name: str
    spoil: Callable[[Replies, Corpus, Chunks], list[Reply]]
    blocked_by: StepName


def always_answer(replies: Replies, corpus: Corpus, chunks: Chunks) -> list[Reply]:
    """Say the nearest sentences where the question should be refused."""
    del corpus, chunks
    return [replace(r, outcome="answered", statements=r.nearest) if r.outcome == "abstained" else r for r in replies]


def always_abstain(replies: Replies, corpus: Corpus, chunks: Chunks) -> list[Reply]:
    """Never say anything."""
    del corpus, chunks
    return [replace(r, outcome="abstained", statements=(), nearest=r.statements) for r in replies]


def dump_context(replies: Replies, corpus: Corpus, chunks: Chunks) -> list[Reply]:
    """Hand over every chunk that was retrieved, beside the answer."""
    del chunks
    return [_saying(r, [*r.statements, *(_quote(corpus, chunk) for chunk in r.retrieved)]) for r in replies]


def no_citations(replies: Replies, corpus: Corpus, chunks: Chunks) -> list[Reply]:
    """Say the same without any evidence."""
    del corpus, chunks
    return [_saying(r, [replace(said, citations=()) for said in r.statements]) for r in replies]


def shuffled_citations(replies: Replies, corpus: Corpus, chunks: Chunks) -> list[Reply]:
    """Give every statement the citations of another one, of an answer far away."""
    del corpus, chunks
    citations = [said.citations for r in replies for said in r.statements]
    half = len(citations) // 2
    others = iter(citations[half:] + citations[:half])
    return [_saying(r, [replace(said, citations=next(others)) for said in r.statements]) for r in replies]


def off_by_one_span(replies: Replies, corpus: Corpus, chunks: Chunks) -> list[Reply]:
    """Let every citation point one character further."""
    del corpus, chunks
    return [
        _saying(r, [replace(said, citations=tuple(map(_moved, said.citations))) for said in r.statements])
        for r in replies
    ]


def wrong_number(replies: Replies, corpus: Corpus, chunks: Chunks) -> list[Reply]:
    """Add one to every figure that is said."""
    del corpus, chunks
    return [
        _saying(r, [replace(said, text=_DIGITS.sub(lambda m: str(int(m[0]) + 1), said.text)) for said in r.statements])
        for r in replies
    ]


def random_retriever(replies: Replies, corpus: Corpus, chunks: Chunks) -> list[Reply]:
    """Answer from chunks drawn at random, cited with care."""
    dice = random.Random(SEED)
    everything = [chunk for name in sorted(chunks) for chunk in chunks[name]]
    spoiled: list[Reply] = []
    for r in replies:
        drawn = dice.sample(everything, min(len(everything), len(r.retrieved)))
        excerpts = (replace(c, end=min(c.end, c.start + _EXCERPT)) for c in drawn)
        said = [_quote(corpus, excerpt) for excerpt in islice(excerpts, len(r.statements))]
        spoiled.append(replace(_saying(r, said), retrieved=tuple(drawn)))
    return spoiled


def english_only(replies: Replies, corpus: Corpus, chunks: Chunks) -> list[Reply]:
    """Know only what English documents say."""
    del corpus, chunks
    return [_saying(r, [said for said in r.statements if said.language == "en"]) for r in replies]


SABOTAGES = (
    Sabotage("always_answer", always_answer, "ratchet"),
    Sabotage("always_abstain", always_abstain, "ratchet"),
    Sabotage("dump_context", dump_context, "ratchet"),
    Sabotage("no_citations", no_citations, "ratchet"),
    Sabotage("shuffled_citations", shuffled_citations, "ratchet"),
    Sabotage("off_by_one_span", off_by_one_span, "invariants"),
    Sabotage("wrong_number", wrong_number, "ratchet"),
    Sabotage("random_retriever", random_retriever, "ratchet"),
    Sabotage("english_only", english_only, "ratchet"),
)


def _saying(reply: Reply, statements: Sequence[Said]) -> Reply:
    """Return the reply with other statements; with none left it abstains. A refusal stays one."""
    if reply.outcome != "answered":
        return reply
    return replace(reply, statements=tuple(statements), outcome="answered" if statements else "abstained")


def _quote(corpus: Corpus, span: DocSpan) -> Said:
    text = corpus.of(span) or ""
    return Said(" ".join(text.split()), None, (Cited(span, text),))


def _moved(citation: Cited) -> Cited:
    span = citation.span
    return replace(citation, span=DocSpan(span.document, span.start + 1, span.end + 1))
