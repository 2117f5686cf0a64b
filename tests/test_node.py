"""Several machines at one catalog on a server: each has words and vectors of its own, and none shows what is stale."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from folders import found, sound, write
from processes import Child, counting, in_child

from rag import (
    FixStorage,
    IngestProgress,
    IngestReport,
    LocalEngine,
    RebuildIndex,
    RetryLater,
    connect,
    intake,
    load_settings,
)
from rag.lexical import LexicalIndex
from rag.node import NodeIndex
from tests.postgres import PostgresServer
from tests.test_purge import traces

Node = Callable[[str], LocalEngine]
WATCHED = tuple(f"/rag/{name}" for name in ("catalog/", "vectors/", "lexical.py", "index.py", "node.py", "intake.py"))
WORDS = [f"Geheimwort{n}x{'abcdefghij'[n % 10] * 3}" for n in range(60)]
# Steps, and a number of events that each has at least.
EVENTS = {"first": 7000, "change": 5500, "remove": 1500, "purge": 3600, "catch up": 4800}


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.database()


@pytest.fixture
def node(open_engine: Callable[..., LocalEngine], tmp_path: Path, url: str) -> Node:
    """Open the engine of a node by its name."""
    return lambda name: open_engine(index=tmp_path / name, catalog_url=url)


def opened(index: str | Path, url: str, wait: float = 20) -> LocalEngine:
    given = {"embedding": "hashed-words", "wait": wait, "threshold": 0.0}
    return connect(load_settings(index=index, catalog_url=url, **given))


def text(number: int, edition: int) -> str:
    """Four chunks; the last word of each is nowhere else."""
    return "\n\n".join(
        f"Absatz {part}. {'Die Ministerin sprach lange. ' * 12}Wort{number}e{edition}p{part}." for part in range(4)
    )


def texts(*numbers: int, edition: int = 0) -> dict[str, str]:
    return {f"{number}.txt": text(number, edition) for number in numbers}


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The chunks that are put into word indexes, by id."""
    ids: list[str] = []
    real = LexicalIndex.add

    def noted(self: LexicalIndex, shard: str, chunks: Iterable[tuple[str, str, str]]) -> None:
        listed = list(chunks)
        ids.extend(identity for identity, *_ in listed)
        real(self, shard, listed)

    monkeypatch.setattr(LexicalIndex, "add", noted)
    return ids


def test_a_node_that_was_away_takes_in_what_changed_and_no_more(node: Node, folder: Path, handled: list[str]) -> None:
    a, b = node("a"), node("b")
    write(folder, texts(*range(20)))
    a.ingest(folder)
    assert found(b, "Wort3e0p2") == {"3.txt"}

    write(folder, texts(3, 4, edition=1) | texts(30), settled=False)
    (folder / "5.txt").unlink()
    a.ingest(folder, sync=True)
    handled.clear()

    assert found(b, "Wort3e0p2") == found(b, "Wort5e0p0") == set()
    assert found(b, "Wort3e1p2") == {"3.txt"}
    assert found(b, "Wort30e0p1") == {"30.txt"}
    assert found(b, "Wort6e0p1") == {"6.txt"}
    assert len(handled) == 12, "three documents of four chunks"
    assert sound(a)
    assert sound(b)
    handled.clear()
    assert found(a, "Wort4e1p0") == {"4.txt"}
    assert handled == [], "who wrote has nothing to catch up with"


def test_both_nodes_give_the_same_answers(node: Node, folder: Path) -> None:
    a, b = node("a"), node("b")
    write(folder, texts(*range(6)))
    a.ingest(folder)
    write(folder, texts(1, 2, edition=1), settled=False)
    assert len(b.ingest(folder).changed) == 2

    def told(engine: LocalEngine) -> list[tuple]:
        return [(h.document.name, h.chunk.id, h.text, h.via) for h in engine.search("Wort1e1p3 Ministerin", limit=30)]

    assert told(a) == told(b)
    answer = a.ask("Was steht bei Wort2e1p1?")
    assert answer.status == "answered"
    assert b.verify(answer).holds
    assert a.documents() == b.documents()


def test_a_whole_life_on_a_server(node: Node, folder: Path, tmp_path: Path) -> None:
    """Ingest, ask, change, remove, purge, export, import, rebuild: what the folder's own catalog can, it can."""
    a, b = node("a"), node("b")
    write(folder, texts(1, 2, 3) | {"geheim.txt": " ".join(WORDS)})
    assert len(a.ingest(folder).added) == 4
    assert a.ingest(folder).unchanged == 4
    assert b.document("2.txt").text == text(2, 0)
    receipt = b.ask("Was steht bei Wort2e0p1?")
    assert receipt.citations[0].document == "2.txt"
    assert found(b, WORDS[3]) == {"geheim.txt"}

    assert a.remove("geheim.txt", purge=True) == ["geheim.txt"]
    list(b.follow(folder))
    assert found(b, WORDS[3]) == found(a, WORDS[3]) == set()
    assert traces(a.folder) == traces(b.folder) == set()

    manifest = a.export_to(tmp_path / "all.beleg")
    assert manifest.documents == 3
    a.remove("1.txt")
    assert b.import_from(tmp_path / "all.beleg", replace=True).corpus == manifest.corpus
    assert found(a, "Wort1e0p0") == {"1.txt"}
    *_, report = a.ingest_events(folder, rebuild=True)
    assert isinstance(report, IngestReport)
    assert len(report.added) == 4
    assert found(b, WORDS[3]) == {"geheim.txt"}
    assert b.verify(receipt).holds
    status = b.status()
    assert status.health.problems == ()
    assert status.catalog.startswith("beleg")
    assert a.repair() is None


def test_a_node_comes_from_a_folder_and_goes_back_to_one(
    open_engine: Callable[..., LocalEngine], node: Node, folder: Path, tmp_path: Path
) -> None:
    alone = open_engine()
    write(folder, texts(1, 2))
    alone.ingest(folder)
    alone.export_to(tmp_path / "x.beleg")
    a = node("a")
    a.import_from(tmp_path / "x.beleg")
    assert found(a, "Wort2e0p0") == {"2.txt"}
    assert a.ingest(folder).unchanged == 2
    a.export_to(tmp_path / "y.beleg")
    a.close()

    # The same folder, without the server: what is there belongs to a catalog elsewhere.
    back = open_engine(index=a.folder)
    assert not back.has_index
    back.import_from(tmp_path / "y.beleg")
    assert found(back, "Wort2e0p0") == {"2.txt"}
    assert sound(back)


@pytest.mark.parametrize(
    "broken", ["vectors/chroma.sqlite3", "vectors", "words/de/meta.json", "words/de/*.store", "words", "node.json", "*"]
)
@pytest.mark.parametrize("how", ["gone", "cut"])
def test_what_is_damaged_on_a_node_is_made_anew_by_whoever_comes_next(
    node: Node, folder: Path, broken: str, how: str
) -> None:
    a = node("a")
    write(folder, texts(*range(5)))
    a.ingest(folder)
    a.close()
    for path in list(a.folder.glob(broken)):
        if path.is_dir():
            shutil.rmtree(path)
        elif how == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    reader = node("a")
    assert found(reader, "Wort4e0p3") == {"4.txt"}
    assert len(reader.search("Ministerin", limit=100)) == 20
    assert sound(reader)


def test_a_writer_on_a_damaged_node_mends_it_too(node: Node, folder: Path) -> None:
    a = node("a")
    write(folder, texts(*range(3)))
    a.ingest(folder)
    a.close()
    (a.folder / "words/de/meta.json").write_text("{")
    write(folder, texts(7), settled=False)

    writer = node("a")
    assert len(writer.ingest(folder).added) == 1
    assert found(writer, "Wort7e0p0") == {"7.txt"}
    assert found(writer, "Wort1e0p0") == {"1.txt"}
    assert sound(writer)


def test_a_catalog_that_another_embedder_made_anew_is_not_searched_with_this_one(
    node: Node, folder: Path, postgres: PostgresServer, url: str
) -> None:
    a, b = node("a"), node("b")
    write(folder, texts(1))
    a.ingest(folder)
    assert found(b, "Wort1e0p0")
    list(a.ingest_events(folder, rebuild=True))
    postgres.ask(url, "UPDATE beleg.meta SET value = 'another/1' WHERE key = 'embedder'")

    with pytest.raises(RebuildIndex, match="another/1"):
        b.search("Wort1e0p0")


def test_a_catalog_that_is_damaged_on_the_server_is_mended_there(
    node: Node, folder: Path, postgres: PostgresServer, url: str
) -> None:
    a = node("a")
    write(folder, texts(1, 2))
    a.ingest(folder)
    postgres.ask(url, "UPDATE beleg.versions SET text = 'Anderes.' WHERE text LIKE '%Wort2e0%'")

    assert a.status().health.problems == ("catalog: the text of 2.txt is not what was stored",)
    with pytest.raises(RebuildIndex, match=r"2\.txt") as caught:
        a.repair()
    assert "backup" in caught.value.hint


def test_a_line_that_is_cut_in_the_middle_of_an_ingest_costs_nothing_that_was_told(
    node: Node, folder: Path, postgres: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_BATCH_DOCUMENTS", 2)
    a, b = node("a"), node("b")
    write(folder, texts(*range(6)))
    told = 0

    def ingest() -> None:
        nonlocal told
        for event in a.ingest_events(folder):
            if isinstance(event, IngestProgress):
                told += 1
                if told == 4:
                    postgres.cut(url)

    with pytest.raises(RetryLater, match="lost") as caught:
        ingest()

    assert "run the command again" in caught.value.hint
    assert len(b.documents()) == 4, "two batches were live"
    assert {name for n in range(6) for name in found(b, f"Wort{n}e0p0")} == {d.name for d in b.documents()}
    assert len(a.ingest(folder).added) == 2
    assert found(b, "Wort5e0p3") == {"5.txt"}
    assert sound(a)
    assert sound(b)


def ingest(index: str, url: str, docs: str) -> IngestReport:
    with opened(index, url, wait=60) as engine:
        return engine.ingest(docs)


def test_two_writers_on_two_nodes_wait_for_each_other(node: Node, url: str, tmp_path: Path) -> None:
    a, b = node("a"), node("b")
    folders = [tmp_path / f"docs{n}" for n in range(2)]
    for n, docs in enumerate(folders):
        write(docs, {f"{n}-{m}.txt": text(10 * n + m, 0) for m in range(8)})
    children = [Child(ingest, str(e.folder), url, str(d)) for e, d in zip((a, b), folders, strict=True)]

    assert [len(child.result(120).added) for child in children] == [8, 8]
    for engine in (a, b):
        assert {name for n in (0, 1) for m in range(8) for name in found(engine, f"Wort{10 * n + m}e0p1")} == {
            f"{n}-{m}.txt" for n in (0, 1) for m in range(8)
        }
        assert sound(engine)


def change_again_and_again(pipe: object, index: str, url: str, docs: str) -> int:
    edition = 0
    with opened(index, url) as engine:
        while not pipe.poll():
            edition += 1
            write(Path(docs), {f"{n}.txt": f"Fassung {edition} von {n}." for n in range(4)}, settled=False)
            engine.ingest(docs)
            pipe.send(edition)
    return edition


def test_a_reader_elsewhere_sees_one_whole_edition_never_an_older_one(node: Node, url: str, folder: Path) -> None:
    a, b = node("a"), node("b")
    child = Child(change_again_and_again, str(a.folder), url, str(folder), talking=True)
    seen: list[int] = []
    while (edition := child.pipe.recv()) < 6:
        hits = b.search("Fassung", limit=50)
        assert {hit.document.name for hit in hits} == {f"{n}.txt" for n in range(4)}
        editions = {int(hit.text.split()[1]) for hit in hits}
        assert len(editions) == 1, "all documents of an ingest change together"
        assert editions.pop() >= edition, "what was told is found"
        seen.append(edition)
    child.pipe.send("stop")
    child.result()

    assert len(seen) > 2
    assert sound(a)
    assert sound(b)


def act(index: Path, url: str, docs: Path, step: str, die_at: int | None = None) -> None:
    """Carry a step out, or die at one of its events."""
    intake._BATCH_DOCUMENTS = 4
    with opened(index, url) as engine, counting(WATCHED, die_at):
        if step == "catch up":
            engine.search("Ministerin")
        elif step in ("remove", "purge"):
            there = [name for name in ("3.txt", "7.txt") if name in {d.name for d in engine.documents()}]
            engine.remove(*there, purge=step == "purge")
        else:
            engine.ingest(docs, sync=True)


def carried_out(*words: object) -> None:
    Child(act, *words).result(timeout=180)


def check_killed(step: str, url: str, tmp_path: Path, seed: int) -> None:
    """Kill a step at one of its events: both nodes show whole documents, and the next run ends it."""
    docs, a, b = tmp_path / "docs", tmp_path / "a", tmp_path / "b"
    old, new = texts(*range(1, 9)), texts(1, 3, 4, 7) | texts(2, 5, 6, edition=1) | texts(9, 10)
    after = {name: kept for name, kept in old.items() if name not in ("3.txt", "7.txt")}
    before = {} if step == "first" else old
    if step in ("first", "change", "catch up"):
        after = new
    write(docs, before or after)
    if before:
        carried_out(a, url, docs, "first")
        carried_out(b, url, docs, "catch up")
        if step in ("change", "catch up"):
            shutil.rmtree(docs)
            write(docs, after, settled=False)
        if step == "catch up":
            carried_out(a, url, docs, "change")
            before = after
    point = random.Random(f"{step}{seed}").randrange(1, EVENTS[step])
    victim = b if step == "catch up" else a
    assert Child(act, victim, url, docs, step, point).died(timeout=180), f"not killed at event {point}"

    for place in (b, a):
        with opened(place, url) as engine:
            if not engine.has_index:
                assert step == "first"
                continue
            live = {d.name: engine.document(d.id).text for d in engine.documents()}
            assert all(stored in (before.get(name), after.get(name)) for name, stored in live.items())
            for name, stored in (*before.items(), *after.items()):
                word = stored.split()[-1].rstrip(".")
                assert found(engine, word) == ({name} if live.get(name) == stored else set())
    carried_out(victim, url, docs, step)
    for place in (b, a):
        with opened(place, url) as engine:
            assert {d.name: engine.document(d.id).text for d in engine.documents()} == after
            assert len(engine.search("Ministerin", limit=100)) == 4 * len(after)
            assert sound(engine)


@pytest.mark.parametrize("seed", range(1))
@pytest.mark.parametrize("step", EVENTS)
def test_a_step_killed_at_an_event(step: str, seed: int, url: str, tmp_path: Path) -> None:
    check_killed(step, url, tmp_path, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
@pytest.mark.parametrize("step", EVENTS)
def test_a_step_killed_at_many_events(step: str, seed: int, url: str, tmp_path: Path) -> None:
    check_killed(step, url, tmp_path, seed)


def ask(index: str, url: str, word: str) -> set[str]:
    with opened(index, url) as engine:
        return found(engine, word)


def test_a_node_that_may_not_be_written_says_so_once_it_is_behind(node: Node, folder: Path, url: str) -> None:
    a, b = node("a"), node("b")
    write(folder, texts(1))
    a.ingest(folder)
    a.close()
    write(folder, texts(2))
    b.ingest(folder)
    a.folder.chmod(0o555)
    try:
        with pytest.raises(FixStorage, match="cannot be") as caught:
            in_child(ask, str(a.folder), url, "Wort2e0p0", unprivileged=True)
        assert "--index" in caught.value.hint
    finally:
        a.folder.chmod(0o755)
    assert found(node("a"), "Wort2e0p0") == {"2.txt"}


def test_what_a_node_remembers_survives_only_whole(node: Node, folder: Path) -> None:
    a = node("a")
    write(folder, texts(1))
    a.ingest(folder)
    index = a._opened()
    assert isinstance(index, NodeIndex)
    now = index._node.now
    assert now.settled
    assert now.feed == index.catalog.feed()
    for damage in ("", "{", "[]", '{"feed": 3}', '{"settled": true}'):
        (a.folder / "node.json").write_text(damage)
        assert index._marks.unsettled
        assert found(a, "Wort1e0p0") == {"1.txt"}
        assert not index._marks.unsettled
