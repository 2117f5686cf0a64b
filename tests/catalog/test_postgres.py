"""The catalog on a PostgreSQL server: how it is reached or not, who may write, what is cut off, moved and damaged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from catalogs import SOURCE, filled
from processes import Child

from rag import AddDocuments, BelegError, FixSettings, FixStorage, RebuildIndex, RetryLater, load_settings
from rag.catalog import Catalog, Seat, seat_of
from rag.catalog import postgres_session as sessions
from rag.catalog.copying import NAMES
from rag.catalog.migrations import SCHEMA
from rag.catalog.postgres import PostgresCatalog, PostgresSeat, made_of
from rag.catalog.schema import FILE, TABLES
from tests.postgres import PostgresServer

META = {"embedder": "e/1"}


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.database()


@pytest.fixture
def take_seat(url: str) -> Iterator[Callable[[], PostgresSeat]]:
    """Open seats at one catalog, each as another process would."""
    taken: list[PostgresSeat] = []

    def take() -> PostgresSeat:
        taken.append(PostgresSeat(url))
        return taken[-1]

    yield take
    for one in taken:
        one.close()


@pytest.fixture
def seat(take_seat: Callable[[], PostgresSeat]) -> PostgresSeat:
    return take_seat()


def rows(catalog: Catalog | PostgresCatalog) -> list[list[tuple]]:
    return [sorted(catalog._db.all(f"SELECT * FROM {name}"), key=repr) for name in NAMES if name != "meta"]


@pytest.mark.parametrize(
    ("wrong", "meant", "said"),
    [
        ("postgresql://beleg:geheim@127.0.0.1:1/x", RetryLater, "does not answer"),
        ("postgresql://beleg:geheim@127.0.0.1:{port}/nowhere", FixSettings, "no such database"),
        ("postgresql://nobody:geheim@127.0.0.1:{port}/postgres", FixSettings, "no such user"),
        ("postgresql://guarded:geheim@127.0.0.1:{port}/postgres", FixSettings, "password"),
        ("postgresql://guarded@127.0.0.1:{port}/postgres", FixSettings, "password"),
        ("postgresql://beleg:geheim@[::1/x", FixSettings, "catalog_url"),
        ("postgresql://beleg:geheim@127.0.0.1:{port}/postgres?sslmode=geheim", FixSettings, "catalog_url|postgres at"),
    ],
)
def test_why_no_session_comes_about_is_said_without_secrets(
    postgres: PostgresServer, wrong: str, meant: type[BelegError], said: str, tmp_path: Path
) -> None:
    postgres.ask(postgres.url("postgres"), "DROP ROLE IF EXISTS guarded")
    postgres.ask(postgres.url("postgres"), "CREATE ROLE guarded LOGIN PASSWORD 'another'")

    with pytest.raises(meant, match=said) as caught:
        seat_of(tmp_path, wrong.format(port=postgres.port)).exists()

    assert caught.value.hint
    assert wrong.startswith("postgresql://guarded@") or "sslmode" in wrong or "geheim" not in f"{caught.value}"
    assert "geheim" not in caught.value.hint


def test_the_url_is_not_shown_by_the_settings() -> None:
    settings = load_settings(catalog_url="postgresql://beleg:geheim@127.0.0.1/x")

    assert "geheim" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    with pytest.raises(FixSettings, match="postgresql://USER") as caught:
        load_settings(catalog_url="mysql://beleg:geheim@127.0.0.1/x")
    assert "geheim" not in f"{caught.value}"


def test_a_server_that_is_too_old_is_refused(seat: PostgresSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "OLDEST", 990_000)

    with pytest.raises(FixSettings, match="too old") as caught:
        seat.exists()
    assert "99" in caught.value.hint


def test_a_database_that_cannot_hold_every_text_is_refused(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.database("ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")

    with closing(seat_of(tmp_path, url)) as seat, pytest.raises(FixSettings, match="SQL_ASCII"):
        seat.exists()


def test_a_user_who_may_only_read_can_read(
    postgres: PostgresServer, url: str, seat: PostgresSeat, tmp_path: Path
) -> None:
    documents = filled(seat.open(tmp_path, META), "a.txt")
    name = f"reader{url.rpartition('beleg')[2]}"
    for statement in (
        f"CREATE ROLE {name} LOGIN",
        f"GRANT USAGE ON SCHEMA beleg TO {name}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA beleg TO {name}",
    ):
        postgres.ask(url, statement)

    with closing(PostgresSeat(url.replace("//beleg@", f"//{name}@"))) as theirs:
        catalog = theirs.open(tmp_path)
        assert catalog.documents() == [documents[0].info]
        with pytest.raises(FixStorage, match="permission denied") as caught:
            catalog.withdraw([documents[0].info.id], unwanted=False)
        assert "may do there" in caught.value.hint
        assert len(catalog.documents()) == 1, "and goes on"


def test_a_user_who_may_not_make_schemas_is_given_one(postgres: PostgresServer, url: str, tmp_path: Path) -> None:
    name = f"guest{url.rpartition('beleg')[2]}"
    postgres.ask(url, f"CREATE ROLE {name} LOGIN")
    with closing(PostgresSeat(url.replace("//beleg@", f"//{name}@"))) as theirs:
        with pytest.raises(FixStorage, match="permission denied"):
            theirs.open(tmp_path, META)
        postgres.ask(url, f"CREATE SCHEMA beleg AUTHORIZATION {name}")

        assert len(filled(theirs.open(tmp_path, META), "a.txt")) == 1


def test_where_nothing_was_stored_there_is_no_index(seat: PostgresSeat, tmp_path: Path) -> None:
    assert not seat.exists()
    with pytest.raises(AddDocuments, match="no index") as caught:
        seat.open(tmp_path)
    assert "rag ingest" in caught.value.hint


def test_it_is_made_once_and_then_opened(take_seat: Callable[[], PostgresSeat], tmp_path: Path) -> None:
    first, second = take_seat(), take_seat()
    made = first.open(tmp_path, META)
    opened = second.open(tmp_path, {"embedder": "another"})

    assert made.meta("embedder") == opened.meta("embedder") == "e/1"
    assert made.feed() == opened.feed()


def test_a_folder_with_a_catalog_of_its_own_is_not_passed_over(seat: PostgresSeat, tmp_path: Path) -> None:
    Catalog(tmp_path, create=META).close()

    with pytest.raises(FixSettings, match="catalog of its own") as caught:
        seat.open(tmp_path, META)
    assert "rag export" in caught.value.hint


def test_the_tables_are_those_of_the_file(
    url: str, postgres: PostgresServer, seat: PostgresSeat, tmp_path: Path
) -> None:
    seat.open(tmp_path, META)
    (tmp_path / "file").mkdir()
    with closing(Catalog(tmp_path / "file", create=META)) as catalog:
        for name in NAMES:
            theirs = [row[1] for row in catalog._db.all(f"PRAGMA table_info({name})")]
            ours = postgres.ask(
                url,
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'beleg'"
                f" AND table_name = '{name}' ORDER BY ordinal_position",
            )
            assert [column for (column,) in ours] == theirs
    assert TABLES.count("CREATE TABLE") == len(NAMES)
    assert "AUTOINCREMENT" not in made_of(TABLES)


def test_an_older_schema_is_migrated_and_a_newer_one_refused(
    postgres: PostgresServer, url: str, seat: PostgresSeat, tmp_path: Path
) -> None:
    documents = filled(seat.open(tmp_path, META), "a.txt", "b.txt")
    for statement in (
        "DROP TABLE beleg.files",
        "DROP TABLE beleg.places",
        "ALTER TABLE beleg.versions DROP COLUMN author",
        "ALTER TABLE beleg.versions DROP COLUMN length",
        "UPDATE beleg.meta SET value = '1' WHERE key = 'schema'",
    ):
        postgres.ask(url, statement)

    migrated = seat.open(tmp_path)
    assert migrated.meta("schema") == str(SCHEMA)
    assert migrated.documents() == [document.info for document in documents]
    assert migrated.seen_files(SOURCE) == {}
    postgres.ask(url, "UPDATE beleg.meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(RebuildIndex, match=rf"schema 99.*schema {SCHEMA}\b"):
        seat.open(tmp_path)


def test_a_line_that_was_cut_between_two_questions_is_not_noticed(
    postgres: PostgresServer, url: str, seat: PostgresSeat, tmp_path: Path
) -> None:
    catalog = seat.open(tmp_path, META)
    filled(catalog, "a.txt")
    with catalog.snapshot():
        assert len(catalog.documents()) == 1
    for look in (catalog.documents, lambda: filled(catalog, "b.txt")):
        assert postgres.cut(url) == 2
        assert len(look()) == 1
        with catalog.snapshot():
            assert catalog.documents()


def test_a_line_that_is_cut_in_a_transaction_leaves_nothing_half_written(
    postgres: PostgresServer, url: str, seat: PostgresSeat, tmp_path: Path
) -> None:
    catalog = seat.open(tmp_path, META)

    def write() -> None:
        with catalog.writing():
            catalog._db.run("INSERT INTO sources VALUES ('one', ?, 1)", b"/one")
            postgres.cut(url)
            catalog._db.run("INSERT INTO sources VALUES ('two', ?, 1)", b"/two")

    with pytest.raises(RetryLater, match="lost"):
        write()

    assert catalog.sources() == []
    assert len(filled(catalog, "a.txt")) == 1


def test_a_snapshot_that_is_cut_off_says_so_and_the_next_one_is_whole(
    postgres: PostgresServer, url: str, seat: PostgresSeat, tmp_path: Path
) -> None:
    catalog = seat.open(tmp_path, META)
    with catalog.snapshot():
        postgres.cut(url)
        with pytest.raises(RetryLater, match="lost"):
            catalog.documents()
    with catalog.snapshot():
        assert catalog.documents() == []


def test_a_snapshot_sees_one_state_and_only_its_own_thread_does(
    take_seat: Callable[[], PostgresSeat], tmp_path: Path
) -> None:
    catalog, other = take_seat().open(tmp_path, META), take_seat().open(tmp_path)
    seen: list[int] = []

    with catalog.snapshot():
        before = catalog.feed()
        filled(other, "a.txt", "b.txt")
        thread = threading.Thread(target=lambda: seen.append(len(catalog.documents())))
        thread.start()
        thread.join(20)
        assert (catalog.documents(), catalog.feed()) == ([], before)
    assert seen == [2]
    assert len(catalog.documents()) == 2


def test_one_writes_at_a_time_and_the_other_is_told_who(take_seat: Callable[[], PostgresSeat], tmp_path: Path) -> None:
    first, second = take_seat(), take_seat()
    with first.writer(wait=0):
        with pytest.raises(RetryLater, match=r"beleg on .*, process \d+"), second.writer(wait=0.1):
            pass
        filled(first.open(tmp_path, META), "a.txt")
    with second.writer(wait=0):
        assert len(second.open(tmp_path).documents()) == 1


def test_who_lost_the_line_and_with_it_the_lock_writes_no_more(
    postgres: PostgresServer, url: str, take_seat: Callable[[], PostgresSeat], tmp_path: Path
) -> None:
    first, second = take_seat(), take_seat()
    mine = first.open(tmp_path, META)
    with first.writer(wait=0):
        postgres.cut(url)
        with second.writer(wait=5):
            theirs = second.open(tmp_path)
            filled(theirs, "b.txt")
            assert len(mine.documents()) == 1, "reading goes on"
            for _ in range(2):
                with pytest.raises(RetryLater, match="lost"):
                    filled(mine, "a.txt")
    assert [document.name for document in theirs.documents()] == ["b.txt"]
    with first.writer(wait=0):
        filled(mine, "a.txt")


def hold(pipe: object, url: str, folder: str) -> None:
    seat = seat_of(Path(folder), url)
    catalog = seat.open(Path(folder))
    with seat.writer(wait=5), catalog.writing():
        catalog._db.run("INSERT INTO sources VALUES ('half', ?, 1)", b"/half")
        pipe.send("held")
        pipe.recv()


def test_a_writer_that_is_killed_leaves_neither_its_lock_nor_half_a_transaction(
    seat: PostgresSeat, url: str, tmp_path: Path
) -> None:
    catalog = seat.open(tmp_path, META)
    child = Child(hold, url, str(tmp_path), talking=True)
    assert child.pipe.recv() == "held"
    with pytest.raises(RetryLater, match=f"process {child.pid}"), seat.writer(wait=0):
        pass
    child.kill()

    with seat.writer(wait=5):
        assert catalog.sources() == []


def test_a_server_that_was_started_anew_is_found_again(tmp_path: Path, postgres: PostgresServer, url: str) -> None:
    with closing(seat_of(tmp_path, url)) as seat:
        catalog = seat.open(tmp_path, META)
        documents = filled(catalog, "a.txt")
        postgres.stop()
        try:
            with pytest.raises(RetryLater) as caught:
                catalog.documents()
            assert "again" in caught.value.hint
        finally:
            postgres.start()
        assert catalog.documents() == [documents[0].info]


def test_what_was_deleted_stands_in_no_table_once_compacted(
    postgres: PostgresServer, url: str, seat: PostgresSeat, tmp_path: Path
) -> None:
    catalog = seat.open(tmp_path, META)
    documents = filled(catalog, *(f"geheim{n}.txt" for n in range(50)))
    word = b"Das steht in geheim"
    # What a server does by itself now and then: its statistics hold examples of columns.
    postgres.ask(url, "VACUUM (ANALYZE)")
    before = catalog.feed()
    seat.set_aside()
    catalog = seat.open(tmp_path, META)
    filled(catalog, *(f"geheim{n}.txt" for n in range(50)))
    catalog.withdraw([document.info.id for document in documents], unwanted=False)
    catalog.forget(catalog.orphans())
    assert postgres.holds(word)

    catalog.compact()

    assert postgres.holds(word) == set()
    assert catalog.feed().compactions != before.compactions


def test_somebody_who_reads_makes_compacting_wait(
    take_seat: Callable[[], PostgresSeat], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_SESSION", (*sessions._SESSION, ("lock_timeout", "200ms")))
    writer, reader = take_seat().open(tmp_path, META), take_seat().open(tmp_path)
    with reader.snapshot():
        reader.documents()
        with pytest.raises(RetryLater, match="busy"):
            writer.compact()
    writer.compact()


def test_a_catalog_moves_to_a_server_and_back_as_it_was(seat: PostgresSeat, tmp_path: Path) -> None:
    for name in ("from", "back"):
        (tmp_path / name).mkdir()
    with closing(Catalog(tmp_path / "from", create=META)) as origin:
        documents = filled(origin, *(f"{n}.txt" for n in range(450)))
        origin.withdraw([documents[0].info.id], unwanted=True)
        origin.forget(origin.orphans())
        before = rows(origin)
    seat.take_over(tmp_path / "from")
    there = seat.open(tmp_path)
    assert rows(there) == before
    assert there.meta("embedder") == "e/1"

    there.copy_to(tmp_path / "back" / FILE)
    with closing(Catalog(tmp_path / "back")) as back:
        assert rows(back) == before
        assert back.damage() == []
    filled(there, "new.txt")
    assert there.feed().position == 452, "the feed goes on counting"


def test_taking_over_is_all_or_nothing(seat: PostgresSeat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "from").mkdir()
    with closing(Catalog(tmp_path / "from", create=META)) as origin:
        filled(origin, "a.txt", "b.txt")
        origin._db.connection.execute("PRAGMA foreign_keys = OFF")
        origin._db.connection.execute("DELETE FROM versions")
    catalog = seat.open(tmp_path, META)
    filled(catalog, "mine.txt")
    before = catalog.feed()

    with pytest.raises(RebuildIndex):
        seat.take_over(tmp_path / "from")

    assert ([d.name for d in catalog.documents()], catalog.feed()) == (["mine.txt"], before)


def test_a_catalog_set_aside_makes_room_and_counting_goes_on(
    postgres: PostgresServer, url: str, seat: PostgresSeat, tmp_path: Path
) -> None:
    catalog = seat.open(tmp_path, META)
    filled(catalog, "a.txt")
    generation, identity = catalog.generation, catalog.feed().identity
    for _ in range(2):
        seat.set_aside()
        assert not seat.exists()
        catalog = seat.open(tmp_path, META)
        assert catalog.documents() == []
        assert catalog.generation > generation
        assert catalog.feed().identity != identity
        generation, identity = catalog.generation, catalog.feed().identity
    assert postgres.ask(url, "SELECT count(*) FROM beleg_before_rebuild.documents") == [(0,)]
    catalog.compact()
    assert postgres.ask(url, "SELECT to_regnamespace('beleg_before_rebuild')") == [(None,)]


def test_a_text_that_is_not_what_was_stored_is_found(
    postgres: PostgresServer, url: str, seat: PostgresSeat, tmp_path: Path
) -> None:
    catalog = seat.open(tmp_path, META)
    filled(catalog, "a.txt", "b.txt")
    assert catalog.damage() == []
    postgres.ask(url, "UPDATE beleg.versions SET text = 'Anderes.' WHERE text LIKE '%b.txt%'")

    assert catalog.damage() == ["the text of b.txt is not what was stored"]
    postgres.ask(url, "DROP TABLE beleg.chunks")
    with pytest.raises(RebuildIndex, match="damaged") as caught:
        catalog.chunk_count()
    assert "backup" in caught.value.hint


def test_a_seat_without_its_libraries_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from rag import InstallExtra

    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InstallExtra) as caught:
        seat_of(tmp_path, "postgresql://127.0.0.1/x")
    assert "beleg[postgres]" in caught.value.hint


def test_a_file_needs_no_server(tmp_path: Path) -> None:
    seat: Seat = seat_of(tmp_path, None)
    assert (seat.remote, seat.exists()) == (False, False)
    with seat.writer(wait=0), closing(seat.open(tmp_path, META)):
        assert seat.exists()
    seat.close()
