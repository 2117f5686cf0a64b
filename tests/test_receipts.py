"""A receipt holds as long as its documents do, and names exactly what broke."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag import Answer, Citation, Document, Filters, FixInput, LocalEngine, connect, load_settings
from rag.documents.reading import make_document
from rag.receipts import SCHEMA, Cited, CurrentDocument, from_json, json_schema, to_json, verify
from rag.records import Passage
from rag.verdicts import Checks

TEXTS = {
    "a.txt": "Stand: 22.10.2021\n\nDer Hafen von Hamburg wächst. Am 3. Mai kamen acht Schiffe in Hamburg an.",
    "b.txt": "Der Hafen von Hamburg wächst nicht, und 1.500 Schiffe kamen an.",
    "c.txt": "Der Hafen von Hamburg ist tief.\nIn ihm kamen im Mai „alte“ Schiffe an 🚢, so heißt es.",
}
QUESTION = "Wie viele Schiffe kamen im Mai im Hafen von Hamburg an?"


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """An answer with several citations from each of several documents."""
    base = tmp_path_factory.mktemp("receipts")
    write(base, TEXTS)
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as engine:
        engine.ingest(base)
        made = engine.ask(QUESTION, Filters(until=dt.date(2030, 1, 1), include_undated=True), top=5)
    assert {citation.document for citation in made.citations} == set(TEXTS)
    return made


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def stored(texts: dict[str, str]) -> CurrentDocument:
    """Return the lookup over documents by name that verify() is given."""

    def current(cited: Cited) -> Document | None:
        text = texts.get(cited.document)
        if text is None:
            return None
        return make_document(text.encode(), identity=cited.document_id, source="s", name=cited.document)

    return current


def receipt(answer: Answer) -> dict[str, Any]:
    return json.loads(json.dumps(to_json(answer, candidates=True)))


def refused(values: object) -> None:
    with pytest.raises(FixInput, match=r"^(Not a|The) receipt"):
        from_json(json.dumps(values))


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Yield the path of every object in a JSON value."""
    if isinstance(value, dict):
        yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*path, key))


def test_a_receipt_is_the_whole_answer(answer: Answer) -> None:
    assert from_json(json.dumps(to_json(answer, candidates=True))) == answer
    assert from_json(json.dumps(to_json(answer)).encode()) == replace(answer, candidates=())
    assert from_json(json.dumps(to_json(answer), ensure_ascii=False).encode("utf-8-sig")) == replace(
        answer, candidates=()
    )


def test_a_receipt_from_before_documents_without_a_language_were_counted_is_read(answer: Answer) -> None:
    values = receipt(answer)
    values.pop("unknown_language_left_out")

    jsonschema.validate(values, json_schema())
    assert from_json(json.dumps(values)) == answer


def test_a_receipt_of_a_refusal_holds(answer: Answer) -> None:
    refusal = replace(answer, status="not_in_documents", statements=(), citations=(), origins=(), candidates=())

    result = verify(from_json(json.dumps(to_json(refusal))), stored({}))
    assert result.holds
    assert result.wording == "no statements"


def test_a_receipt_follows_its_schema(answer: Answer) -> None:
    schema = json_schema()

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(receipt(answer), schema, format_checker=jsonschema.FormatChecker())


@given(data=st.data())
def test_schema_and_reader_ask_for_the_same_keys(answer: Answer, data: st.DataObject) -> None:
    values = place = receipt(answer)
    for key in data.draw(st.sampled_from(list(places(values)))):
        place = place[key]
    key = data.draw(st.sampled_from([*place, "unknown"]))
    place.pop(key) if key in place else place.update(unknown=1)

    if jsonschema.Draft202012Validator(json_schema()).is_valid(values):
        assert from_json(json.dumps(values))
    else:
        refused(values)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), SCHEMA + 1),
        (("schema",), True),
        (("schema",), str(SCHEMA)),
        (("beleg",), 7),
        (("status",), "perhaps"),
        (("status",), "not_in_documents"),
        (("statements",), []),
        (("asked",), "yesterday"),
        (("citations", 0, "start"), "5"),
        (("citations", 0, "start"), -5),
        (("citations", 0, "start"), 10**30),
        (("citations", 0, "start"), 1.5),
        (("citations", 0, "date"), "2021-02-30"),
        (("citations", 0, "marks"), [{"start": 9, "end": 1}]),
        (("citations", 0, "document"), "../../secret.txt"),
        (("citations", 0, "document"), "/etc/hostname"),
        (("statements", 0, "citations"), [99]),
        (("statements", 0, "citations"), [-1]),
        (("judgement", "probability"), float("nan")),
    ],
)
def test_values_that_no_receipt_has_are_refused(answer: Answer, path: tuple, value: object) -> None:
    values = receipt(answer)
    place = values
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    refused(values)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"\x00", b"[" * 100_000, b'{"schema": 1}', b"{}"]
)
def test_what_is_no_receipt_is_refused(text: bytes) -> None:
    with pytest.raises(FixInput, match=r"^Not a receipt") as caught:
        from_json(text)
    assert caught.value.hint


@given(data=st.data())
def test_a_receipt_cut_off_anywhere_is_refused(answer: Answer, data: st.DataObject) -> None:
    text = json.dumps(to_json(answer))

    with pytest.raises(FixInput, match=r"^Not a receipt"):
        from_json(text[: data.draw(st.integers(0, len(text) - 1))])


def test_a_receipt_holds_against_unchanged_documents(answer: Answer) -> None:
    result = verify(answer, stored(TEXTS))

    assert result.holds
    assert [c.verdict for c in result.citations] == ["holds"] * len(answer.citations)
    assert [c.number for c in result.citations] == list(range(1, len(answer.citations) + 1))


@given(data=st.data(), put=st.text("xyz \n🚢", max_size=5))
def test_a_change_breaks_exactly_the_citations_it_touches(answer: Answer, data: st.DataObject, put: str) -> None:
    name = data.draw(st.sampled_from(sorted(TEXTS)))
    text = TEXTS[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 5, len(text))))
    changed = text[:start] + put + text[end:]
    assume(changed.strip())

    result = verify(answer, stored({**TEXTS, name: changed}))

    for citation, checked in zip(answer.citations, result.citations, strict=True):
        if citation.document != name or changed[citation.start : citation.end] == citation.quote:
            assert (checked.verdict, checked.now) == ("holds", None)
        elif citation.quote in changed:
            assert (checked.verdict, checked.now) == ("moved", changed.index(citation.quote))
        else:
            assert (checked.verdict, checked.now) == ("changed", None)
        if citation.document == name and citation.end <= start:
            assert checked.verdict == "holds"
    assert result.holds == all(c.verdict == "holds" for c in result.citations)
    assert result.unbacked == ()


def test_a_document_that_is_gone_is_missing(answer: Answer) -> None:
    result = verify(answer, stored({name: text for name, text in TEXTS.items() if name != "b.txt"}))

    assert not result.holds
    assert {(c.document, c.verdict) for c in result.citations} == {
        ("a.txt", "holds"),
        ("b.txt", "missing"),
        ("c.txt", "holds"),
    }


@given(data=st.data())
def test_tampering_with_a_citation_is_found_and_named(answer: Answer, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(answer.citations) - 1))
    old = answer.citations[number]
    at = data.draw(st.integers(0, len(old.quote) - 1))
    new = data.draw(
        st.sampled_from(
            [
                replace(old, quote=old.quote[:at] + "#" + old.quote[at + 1 :]),
                replace(old, quote=old.quote[:at]),
                replace(old, start=old.start + 1, end=old.end + 1),
                replace(old, end=old.end - 1),
                replace(old, quote="", end=old.start),
                replace(old, document="other.txt"),
            ]
        )
    )
    tampered = replace(answer, citations=tuple(new if n == number else c for n, c in enumerate(answer.citations)))

    result = verify(tampered, stored(TEXTS))

    assert [c.number for c in result.citations if c.verdict != "holds"] == [number + 1]
    assert not result.holds


@pytest.mark.parametrize("found_in", ["the text", "the numbers", "the citations"])
def test_tampering_with_the_wording_is_found(answer: Answer, found_in: str) -> None:
    first = answer.statements[0]
    other = next(n for n in range(len(answer.citations)) if n not in first.citations)
    tampered = {
        "the text": replace(first, text=f"{first.text} Nie."),
        "the numbers": replace(first, text="Am 4. Mai kamen neun Schiffe an."),
        "the citations": replace(first, citations=(other,)),
    }[found_in]

    result = verify(replace(answer, statements=(tampered, *answer.statements[1:])), stored(TEXTS))

    assert not result.holds
    assert all(c.verdict == "holds" for c in result.citations)
    assert len(result.unbacked) == 1
    assert result.unbacked[0].startswith(tampered.text)


def test_a_statement_without_citations_is_not_backed(answer: Answer) -> None:
    bare = replace(answer.statements[0], citations=())

    assert len(verify(replace(answer, statements=(bare,)), stored(TEXTS)).unbacked) == 1


def written(answer: Answer, text: str, *, language: str = "de", scores: dict[str, float] | None = None) -> Answer:
    """Return an answer as a model wrote it: its first statement in other words than its quote."""
    checks = None if scores is None else Checks(scores, 0.8)
    first = replace(answer.statements[0], text=text, language=language, checks=checks, citations=(0,))
    quote = "Die Diplomaten haben sich am Dienstag in Genf getroffen, um über einen Waffenstillstand zu verhandeln."
    cited = replace(answer.citations[0], quote=quote, language="de")
    return replace(answer, reader="generative", statements=(first,), citations=(cited,))


_ALL: dict[str, float] = dict.fromkeys(
    ("names", "nouns", "words", "origin", "roles", "order", "negation", "deeds", "figures"), 0.9
)


@pytest.mark.parametrize("scores", [None, _ALL])
def test_another_statement_in_the_place_of_one_is_found(answer: Answer, scores: dict[str, float] | None) -> None:
    forged = verify(written(answer, "Vollkommen andere Aussage über Katzen und Hunde.", scores=scores), stored(TEXTS))
    true = verify(written(answer, "In Genf trafen sich am Dienstag Diplomaten.", scores=scores), stored(TEXTS))

    assert len(forged.unbacked) == 1
    assert "wording: words" in forged.unbacked[0]
    assert true.unbacked == ()
    assert forged.wording == true.wording == "without the model"


def test_what_was_not_checked_then_fails_no_statement_later(answer: Answer) -> None:
    other = "Vollkommen andere Aussage über Katzen und Hunde."

    assert verify(written(answer, other, scores={"roles": 1.0}), stored(TEXTS)).unbacked == ()
    assert verify(written(answer, other, scores={"words": 0.0}), stored(TEXTS)).unbacked == ()


def test_it_is_said_how_far_wording_was_checked(answer: Answer) -> None:
    assert verify(answer, stored(TEXTS)).wording == "verbatim"
    english = written(answer, "The diplomats met on Tuesday.", language="en", scores=_ALL)
    assert verify(english, stored(TEXTS)).wording == "not checked"


def passage(citation: Citation, **changed: Any) -> Passage:
    """Return what a citation names as what comes nearest in a refusal."""
    c = replace(citation, **changed)
    return Passage(c.document_id, c.version, c.document, c.title, c.language, c.date, c.start, c.end, c.quote, 0.5)


def refusal(answer: Answer, *nearest: Passage) -> Answer:
    return replace(answer, status="not_in_documents", statements=(), citations=(), origins=(), nearest=nearest)


def test_what_came_nearest_is_checked_like_citations(answer: Answer) -> None:
    first = answer.citations[0]
    told = refusal(answer, passage(first), passage(first, quote=f"{first.quote} Nie."), passage(first, title="Andere"))

    result = verify(from_json(json.dumps(to_json(told))), stored(TEXTS))

    assert [one.verdict for one in result.nearest] == ["holds", "changed", "mislabelled"]
    assert not result.holds
    assert verify(refusal(answer, passage(first)), stored(TEXTS)).holds


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"title": "Ein anderer Titel"}, ("title",)),
        ({"date": dt.date(1999, 1, 1)}, ("date",)),
        ({"title": "Ein anderer Titel", "date": None, "language": "en"}, ("title", "date", "language")),
    ],
)
def test_what_a_citation_says_of_its_document_is_compared_with_it(
    answer: Answer, changed: dict[str, Any], differs: tuple[str, ...]
) -> None:
    number = next(n for n, c in enumerate(answer.citations) if c.document == "a.txt")
    told = [replace(c, **changed) if n == number else c for n, c in enumerate(answer.citations)]

    result = verify(replace(answer, citations=tuple(told)), stored(TEXTS))

    assert not result.holds
    assert [(c.number, c.differs) for c in result.citations if c.verdict == "mislabelled"] == [(number + 1, differs)]
    assert {c.verdict for c in result.citations if c.number != number + 1} == {"holds"}


def test_another_title_and_date_of_a_later_version_break_nothing(answer: Answer) -> None:
    later = TEXTS["a.txt"].replace("Stand: 22.10.2021", "Stand: 23.11.2022")

    result = verify(answer, stored({**TEXTS, "a.txt": later}))

    assert result.holds
    assert {(c.document, c.other_version) for c in result.citations} == {
        ("a.txt", True),
        ("b.txt", False),
        ("c.txt", False),
    }


@pytest.mark.parametrize("labelled", ["the statement", "the quote", "both"])
def test_no_label_of_a_language_switches_checks_off(answer: Answer, labelled: str) -> None:
    number, cited = next((n, c) for n, c in enumerate(answer.citations) if c.document == "b.txt")
    text = "Vollkommen andere Aussage über Katzen und Hunde."
    first = replace(answer.statements[0], text=text, citations=(number,), checks=None)
    if labelled != "the quote":
        first = replace(first, language="en")
    if labelled != "the statement":
        cited = replace(cited, language="en" if labelled == "the quote" else "fr")
    citations = [cited if n == number else c for n, c in enumerate(answer.citations)]
    forged = replace(answer, reader="generative/1", statements=(first,), citations=tuple(citations))

    result = verify(forged, stored(TEXTS))

    assert result.wording == "without the model"
    assert "wording: words" in result.unbacked[0]


@pytest.mark.parametrize("reader", ["extractive/1", "extractive", "overview/1", "", "another/1"])
def test_only_a_model_says_it_in_other_words(answer: Answer, reader: str) -> None:
    told = written(answer, "In Genf trafen sich am Dienstag Diplomaten.", scores=_ALL)

    assert verify(told, stored(TEXTS)).unbacked == ()
    assert "(wording)" in verify(replace(told, reader=reader), stored(TEXTS)).unbacked[0]


def test_an_engine_verifies_against_its_index_and_against_files(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    made = engine.ask(QUESTION, top=5)
    assert engine.verify(made).holds
    assert engine.verify(made, docs=folder).holds

    (folder / "b.txt").write_text("Something else.", encoding="utf-8")
    assert engine.verify(made).holds
    broken = {c.document for c in engine.verify(made, docs=folder).citations if c.verdict != "holds"}
    assert broken == {"b.txt"}
    engine.ingest(folder)
    assert {c.document for c in engine.verify(made).citations if c.verdict != "holds"} == {"b.txt"}


def test_a_file_that_changed_since_it_was_taken_in_is_named_and_breaks_nothing(
    engine: LocalEngine, folder: Path
) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    made = engine.ask(QUESTION, top=5)
    assert engine.verify(made).changed_files == ()

    (folder / "b.txt").write_text("Something else.", encoding="utf-8")
    result = engine.verify(made)

    assert result.holds
    assert result.changed_files == ("b.txt",)
    assert engine.verify(made, docs=folder).changed_files == ()
    engine.ingest(folder)
    assert engine.verify(made).changed_files == ()


def test_a_file_that_was_only_touched_has_not_changed(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    made = engine.ask(QUESTION, top=5)

    for name in TEXTS:
        os.utime(folder / name, (1, 1))

    assert engine.verify(made).changed_files == ()


def test_a_file_in_an_archive_that_changed_is_named(engine: LocalEngine, folder: Path) -> None:
    def packed(text: str) -> None:
        with ZipFile(folder / "all.zip", "w") as archive:
            archive.writestr("a.txt", TEXTS["a.txt"])
            archive.writestr("b.txt", text)

    packed(TEXTS["b.txt"])
    engine.ingest(folder)
    made = engine.ask(QUESTION, top=5)
    packed("Something else.")

    assert {c.document for c in made.citations} == {"all.zip/a.txt", "all.zip/b.txt"}
    assert engine.verify(made).changed_files == ("all.zip/b.txt",)


def test_what_cannot_be_looked_at_is_not_said_to_have_changed(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    engine.upload("d.txt", "Im Hafen von Hamburg kamen im Mai zwölf Schiffe an.".encode())
    made = engine.ask(QUESTION, top=9)
    for name in TEXTS:
        (folder / name).unlink()

    assert "d.txt" in {c.document for c in made.citations}
    assert engine.verify(made).changed_files == ()


def test_of_a_renamed_document_it_is_said_what_its_text_is_called_now(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    made = engine.ask(QUESTION, top=5)
    (folder / "b.txt").rename(folder / "sub.txt")
    engine.ingest(folder, sync=True)

    result = engine.verify(made)

    assert not result.holds
    broken = [c for c in result.citations if c.verdict != "holds"]
    assert {(c.document, c.verdict, c.now_in) for c in broken} == {("b.txt", "missing", "sub.txt")}
    assert [c.now for c in broken] == [c.start for c in broken]
    assert {c.now_in for c in result.citations if c.verdict == "holds"} == {None}
    near = engine.verify(refusal(made, *(passage(c) for c in made.citations if c.document == "b.txt"))).nearest
    assert {(c.verdict, c.now_in) for c in near} == {("missing", "sub.txt")}


def test_a_new_name_that_gives_another_date_is_told_as_such(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    made = engine.ask(QUESTION, top=5)
    (folder / "b.txt").rename(folder / "2021-10-22.txt")
    engine.ingest(folder, sync=True)

    assert {c.differs for c in engine.verify(made).citations if c.now_in == "2021-10-22.txt"} == {("date",)}


def test_a_quote_that_was_tampered_with_does_not_stand_under_the_new_name_either(
    engine: LocalEngine, folder: Path
) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    made = engine.ask(QUESTION, top=5)
    forged = replace(made, citations=tuple(replace(c, quote=f"{c.quote} Nie.") for c in made.citations))
    (folder / "b.txt").rename(folder / "sub.txt")
    engine.ingest(folder, sync=True)

    assert {c.now for c in engine.verify(forged).citations if c.now_in == "sub.txt"} == {None}


@pytest.mark.parametrize("name", ["\u00dcbersicht.txt", "U\u0308bersicht.txt", "tief/unten/a.txt"])
def test_files_are_found_whatever_their_names(engine: LocalEngine, folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(TEXTS["a.txt"], encoding="utf-8")
    engine.ingest(folder)

    assert engine.verify(engine.ask(QUESTION), docs=folder).holds


def test_a_receipt_leads_to_no_file_outside_of_the_folder(engine: LocalEngine, answer: Answer, folder: Path) -> None:
    write(folder.parent, {"a.txt": TEXTS["a.txt"]})
    outside = tuple(replace(citation, document="../a.txt") for citation in answer.citations)

    result = engine.verify(replace(answer, citations=outside), docs=folder)

    assert {c.verdict for c in result.citations} == {"missing"}


def test_a_folder_to_verify_against_must_be_there(engine: LocalEngine, answer: Answer, tmp_path: Path) -> None:
    with pytest.raises(FixInput, match="No such file or folder"):
        engine.verify(answer, docs=tmp_path / "nowhere")
