"""An address to a document: limits on size and time, redirects checked, private addresses refused unless allowed."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rag import LocalEngine
from rag.documents.web import Fetching, fetch
from rag.errors import BelegError, FixFile, FixInput
from rag.pages import ingest_pages

ALLOWED = Fetching(limit=100_000, seconds=5, private=True)
PAGE = "<html lang=de><title>Hafen</title><p>Der Hafen von Hamburg wächst um zwölf Kräne.</p></html>".encode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/nach/"):
            self.send_response(302)
            self.send_header(
                "Location", {"selbst": self.path, "seite": "/seite", "datei": "file:///etc/passwd"}[path[6:]]
            )
            self.end_headers()
        elif path in ("/langsam", "/tropfen"):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if path == "/langsam" else b""))
            self.drip(b"X: y\r\n")
        elif path == "/weg":
            self.send_error(404)
        else:
            body = {"/seite": PAGE, "/gross": bytes(200_000), "/bombe": gzip.compress(bytes(9_000_000)),
                    "/gepackt": gzip.compress(PAGE), "/halb": PAGE[:40],
                    "/halb-gepackt": gzip.compress(PAGE)[:-20]}.get(path, b"Text.")  # fmt: skip
            kind = {"/bild": "image/png", "/notiz.txt": "text/plain"}.get(path, "text/html; charset=utf-8")
            self.send_response(200)
            self.send_header("Content-Type", kind)
            if path == "/halb":
                self.send_header("Content-Length", str(len(PAGE)))
            if path in ("/bombe", "/gepackt", "/halb-gepackt"):
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

    def drip(self, part: bytes) -> None:
        for _ in range(40):
            time.sleep(0.1)
            try:
                self.wfile.write(part)
            except OSError:
                return

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A web server of the test's own, on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def host(site: str) -> str:
    return site.removeprefix("http://").replace(":", "_")


@pytest.mark.parametrize("path", ["seite", "nach/seite", "gepackt"])
def test_a_page_is_fetched_over_redirects_and_named_for_what_was_asked(site: str, path: str) -> None:
    page = fetch(f"{site}/{path}", ALLOWED)

    assert page.data == PAGE
    assert page.name == f"{host(site)}/{path}.html"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/notiz.txt", "/notiz.txt"),
        ("/", ".html"),
        ("/a%2F..%2Fb/c?id=7", "/a/b/c_id=7.html"),
        ("/x.pdf", "/x.pdf.html"),
    ],
)
def test_a_name_is_one_that_a_file_could_have(site: str, path: str, name: str) -> None:
    assert fetch(f"{site}{path}", ALLOWED).name == f"{host(site)}{name}"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("gross", "larger than 0 MB"), ("bombe", "larger than 0 MB"), ("langsam", "within 1 seconds"), ("weg", "404"),
        ("tropfen", "within 1 seconds"), ("halb", "cut off"), ("halb-gepackt", "cut off"),
        ("bild", "image/png"), ("nach/selbst", "redirects"), ("nach/datei", "redirected"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_one_line(site: str, path: str, said: str) -> None:
    # Only where the limit is what is tested: a busy machine needs its time for the others.
    seconds = 1 if "seconds" in said else 60
    begun = time.monotonic()
    with pytest.raises(FixFile, match=said):
        fetch(f"{site}/{path}", Fetching(limit=100_000, seconds=seconds, private=True))
    assert time.monotonic() - begun < seconds + 10, "it waits for nobody"


@pytest.mark.parametrize("address", ["http://localhost/x", "http://127.1/x", "http://[::1]/", "http://0x7f000001/"])
def test_private_addresses_are_refused_however_they_are_written(address: str) -> None:
    with pytest.raises(FixFile, match="private address"):
        fetch(address, Fetching(limit=10))


@pytest.mark.parametrize(
    "address", ["http://", "http://a b/", "https://user:word@example.org/", "http://x:99999/", "ftp://x/"]
)
def test_what_is_no_address_is_the_callers_mistake(address: str) -> None:
    with pytest.raises(FixInput):
        fetch(address, ALLOWED)


def test_pages_become_documents_and_are_known_again(engine: LocalEngine, site: str) -> None:
    first = ingest_pages(engine, [f"{site}/seite", f"{site}/weg", f"{site}/bild"], ALLOWED)
    again = ingest_pages(engine, [f"{site}/seite"], ALLOWED)

    assert (first.added, len(first.failed), len(first.skipped)) == ((f"{host(site)}/seite.html",), 1, 1)
    assert again.unchanged == 1
    assert engine.ask("Um wie viele Kräne wächst der Hafen?").citations[0].document == f"{host(site)}/seite.html"
    with pytest.raises(BelegError):
        ingest_pages(engine, ["http://"], ALLOWED)
