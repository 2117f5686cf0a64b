"""The engine of a running server, spoken to over HTTP: same methods, same records.

``find`` looks beside an index for the server that answers from it. Only the standard library is
imported until a question is asked: httpx alone would take longer than the answer does.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode, urlsplit

from rag import __version__, sending
from rag.documents.selection import EVERYTHING, Selection
from rag.errors import BelegError, OpenEngine, RetryLater
from rag.events import AnswerDone, AnswerEvent, StageDone, StatementDropped, StatementReady
from rag.ownership import RunningServer, running_server
from rag.records import Answer, Citation, Document, DocumentInfo, Dropped, Filters, Hit, Statement
from rag.waiting import NonBlocking
from rag.wire import build, error_of, plain

if TYPE_CHECKING:
    from rag.conversation import Turn
    from rag.plan import Ready
    from rag.receipts import Verification
    from rag.reports import IngestEvent, IngestReport

_SECONDS = 120.0
_SECONDS_TO_WRITE = 3600.0


def find(index: Path) -> RunningServer | None:
    """Return the server of this version that answers from an index, if one is running.

    Raises:
        RetryLater: one of another version is.
    """
    server = running_server(index)
    if server is not None and server.version != __version__:
        raise RetryLater(
            f"The server at {server.url} runs Beleg {server.version}, this is {__version__}.",
            hint="Start it anew (rag stop, rag serve), or pass it by with --no-server.",
        )
    return server


class RemoteEngine(NonBlocking):
    """An index that a server answers from; ``key`` is an API key or the token beside the index.

    It may be shared by threads. Methods raise what LocalEngine's raise, OpenEngine once it is closed, and RetryLater where
    the server cannot be reached. ``top`` is used where a question names none of its own. ``index`` is the folder that the
    server answers from, where that is on this machine; no document is taken from it.
    """

    def __init__(self, url: str, key: str = "", *, top: int | None = None, index: Path | None = None) -> None:
        self.url = url.rstrip("/")
        self._key = key
        self._top = top
        self._index = None if index is None else index.expanduser().resolve()
        self._closed = False

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """See ``close``."""
        self.close()

    def close(self) -> None:
        """Ask the server nothing any more; a request leaves nothing open that would have to be let go of."""
        self._closed = True

    def ask(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Answer:
        """See ``Engine.ask``."""
        return build(Answer, self.call("POST", "/v1/ask", self._asked(question, filters, top)))

    def stream(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Iterator[AnswerEvent]:
        """See ``Engine.stream``."""
        body = self._asked(question, filters, top)
        connection, response = self._request("POST", "/v1/ask", body, accept="text/event-stream")
        try:
            for name, values in _events(response):
                yield _event(name, values)
        except (OSError, http.client.HTTPException) as error:
            raise self._away() from error
        finally:
            connection.close()

    def standalone(self, question: str, turns: Sequence[Turn]) -> str:
        """See ``conversation.standalone``; the server's model is asked, where it has one."""
        from rag.conversation import TURNS

        before = [{"question": turn.question, "statements": list(turn.statements)} for turn in turns[-TURNS:]]
        return str(self.call("POST", "/v1/standalone", {"question": question, "turns": before})["question"])

    def search(self, question: str, filters: Filters | None = None, *, limit: int = 10) -> list[Hit]:
        """See ``Engine.search``."""
        body = {"question": question, "limit": limit, "explain": True, **_filters(filters)}
        return [build(Hit, found["hit"]) for found in self.call("POST", "/v1/search", body)["hits"]]

    def documents(self, filters: Filters | None = None) -> list[DocumentInfo]:
        """See ``Engine.documents``."""
        query = urlencode({k: str(v).lower() if v is True else v for k, v in _filters(filters).items()}, doseq=True)
        return [build(DocumentInfo, one) for one in self.call("GET", f"/v1/documents?{query}")["documents"]]

    def document(self, which: str) -> Document:
        """See ``LocalEngine.document``."""
        from rag.sources import pick

        chosen = pick(self.documents(), which)
        text = self.call("GET", f"/v1/documents/{chosen.id}/text?version={chosen.version}")["text"]
        return Document(chosen, text)

    def remove(self, *which: str, purge: bool = False) -> list[str]:
        """See ``LocalEngine.remove``."""
        from rag.sources import meant

        documents = self.documents()
        keys: list[str] = []
        gone: set[str] = set()
        for one in (meant(documents, each) for each in which):
            # A mail and its attachment, both named: the attachment goes with the mail.
            if new := {document.id for document in one.documents} - gone:
                keys.append(one.key)
                gone |= new
        removed: list[str] = []
        for at, key in enumerate(keys, start=1):
            # The last one's purge is that of all.
            query = "?purge=true" if purge and at == len(keys) else ""
            path = f"/v1/documents/{quote(key, safe='/')}{query}"
            removed += self.call("DELETE", path, seconds=_SECONDS_TO_WRITE)["removed"]
        return list(dict.fromkeys(removed))

    def ingest(self, *paths: str | Path, sync: bool = False, dry_run: bool = False) -> IngestReport:
        """See ``Engine.ingest``; the files' contents are sent, never their paths."""
        from rag.reports import fold

        return fold(self.ingest_events(*paths, sync=sync, dry_run=dry_run))

    def ingest_events(
        self,
        *paths: str | Path,
        sync: bool = False,
        dry_run: bool = False,
        rebuild: bool = False,
        selection: Selection = EVERYTHING,
        ready: Ready | None = None,
    ) -> Generator[IngestEvent]:
        """See ``LocalEngine.ingest_events``.

        Raises:
            RetryLater: ``rebuild``, which only a process that has the index to itself may.
        """
        if rebuild:
            raise RetryLater(
                "A server answers from this index; it cannot be made anew meanwhile.", hint="Stop it first: rag stop"
            )
        chosen = [Path(path) for path in paths]
        how: dict[str, Any] = {"sync": sync, "dry_run": dry_run, "selection": selection, "ready": ready}
        yield from sending.send(self, chosen, skip=self._index, **how)

    def upload(self, name: str, data: bytes, *, source: str | None = None, modified: int = 0) -> dict[str, Any]:
        """Send a document; it can be cited when this returns. See ``uploads.take``, the verdict ``uploads.Taken``."""
        query = urlencode({key: one for key, one in (("folder", source), ("modified", modified)) if one})
        return self.call("PUT", f"/v1/documents/{quote(name, safe='/')}?{query}", data, seconds=_SECONDS_TO_WRITE)

    def refresh(self) -> IngestReport | None:
        """Have the server take in what changed in the folders that it follows; None where nothing did."""
        said = self.call("POST", "/v1/sync", seconds=_SECONDS_TO_WRITE)
        if not any(said[what] for what in ("added", "changed", "removed", "failed")):
            return None
        from rag.reports import IngestReport

        return build(IngestReport, said)

    def source_ids(self, paths: list[Path]) -> tuple[str, ...]:
        """See ``LocalEngine.source_ids``."""
        sources = sending.Sources(self)
        return tuple(sources.id_of(path) for path in paths)

    def verify(self, receipt: Answer, *, docs: Path | None = None) -> Verification:
        """See ``Engine.verify``; against files in ``docs`` it is done here."""
        from rag import receipts

        if docs is not None:
            from rag.documents.worker import Worker
            from rag.settings import load_settings
            from rag.sources import current_files

            with closing(Worker.of(load_settings())) as parser:
                return receipts.verify(receipt, current_files(docs, sending.Sources(self).max_file_bytes, parser))
        return build(receipts.Verification, self.call("POST", "/v1/verify", receipts.to_json(receipt)))

    def call(self, method: str, path: str, body: Any = None, *, seconds: float = _SECONDS) -> Any:
        """Return a response's JSON; ``body`` is bytes, or what becomes JSON.

        Raises:
            BelegError: what the server said went wrong.
            RetryLater: the server cannot be reached.
        """
        connection, response = self._request(method, path, body, seconds=seconds)
        try:
            return json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._away() from error
        finally:
            connection.close()

    def _request(
        self, method: str, path: str, body: Any, *, accept: str = "application/json", seconds: float = _SECONDS
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        if self._closed:
            raise OpenEngine("The engine is closed.", hint="Make another one (rag.RemoteEngine).")
        at = urlsplit(self.url)
        kind = http.client.HTTPSConnection if at.scheme == "https" else http.client.HTTPConnection
        connection = kind(at.hostname or "", at.port, timeout=seconds)
        raw = isinstance(body, bytes)
        headers = {"Accept": accept, "Content-Type": "application/octet-stream" if raw else "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            data = body if raw or body is None else json.dumps(plain(body)).encode()
            connection.request(method, at.path + path, data, headers)
            response = connection.getresponse()
            if response.status < http.client.BAD_REQUEST:
                return connection, response
            refused = _refusal(response)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise self._away() from error
        connection.close()
        raise refused

    def _asked(self, question: str, filters: Filters | None, top: int | None) -> dict[str, Any]:
        most = self._top if top is None else top
        named = {} if most is None else {"top": most}
        return {"question": question, "explain": True, **named, **_filters(filters)}

    def _away(self) -> RetryLater:
        return RetryLater(
            f"The server at {self.url} does not answer.",
            hint="See how it is: rag status. To do without it: --no-server",
        )


def _refusal(response: http.client.HTTPResponse) -> BelegError:
    try:
        values = json.loads(response.read())
    except ValueError:
        values = {"detail": f"The server answered {response.status} {response.reason}."}
    return error_of(values if isinstance(values, dict) else {})


def _filters(filters: Filters | None) -> dict[str, Any]:
    return {key: value for key, value in plain(filters or Filters()).items() if value}


def _events(response: http.client.HTTPResponse) -> Iterator[tuple[str, Any]]:
    """Yield name and values of each event until the stream says that it is over."""
    name = ""
    for line in response:
        kind, _, value = line.decode("utf-8").rstrip("\n").partition(": ")
        if kind == "event":
            name = value
        elif kind == "data":
            yield name, json.loads(value)
            if name in ("done", "error"):
                return
    raise http.client.IncompleteRead(b"")


def _event(name: str, values: Any) -> AnswerEvent:
    if name == "error":
        raise error_of(values)
    if name == "stage":
        return build(StageDone, values)
    if name == "statement":
        cited = tuple(build(Citation, citation) for citation in values["citations"])
        return StatementReady(build(Statement, values["statement"]), cited)
    if name == "dropped":
        return StatementDropped(build(Dropped, values))
    return AnswerDone(build(Answer, values))
