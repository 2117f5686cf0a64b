"""The committed pairs are sound, and unsound ones are refused with file and line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from evals.corpus import Corpus, read_corpus
from evals.errors import BadGold, NotMeasurable
from evals.minimal_pairs import MinimalPair, load_pairs
from evals.pair_report import Outcome, as_text, rejecting
from tests.conftest import SEEDS

SOUND = """
- id: geese
  lang: de
  quote: "Acht Gänse flogen."
  statements:
  - {kind: translation, lang: en, text: "Eight geese flew."}
  - {kind: altered-figure, lang: en, text: "Nine geese flew."}
"""


def test_there_are_three_hundred_pairs_of_every_kind_in_both_languages() -> None:
    pairs = load_pairs(read_corpus(SEEDS))

    assert len(pairs) >= 300
    assert min(Counter((pair.kind, pair.language) for pair in pairs).values()) >= 5
    assert {pair.quote_language for pair in pairs} == {"de", "en"}


def test_each_part_holds_a_hundred_statements_at_least() -> None:
    parts = Counter(pair.half for pair in load_pairs(read_corpus(SEEDS)))

    assert set(parts) == {"tune", "report", "held", "blind", "sealed", "others", "free", "answers", "replies"}
    assert min(parts.values()) >= 100


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("lang: de\n", "lang: de\n  doc: no.txt\n"), "does not stand once in no.txt"),
        (('"Nine geese flew."', '"Eight geese flew."'), "stands twice"),
        (('"Nine geese flew."', '"Acht Gänse  flogen."'), "repeats the span"),
        (("altered-figure", "paraphrase"), "one that does not"),
        (("altered-figure", "altered-goose"), "tune/pairs.yaml:7"),
        (("kind:", "sort:"), "Extra inputs are not permitted"),
        (("- id: geese", "- id: geese\n  id: ducks"), "stands twice"),
        (("Acht Gänse", "Acht \udcff"), "not UTF-8"),
    ],
)
def test_what_is_not_sound_is_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    text = SOUND.replace(*change)
    assert text != SOUND
    (tmp_path / "tune").mkdir()
    (tmp_path / "tune" / "pairs.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(BadGold, match=said):
        load_pairs(Corpus({}), tmp_path)


def test_a_span_may_not_be_named_twice_not_even_in_both_halves(tmp_path: Path) -> None:
    for half in ("tune", "report"):
        (tmp_path / half).mkdir()
        (tmp_path / half / "a.yaml").write_text(SOUND, encoding="utf-8")

    with pytest.raises(BadGold, match=r"report/a\.yaml:2: geese: another span has this id"):
        load_pairs(Corpus({}), tmp_path)


def test_a_folder_without_pairs_measures_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotMeasurable):
        load_pairs(Corpus({}), tmp_path)


def test_a_report_counts_which_check_rejects_what_is_true() -> None:
    reasons = [
        "",
        "not as the cited spans say it: likeness 0.60",
        "not in the cited spans: 12",
        "the judge objects: no",
    ]
    found = [
        Outcome(MinimalPair("a", "tune", "A goose.", "en", "translation", "de", str(at)), reason)
        for at, reason in enumerate(reasons)
    ]

    assert rejecting(found) == {"translation": {"likeness": 1, "literals": 1, "the judge objects": 1}}
    assert "translation                            likeness 1, literals 1, the judge objects 1" in as_text(
        found, "tune"
    )
