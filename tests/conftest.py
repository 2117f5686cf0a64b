"""What every test stands on: no network beyond loopback, no settings of the developer's machine."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from folders import TEXTS, write
from hypothesis import HealthCheck, settings

from rag import LocalEngine, connect, load_settings
from tests.postgres import PostgresServer, running
from tests.scripted import ScriptedServer, scripted_server
from tests.ships import SHIPS

SEEDS = Path(__file__).parent.parent / "seeds"

settings.register_profile("sample", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sample")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long versions too")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--soak"):
        settings.load_profile("soak")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Files of long tests begin, so that no worker is left alone with one at the end; the order is random otherwise.
    long = {item.path for item in items if "model" in item.keywords}
    items.sort(key=lambda item: item.path not in long)
    if not config.getoption("--soak"):
        for item in items:
            if "soak" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="long version: make soak"))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else address
            assert host in ("127.0.0.1", "::1", "localhost"), f"a test reached for {host}"
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for key in list(os.environ):
        if key.startswith("RAG_"):
            monkeypatch.delenv(key)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for documents."""
    path = tmp_path / "docs"
    path.mkdir()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    # Not below pytest's own folder, which only its user may enter.
    place = tempfile.TemporaryDirectory(prefix="beleg-postgres-", ignore_cleanup_errors=True)
    with place as folder, running(Path(folder)) as server:
        yield server


@pytest.fixture
def catalog_url(request: pytest.FixtureRequest) -> Callable[[Path], str | None]:
    """Where the catalog of an index folder is: in it, or where a module's CATALOGS says so, on a server."""
    if getattr(request, "param", "file") != "postgres":
        return lambda folder: None
    server: PostgresServer = request.getfixturevalue("postgres")
    return cache(lambda folder: server.database())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module that names several CATALOGS with each, but for those that name one themselves."""
    own = any(mark.args[0] == "catalog_url" for mark in metafunc.definition.iter_markers("parametrize"))
    if not own and "catalog_url" in metafunc.fixturenames and hasattr(metafunc.module, "CATALOGS"):
        metafunc.parametrize("catalog_url", metafunc.module.CATALOGS, indirect=True)


@pytest.fixture
def open_engine(tmp_path: Path, catalog_url: Callable[[Path], str | None]) -> Iterator[Callable[..., LocalEngine]]:
    """Open engines on one index with the hashed-words double; they are closed at the end."""
    opened: list[LocalEngine] = []

    def open_one(**given: object) -> LocalEngine:
        values = {"index": tmp_path / "index", "embedding": "hashed-words", "wait": 5, "threshold": 0.0, **given}
        values.setdefault("catalog_url", catalog_url(Path(str(values["index"]))))
        opened.append(connect(load_settings(**values)))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(open_engine: Callable[..., LocalEngine]) -> LocalEngine:
    """An engine on an empty index, with the hashed-words double."""
    return open_engine()


@pytest.fixture
def filled(engine: LocalEngine, folder: Path) -> LocalEngine:
    """The same, holding the few texts of ``folders``."""
    write(folder, TEXTS)
    engine.ingest(folder)
    return engine


@pytest.fixture(scope="session")
def seeds_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """The seed documents under the real embedded model: made once for all processes of a run, only read."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    # Whoever comes second waits for the first, and finds nothing to do.
    with connect(load_settings(index=shared / "seeds-index", wait=600)) as made:
        made.ingest(SEEDS)
        yield made


@pytest.fixture(scope="module")
def shared_model() -> Iterator[ScriptedServer]:
    """A scripted model server, for all tests of a module."""
    with scripted_server() as server:
        yield server


@pytest.fixture
def server(shared_model: ScriptedServer) -> ScriptedServer:
    """The same server, with nothing asked of it yet."""
    shared_model.requests.clear()
    shared_model.keys.clear()
    return shared_model


@pytest.fixture
def asking(open_engine: Callable[..., LocalEngine], folder: Path, server: ScriptedServer) -> Callable[..., LocalEngine]:
    """Open an engine over the three texts whose model is the scripted server."""
    for name, text in SHIPS.items():
        (folder / name).write_text(text, encoding="utf-8")

    def opened(**given: Any) -> LocalEngine:
        values = {"llm": "small", "llm_base_url": server.address, "llm_retries": 0, "llm_silence": 60, **given}
        engine = open_engine(**values)
        engine.ingest(folder)
        return engine

    return opened
