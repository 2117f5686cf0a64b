from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from gold_builders import CORPUS, DE, GOLD, write_gold

from evals.corpus import read_corpus
from evals.errors import BadGold, NotMeasurable
from evals.loading import gold_fingerprint, load_gold
from evals.schema import SCHEMA_FILE, json_schema

SEEDS = Path(__file__).parents[2] / "seeds"
OURS = Path(__file__).parents[2] / "evals" / "gold"

BAD = {
    "an unknown key": ("lang: en", "lang: en\n  colour: red", r":25: .*colour"),
    "a missing key": ("  tags: []\n", "", r":30: .*tags"),
    "a value of another type": ('question: Was kostet der Streik die Betriebe?', "question: 5", r":33: .*question"),
    "an unknown kind": ("kind: unanswerable", "kind: easy", r":34: .*kind"),
    "a key given twice": ("  lang: en\n", "  lang: en\n  lang: de\n", r":25: the key 'lang' stands twice"),
    "no YAML": ("  lang: en", "  lang: [en", r":25: not YAML"),
    "no list": (GOLD, "id: x\n", r":1: the file"),
    "a form that YAML takes for a boolean": ("[Prozent, percent], near", "[no, percent], near", r":12: .*unit\.0"),
    "a form that is only a star": ('"Löhne*"', '"*"', r":12: .*near\.0"),
    "an empty entry": ('{number: 5, unit: [Prozent, percent]}', '{near: [Lohn]}', r":21: .*at least one"),
    "a unit without a number": ('{number: 5, unit: [Prozent, percent]}', '{any: [x], unit: [Prozent]}', r":21: .*belong to a number"),
    "a date that is none": ('{number: 5, unit: [Prozent, percent]}', '{date: "May"}', r":21: .*date"),
    "a fact without evidence": (re.compile(r"    evidence:\n.*\n.*\n"), "    evidence: []\n", r":13: .*evidence"),
    "a quote that stands nowhere": ("steigen um 3,5 Prozent\"", "fallen um 3,5 Prozent\"", r":14: .*does not stand in de.txt"),
    "a quote that stands twice": ('quote: "Die Löhne steigen um 3,5 Prozent"', 'quote: "en"', r":14: .*stands \d+ times"),
    "a prefix that does not lead there": ('quote: "Wages rise by 3.5 percent"', 'quote: "Wages rise by 3.5 percent", prefix: "All "', r":15: .*does not stand"),
    "an unknown document": ("doc: en.txt", "doc: fr.txt", r":15: no document fr.txt"),
    "a matcher that misses its evidence": ("number: 3.5", "number: 3.6", r":8: no matcher of raise fires on its evidence 1"),
    "a guard that silences its evidence": ("    evidence:", "    unless: [steigen]\n    evidence:", r":8: no matcher of raise"),
    "a matcher that fires on the question": ("Wie viel mehr Lohn gibt es?", "Steigen die Löhne um 3,5 Prozent?", r":8: .*fires on the question of wages-de"),
    "facts of an unanswerable question": ("languages: [de]\n  facts: []", "languages: [de]\n  facts: *wages", r":30: .*unanswerable has no facts"),
    "several documents out of one": ("question: Wie viel mehr Lohn gibt es?\n  kind: single", "question: Wie viel mehr Lohn gibt es?\n  kind: multi_document", r":1: multi_document, but de.txt alone"),
    "a language that is owed": ("  languages: [de]\n", "", r":30: the cluster cost owes the language en"),
    "an id given twice": ("id: cost-de", "id: wages-en", r":30: the id wages-en stands 2 times"),
    "a fact's id given twice": ("  forbidden: &wages_forbidden", "  - {id: raise, weight: nice, claim: c, match: [{any: [steigen, rise]}], evidence: [[{doc: de.txt, quote: steigen}]]}\n  forbidden: &wages_forbidden", r":8: the id raise stands twice"),
    "a forbidden claim that punishes the evidence": ("number: 5,", "number: 3.5,", r":17: the forbidden wrong fires on evidence of raise"),
    "an answerable question without facts": ("kind: unanswerable", "kind: single", r":30: .*needs a fact that must be said"),
    "an overlay under a taken name": ("  languages: [de]", "  languages: [de]\n  overlay: [{name: de.txt, text: x}]", r":37: the corpus has a document de.txt"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_gold_is_refused_with_file_and_line(name: str, tmp_path: Path) -> None:
    old, new, message = BAD[name]
    text = old.sub(new, GOLD) if isinstance(old, re.Pattern) else GOLD.replace(old, new, 1)
    assert text != GOLD

    with pytest.raises(BadGold, match=r"x\.yaml" + message) as caught:
        load_gold(write_gold(tmp_path / "gold", text), CORPUS)

    assert caught.value.exit_code == 4


def test_an_overlay_has_one_text_under_one_name(tmp_path: Path) -> None:
    refused = "- {id: %s-de, cluster: %s, lang: de, question: Was?, kind: unanswerable, tags: [], languages: [de], facts: [], overlay: [{name: more.txt, text: %s}]}\n"

    with pytest.raises(BadGold, match=r"x\.yaml:2: the overlay more\.txt has another text"):
        load_gold(write_gold(tmp_path / "gold", refused % ("a", "a", "x") + refused % ("b", "b", "y")), CORPUS)


def test_quotes_become_offsets_and_shared_facts_stay_shared(tmp_path: Path) -> None:
    german, english, refused = load_gold(write_gold(tmp_path / "gold"), CORPUS)

    ((evidence,), _) = german.facts[0].evidence
    assert DE[evidence.start : evidence.end] == "Die Löhne steigen um 3,5 Prozent"
    assert german.facts == english.facts
    assert (german.place.line, german.facts[0].place.line, english.place.line) == (1, 8, 22)
    assert [c.expected for c in (german, english, refused)] == ["answer", "answer", "abstain"]


def test_a_prefix_says_which_of_two_is_meant(tmp_path: Path) -> None:
    text = GOLD.replace('quote: "Die Löhne steigen um 3,5 Prozent"', 'quote: "en", prefix: "steig"')
    text = text.replace("    evidence:", "    inferred: true\n    evidence:")

    (first, _, _) = load_gold(write_gold(tmp_path / "gold", text), CORPUS)

    assert first.facts[0].evidence[0][0].start == DE.index("en um 3,5")


def test_an_inferred_fact_need_not_stand_in_its_evidence(tmp_path: Path) -> None:
    text = GOLD.replace("number: 3.5", "number: 7").replace("    evidence:", "    inferred: true\n    evidence:")

    assert load_gold(write_gold(tmp_path / "gold", text), CORPUS)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = GOLD.replace("kind: unanswerable", "kind: easy").replace("lang: en", "lang: ENGLISH")

    with pytest.raises(BadGold) as caught:
        load_gold(write_gold(tmp_path / "gold", text), CORPUS)

    assert [place.line for place, _ in caught.value.problems] == [24, 34]


def test_no_gold_is_not_measurable(tmp_path: Path) -> None:
    with pytest.raises(NotMeasurable, match=r"no \*\.yaml"):
        load_gold(tmp_path, CORPUS)


def test_the_fingerprint_moves_with_a_letter(tmp_path: Path) -> None:
    folder = write_gold(tmp_path / "gold")
    before = gold_fingerprint(folder)
    write_gold(folder, GOLD + "# a remark\n")
    assert gold_fingerprint(folder) != before


def test_the_schema_that_editors_use_is_fresh() -> None:
    assert SCHEMA_FILE.read_text("utf-8") == json_schema(), "run: python -m evals.schema"
    assert json.loads(json_schema())["items"]


def test_our_own_gold_is_sound_and_large_enough() -> None:
    corpus = read_corpus(SEEDS)
    cases = load_gold(OURS, corpus)

    clusters = {case.cluster for case in cases}
    refused = {case.cluster for case in cases if case.kind in ("unanswerable", "false_premise")}
    covered = {e.document for case in cases for fact in case.facts for spans in fact.evidence for e in spans}
    assert len(clusters) >= 60
    assert len(refused) >= len(clusters) / 4
    assert covered >= set(corpus.texts)
    assert {"single", "multi_document", "conflict", "temporal"} <= {case.kind for case in cases}
