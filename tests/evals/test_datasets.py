from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gold_builders import DE, EN, write_corpus

from evals.datasets import load_dataset
from evals.errors import BadGold, NotMeasurable
from evals.facts import read
from evals.replies import Reply, Said

ROW = {
    "id": "de-de:1", "setting": "de-de", "question": "Wer sagte das?", "lang": "de", "doc_lang": "de", "answerable": True,
    "answers": ["Anna Berg"], "doc": "de.txt", "paragraph": 0, "start": DE.index("Anna"), "end": DE.index("Anna") + 9,
    "evidence": [[34, 70]],
}  # fmt: skip
SILENT = {
    **ROW,
    "id": "de-de:2",
    "answerable": False,
    "answers": [],
    "doc": None,
    "start": None,
    "end": None,
    "evidence": [],
}


def bench(folder: Path, *rows: dict[str, Any]) -> Path:
    write_corpus(folder / "docs")
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_the_benchs_form_becomes_cases(tmp_path: Path) -> None:
    english = {**ROW, "id": "en-de:1", "setting": "en-de", "lang": "en", "question": "Who said so?"}
    data = load_dataset(bench(tmp_path / "set", ROW, english, SILENT), tmp_path)

    first, second, silent = data.cases
    assert (first.cluster, second.cluster, silent.cluster) == ("1", "1", "2")
    assert [one.expected for one in data.cases] == ["answer", "answer", "abstain"]
    ((evidence,),) = first.facts[0].evidence
    assert (evidence.start, evidence.end) == (34, 70)
    assert read(first, Reply("answered", (Said("Das war Anna Berg.", "de", ()),))).facts[0].expressed


def test_the_span_is_the_evidence_where_no_other_is_given(tmp_path: Path) -> None:
    (one,) = load_dataset(bench(tmp_path / "set", {**ROW, "evidence": []}), tmp_path).cases
    ((evidence,),) = one.facts[0].evidence
    assert DE[evidence.start : evidence.end] == "Anna Berg"


def test_a_free_wording_is_measured_by_its_evidence_alone(tmp_path: Path) -> None:
    (one,) = load_dataset(bench(tmp_path / "set", {**ROW, "answers": ["It was said by Ms Berg."]}), tmp_path).cases
    assert one.facts[0].patterns == ()
    assert one.facts[0].evidence


def test_without_evidence_only_refusing_is_measured(tmp_path: Path) -> None:
    (one,) = load_dataset(bench(tmp_path / "set", {**ROW, "evidence": [], "start": None}), tmp_path).cases
    assert one.facts == ()
    assert one.expected == "answer"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lang": None}, r"questions\.jsonl:2: lang"),
        ({"doc": "fr.txt"}, r"questions\.jsonl:2: .*no document fr\.txt"),
        ({"evidence": [[0, 9_999]]}, r"questions\.jsonl:2: .*evidence outside"),
    ],
)
def test_a_question_that_points_nowhere_is_refused_with_its_line(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadGold, match=message):
        load_dataset(bench(tmp_path / "set", ROW, {**ROW, **change}), tmp_path)


def test_questions_can_be_asked_of_one_language_and_drawn(tmp_path: Path) -> None:
    folder = bench(tmp_path / "set", *({**ROW, "id": str(n)} for n in range(20)))
    assert {one.within for one in load_dataset(folder, tmp_path).cases} == {None}
    assert {one.within for one in load_dataset(folder, tmp_path, by_language=True).cases} == {"de"}
    drawn = [load_dataset(folder, tmp_path, limit=5).cases for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 5


def squad(path: Path, *, context: str = EN) -> Path:
    qas = [
        {
            "id": "1",
            "question": "Who said so?",
            "answers": [{"text": "Anna Berg", "answer_start": context.index("Anna")}],
        },
        {"id": "2", "question": "What does it cost?", "answers": [], "is_impossible": True},
    ]
    values = {
        "data": [{"title": "Wages", "paragraphs": [{"context": "First.", "qas": []}, {"context": context, "qas": qas}]}]
    }
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


@pytest.mark.parametrize("context", [EN, "Cafe\u0301. " + EN])
def test_squads_form_becomes_documents_and_cases(tmp_path: Path, context: str) -> None:
    data = load_dataset(squad(tmp_path / "squad.json", context=context), tmp_path / "scratch")

    answerable, refused = data.cases
    ((evidence,),) = answerable.facts[0].evidence
    assert data.corpus.of(evidence) == "Anna Berg"
    assert refused.expected == "abstain"


@pytest.mark.parametrize("text", ["{}", '{"data": [{"paragraphs": [{"qas": []}]}]}', "no json"])
def test_what_is_neither_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadGold, match=r"x\.json:1: not in the form"):
        load_dataset(path, tmp_path / "scratch")
    with pytest.raises(NotMeasurable, match="no data set"):
        load_dataset(tmp_path / "nowhere", tmp_path)


@pytest.mark.parametrize("name", ["office", "papers/home", "papers/work", "papers/study"])
def test_the_answers_of_the_everyday_documents_stand_where_they_are_said_to(name: str, tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "evals" / name
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    data = load_dataset(folder, tmp_path)

    assert len({row["id"] for row in rows}) == len(rows) == len(data.cases)
    assert {row["half"] for row in rows} == {"a", "b"}
    for row in rows:
        if row["answerable"]:
            assert data.corpus.texts[row["doc"]][row["start"] : row["end"]] in row["answers"]
        else:
            assert "doc" not in row
