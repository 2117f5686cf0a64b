"""One case, side by side: what was answered, which words gave a fact away, and what gold rests on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rag import FixInput

from .saved import Record

_LEAST = 60


def explain(records: Sequence[Record], case: str, width: int = 100) -> str:
    """Return the explanation of a case.

    Raises:
        FixInput: the run holds no such case.
    """
    record = next((r for r in records if r["id"] == case), None)
    if record is None:
        near = [r["id"] for r in records if case in r["id"]][:5]
        raise FixInput(f"The run holds no case {case!r}.", hint=f"Did you mean: {', '.join(near)}?" if near else "")
    return "\n".join(_lines(record, max(width, _LEAST)))


def _lines(r: Record, width: int) -> Iterator[str]:
    yield f"{r['id']}  ({r['kind']}, {r['place']})"
    yield from _wrapped(r["question"], "", width)
    right = {"answer": "to answer", "abstain": "to abstain", "either": "to correct the premise, or to abstain"}
    yield f"Right is {right[r['expected']]}. It {_OUTCOMES[r['outcome']]} (probability {r['confidence']:.2f})."
    if r["error"]:
        yield r["error"]
    half = (width - 3) // 2
    if r["statements"]:
        yield ""
        yield f"{'ANSWER':<{half}} | CITED SOURCE"
        for number, said in enumerate(r["statements"]):
            sources = [f"{c['doc']} {c['start']}-{c['end']}: {c['quote']}" for c in said["citations"]] or [
                "(nothing is cited)"
            ]
            yield "-" * half + "-+-" + "-" * half
            yield from _columns(f"{number + 1}. {said['text']}", "\n".join(sources), half)
    yield ""
    for fact in r["facts"]:
        yield f"FACT {fact['id']} ({fact['weight']}, {fact['place']}): {fact['state']}"
        yield from _wrapped(fact["claim"], "  ", width)
        for found in fact["found"]:
            yield from _wrapped(f"matched in {found['statement'] + 1}: {' ... '.join(found['words'])}", "  ", width)
        for number, alternative in enumerate(fact["evidence"], 1):
            quotes = " + ".join(f"{e['doc']} {e['start']}-{e['end']}: {e['quote']}" for e in alternative)
            yield from _wrapped(f"evidence {number}: {quotes}", "  ", width)
    for claim in r["forbidden"]:
        words = "; ".join(" ... ".join(found["words"]) for found in claim["found"])
        yield from _wrapped(f"FORBIDDEN {claim['id']} ({claim['severity']}): {claim['claim']} [{words}]", "", width)
    yield ""
    for name, value in r["metrics"].items():
        yield f"{name:30} {value:.3f}" if isinstance(value, int | float) else f"{name:30} {_why(value)}"


_OUTCOMES = {"answered": "answered", "abstained": "abstained", "error": "ended in an error"}


def _why(value: Record) -> str:
    state, why = next(iter(value.items()))
    return f"{state}: {why}"


def _columns(left: str, right: str, half: int) -> Iterator[str]:
    columns = [
        [line for part in text.split("\n") for line in textwrap.wrap(part, half) or [""]] for text in (left, right)
    ]
    for at in range(max(map(len, columns))):
        cells = [column[at] if at < len(column) else "" for column in columns]
        yield f"{cells[0]:<{half}} | {cells[1]}".rstrip()


def _wrapped(text: str, indent: str, width: int) -> Iterator[str]:
    yield from textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=f"{indent}  ")
