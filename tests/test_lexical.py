"""Search by word: a question is words and never a query, and its share of what it could reach is one."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes import in_child

from rag import FixStorage, RebuildIndex
from rag.lexical import LexicalIndex, analyse, discard

TEXTS = {
    "hafen": "Der Hafen von Hamburg wächst. Acht Schiffe kamen an.",
    "wald": "Der Wald ist alt. Das Reh schläft unter den Eichen.",
    "rede": "Die Ministerin sprach in Hamburg über den Wald und die Schiffe.",
}
HOSTILE = [
    "*", "id:Reh", "-Reh", "NOT Reh", "Reh AND", '"Reh', "Re*", "(Reh", "body:[a TO z]", "Reh^9", "/re./", "\\", "Reh~",
]  # fmt: skip
WORDS = ["Hafen", "Wald", "Hamburg", "Schiff", "alt", "Reh", "Zebra", "der"]

Fill = Callable[..., LexicalIndex]


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    def fill_shard(texts: dict[str, str], shard: str = "de") -> LexicalIndex:
        index = LexicalIndex(tmp_path / "words")
        index.add(shard, [(name, f"doc-{name}", text) for name, text in texts.items()])
        index.commit()
        return index

    return fill_shard


def names(index: LexicalIndex, question: str, shard: str = "de") -> list[str]:
    return [scored.id for scored in index.search(shard, question, 10)]


def test_chunks_that_share_a_word_are_found_best_first(fill: Fill) -> None:
    index = fill(TEXTS)

    assert names(index, "Wächst der Hafen von Hamburg?") == ["hafen", "rede"]
    assert names(index, "Wo sind die Wälder?") == ["wald", "rede"]
    assert names(index, "Zebra") == names(index, "der die das") == names(index, "") == []


@pytest.mark.parametrize("question", HOSTILE)
def test_the_signs_of_a_query_are_just_characters(fill: Fill, question: str) -> None:
    index = fill(TEXTS)

    assert names(index, question) == (["wald"] if "Reh" in question else [])


@given(question=st.text(max_size=60))
def test_any_question_is_harmless(filled: LexicalIndex, question: str) -> None:
    for scored in filled.search("de", question, 10):
        assert 0 <= scored.share <= 1


@pytest.mark.parametrize("shard", ["de", "en", "other"])
@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Müller", "Mueller"),
        ("Jörg Größe", "Joerg Groesse"),
        ("Straße", "Strasse"),
        ("STRASSE", "straße"),
        ("Ärzte", "Aerzte"),
        ("Süßigkeiten", "Suessigkeiten"),
        ("Süßigkeiten", "Süssigkeiten"),
    ],
)
def test_either_spelling_finds_the_other(fill: Fill, shard: str, written: str, asked: str) -> None:
    index = fill({"a": f"Hier steht {written}.", "b": f"Dort steht {asked}.", "c": "Nichts davon."}, shard)

    for question in (written, asked, written.lower()):
        assert set(names(index, question, shard)) == {"a", "b"}


def test_words_that_only_look_like_a_spelling_of_another_stay_apart(fill: Fill) -> None:
    index = fill({"a": "The blue dress.", "b": "A press report."}, "en")

    assert names(index, "dress", "en") == ["a"]
    assert names(index, "blue", "en") == ["a"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    index = LexicalIndex(tmp_path_factory.mktemp("lexical"))
    index.add("de", [(name, name, text) for name, text in TEXTS.items()])
    index.commit()
    return index


@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=30), min_size=1, max_size=12),
    question=st.lists(st.sampled_from(WORDS), min_size=1),
    removed=st.sets(st.integers(0, 11)),
)
def test_a_share_lies_between_nothing_and_all(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], question: list[str], removed: set[int]
) -> None:
    index = LexicalIndex(tmp_path_factory.mktemp("lexical"))
    index.add("de", [(str(n), str(n), " ".join(text)) for n, text in enumerate(texts)])
    index.commit()
    index.delete("de", map(str, removed))
    index.commit()

    found = index.search("de", " ".join(question), 20)

    assert all(0 < scored.share <= 1 for scored in found)
    assert [scored.share for scored in found] == sorted((scored.share for scored in found), reverse=True)
    asked = {word for word in question if word != "der"}
    assert {int(scored.id) for scored in found} == {
        n for n, text in enumerate(texts) if n not in removed and asked & set(text)
    }


def test_a_chunk_stuffed_with_the_question_comes_near_to_all(fill: Fill) -> None:
    index = fill({"stuffed": "Zebra " * 200, "once": "Ein Zebra und viele andere Tiere.", **TEXTS})

    stuffed, once = index.search("de", "Zebra", 2)

    assert stuffed.id == "stuffed"
    assert 0.9 < stuffed.share <= 1
    assert once.share < 0.8
    assert index.search("de", "Zebra Giraffe", 1)[0].share < stuffed.share / 2, "a word that is nowhere is missed"


def test_shares_hold_though_nearly_all_was_deleted(fill: Fill) -> None:
    index = fill({f"{n}": f"Herr Müller kam {n} mal." for n in range(30)} | {"zebra": "Zebra Zebra Zebra"})
    index.delete("de", map(str, range(29)))
    index.commit()

    assert index.search("de", "Zebra", 5)[0].share <= 1
    assert names(index, "Müller") == ["29"]


def test_what_is_deleted_or_replaced_is_found_no_more(fill: Fill) -> None:
    index = fill(TEXTS)
    index.delete("de", ["hafen", "unknown"])
    index.delete("fr", ["wald"])
    index.add("de", [("wald", "doc-wald", "Ganz neu ist der Garten.")])
    assert names(index, "Hafen") == ["hafen"], "not before the commit"
    index.commit()

    assert names(index, "Hafen Reh Eichen") == []
    assert names(index, "Garten") == ["wald"]
    assert index.ids() == {"wald": "de", "rede": "de"}
    assert index.count() == 2


def test_both_languages_have_their_own_stop_words_and_stems(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    index.add("de", [("a", "a", "Die Wälder und das Die"), ("b", "b", "Ein Haus")])
    index.add("en", [("c", "c", "They die in the forests"), ("d", "d", "A house")])
    index.commit()

    assert index.shards == ("de", "en")
    assert names(index, "Wald") == ["a"]
    assert names(index, "die", "de") == []
    assert names(index, "die", "en") == ["c"]
    assert names(index, "forest", "en") == ["c"]
    assert names(index, "Wald", "en") == names(index, "Wald", "fr") == []
    assert index.ids() == {"a": "de", "b": "de", "c": "en", "d": "en"}


def test_a_filter_leaves_only_those_documents(fill: Fill) -> None:
    index = fill(TEXTS)

    found = index.search("de", "Hamburg", 10, ["doc-rede", "doc-wald", "doc-unknown"])
    assert [scored.id for scored in found] == ["rede"]
    assert found[0] in index.search("de", "Hamburg", 10), "a filter changes no score"
    assert index.search("de", "Hamburg", 10, []) == []


def test_given_chunks_get_the_scores_they_have_in_a_search(fill: Fill) -> None:
    index = fill(TEXTS)
    searched = {scored.id: scored.share for scored in index.search("de", "Hamburg Wald", 10)}

    scored = index.score("de", "Hamburg Wald", ["hafen", "wald", "rede", "unknown"])

    assert {one.id: one.share for one in scored} == pytest.approx(searched)
    assert (
        index.score("de", "Zebra", ["hafen"])
        == index.score("de", "Hafen", [])
        == index.score("fr", "Hafen", ["hafen"])
        == []
    )


def test_at_most_as_many_as_were_asked_for(fill: Fill) -> None:
    index = fill({f"{n}": "Ein Reh." for n in range(30)})

    assert [len(index.search("de", "Reh", limit)) for limit in (0, 1, 7, 100)] == [0, 1, 7, 30]


def test_what_was_committed_is_there_at_the_next_opening(fill: Fill, tmp_path: Path) -> None:
    fill(TEXTS).add("de", [("later", "doc", "Ein Zebra.")])

    again = LexicalIndex(tmp_path / "words")

    assert names(again, "Hafen") == ["hafen"]
    assert names(again, "Zebra") == []


def test_a_text_is_analysed_as_its_shard_does() -> None:
    assert analyse("Die Häuser der Minister", "de") == ["haus", "minist"]
    assert analyse("The houses of ministers", "en") == ["hous", "minist"]
    assert analyse("Les maisons", "fr") == analyse("Les maisons", None) == ["les", "maisons"]


@pytest.mark.parametrize("ending", ["meta.json", ".term", ".idx", ".store", ".fieldnorm", ".pos"])
@pytest.mark.parametrize("keep", [0, 20])
def test_a_truncated_file_is_named_and_mended_by_making_it_anew(fill: Fill, ending: str, keep: int) -> None:
    folder = fill(TEXTS).folder
    damaged = next(path for path in (folder / "de").iterdir() if path.name.endswith(ending))
    damaged.write_bytes(damaged.read_bytes()[:keep])

    with pytest.raises(RebuildIndex, match="word index") as caught:
        names(LexicalIndex(folder), "Hafen")
    assert "--repair" in caught.value.hint
    discard(folder)
    assert fill(TEXTS).count() == 3


def open_index(folder: str) -> None:
    index = LexicalIndex(Path(folder))
    index.add("de", [("new", "new", "Neu.")])
    index.commit()


def test_a_folder_that_may_not_be_written_is_storage_to_fix(fill: Fill) -> None:
    folder = fill(TEXTS).folder
    (folder / "de").chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(FixStorage, match="word index"):
            in_child(open_index, str(folder), unprivileged=True)
    finally:
        (folder / "de").chmod(stat.S_IRWXU)
