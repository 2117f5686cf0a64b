"""Deleting means deleting: after a purge no byte of a text stands anywhere in the index's folder."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from folders import found, sound, write

from rag import LocalEngine

WORDS = [f"Geheimwort{n}x{'abcdefghij'[n % 10] * 3}" for n in range(60)]
SECRET = "Der Plan.\n\n" + "\n\n".join(
    f"Absatz {n}: {word} gilt. " + "Die Ministerin sprach. " * 9 for n, word in enumerate(WORDS)
)
OTHERS = {f"andere-{n}.txt": f"Dokument {n} über den Hafen. " * 30 for n in range(6)}


@pytest.fixture
def holding(engine: LocalEngine, folder: Path) -> LocalEngine:
    """An index that held several versions of a secret, removed one and rebuilt itself once."""
    write(folder, {**OTHERS, "geheim.txt": SECRET[: len(SECRET) // 2]})
    engine.ingest(folder)
    list(engine.ingest_events(folder, rebuild=True))
    write(folder, {"geheim.txt": SECRET}, settled=False)
    engine.ingest(folder)
    return engine


def traces(folder: Path) -> set[str]:
    """Return the files that hold a word of the secret, in any case and encoding, or a sentence of it."""
    looked_for = [word.encode(encoding) for word in WORDS for encoding in ("utf-8", "utf-16-le")]
    looked_for += [word.lower().encode() for word in WORDS] + [b"Absatz 7: "]
    pattern = re.compile(b"|".join(map(re.escape, looked_for)))
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and pattern.search(path.read_bytes())
    }


def terms(engine: LocalEngine) -> set[str]:
    """Return the secret's words that Tantivy's dictionaries know; those are packed, so grep does not see them."""
    shards = engine._opened()._lexical()._shards
    return {
        word.lower() for word in WORDS for shard in shards.values() if shard._searcher.doc_freq("body", word.lower())
    }


def test_a_purged_text_is_nowhere_in_the_folder(holding: LocalEngine) -> None:
    before = traces(holding.folder)
    assert {"catalog.sqlite3-wal", "catalog.sqlite3.before-rebuild"} <= before, "the test sees what is there"
    assert terms(holding) >= {word.lower() for word in WORDS}

    assert holding.remove("geheim.txt", purge=True) == ["geheim.txt"]

    assert traces(holding.folder) == set()
    assert terms(holding) == set()
    assert len(found(holding, "Hafen")) == len(OTHERS)
    assert sound(holding)
    holding.close()
    assert traces(holding.folder) == set()


def test_removing_alone_leaves_traces_that_compacting_takes_away(holding: LocalEngine) -> None:
    holding.remove("geheim.txt")
    assert found(holding, WORDS[3]) == set()
    assert traces(holding.folder) != set()

    holding.compact()

    assert traces(holding.folder) == set()
    assert sound(holding)


def test_a_text_that_another_document_holds_too_stays_there(holding: LocalEngine, folder: Path) -> None:
    write(folder, {"zweitschrift.txt": SECRET})
    holding.ingest(folder)

    holding.remove("geheim.txt", purge=True)

    assert found(holding, WORDS[3]) == {"zweitschrift.txt"}
    assert holding.document("zweitschrift.txt").text.strip() == SECRET.strip()
    assert sound(holding)


def test_what_is_purged_stays_out_though_its_file_is_there(holding: LocalEngine, folder: Path) -> None:
    holding.remove("geheim.txt", purge=True)
    list(holding.follow(folder))

    assert found(holding, WORDS[3]) == set()
    assert traces(holding.folder) == set()


def test_a_running_reader_goes_on(holding: LocalEngine, open_engine: Callable[..., LocalEngine]) -> None:
    reader = open_engine()
    assert found(reader, WORDS[3]) == {"geheim.txt"}

    holding.remove("geheim.txt", purge=True)

    assert found(reader, WORDS[3]) == set()
    assert found(reader, "Hafen") == found(holding, "Hafen")
    assert traces(holding.folder) == set()


@pytest.mark.parametrize("seed", range(3))
def test_purged_one_after_the_other_nothing_is_left(engine: LocalEngine, folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    texts = {f"{n}.txt": f"Absatz 7: {WORDS[n]} steht hier. " * chance.randrange(1, 200) for n in range(8)}
    write(folder, {**texts, **OTHERS})
    engine.ingest(folder)
    names = list(texts)
    chance.shuffle(names)

    engine.remove(*names[:3])
    engine.remove(*names[3:], purge=True)

    assert traces(engine.folder) == set()
    assert len(engine.documents()) == len(OTHERS)
