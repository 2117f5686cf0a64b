"""A connection to a Chroma server, and what it and the network raise as errors of ours."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from rag.errors import BelegError, FixSettings, FixStorage, RetryLater
from rag.vectors.store import RebuildShared

if TYPE_CHECKING:
    from rag.settings import Settings

_MAJOR = "1"
"""The version of Chroma's server that is spoken to; its interface is the same in all of 1.x."""
_BUSY = (408, 425, 429, 502, 503, 504)
_REFUSED = (401, 403, 407)
_NOT_FOUND = 404
_CONNECT = 5.0
_FULL = ("no space", "disk is full", "readonly", "read-only")
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """Where a Chroma server or cluster is, and what it wants to see before it answers.

    ``url`` has no slash at its end; ``headers`` are sent with every request and are secret; ``ca`` is a file of
    certificates to trust in place of the system's. ``silence`` is how many seconds a request may take,
    ``patience`` how long a server that is away is waited for.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    ca: Path | None = None
    tenant: str = "default_tenant"
    database: str = "default_database"
    silence: float = 60.0
    patience: float = 10.0

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Return the server that the settings name, if they name one."""
        if settings.chroma_url is None:
            return None
        return cls(
            url=settings.chroma_url,
            headers={name: value.get_secret_value() for name, value in settings.chroma_headers.items()},
            ca=settings.chroma_ca,
            tenant=settings.chroma_tenant,
            database=settings.chroma_database,
            silence=settings.chroma_silence,
            patience=settings.wait,
        )

    @property
    def place(self) -> str:
        """What a catalog remembers of it."""
        return f"{self.url}/{self.tenant}/{self.database}"


def connected(server: ChromaServer) -> Any:
    """Return Chroma's client of a server that answers, lets us in, and is of a version that we speak.

    Raises:
        FixSettings: the address, the credentials, tenant or database are wrong, or it is of another version.
        RetryLater: it cannot be reached.
    """
    with errors_of(server):
        # Looked at first by ourselves: Chroma's client leaves its sockets open where it cannot be made.
        _look(server)
        import chromadb
        from chromadb.config import Settings

        given: dict[str, Any] = {
            "anonymized_telemetry": False,
            "chroma_client_auth_provider": None,
            "chroma_server_ssl_verify": str(server.ca) if server.ca else None,
            # Given here, so that no variable of the environment that is meant for another program counts.
            "chroma_server_host": server.url,
            "chroma_server_http_port": None,
            "chroma_server_ssl_enabled": False,
            "chroma_server_headers": dict(server.headers),
        }
        with warnings.catch_warnings():
            # Chroma hands the file of certificates on in a way that its HTTP client will give up one day.
            warnings.filterwarnings("ignore", r"`verify=<str>` is deprecated", DeprecationWarning)
            client: Any = chromadb.HttpClient(
                server.url,
                headers=dict(server.headers),
                settings=Settings(_env_file=None, **given),  # pyright: ignore[reportCallIssue]
                tenant=server.tenant,
                database=server.database,
            )
        for session in _sessions(client):
            # It would wait for ever, and offers no setting for that.
            session.timeout = _timeout(server)
    return client


def disconnect(client: Any) -> None:
    """Close a client, and the connections that it leaves open."""
    sessions = _sessions(client)
    client.close()
    for session in sessions:
        session.close()


def _sessions(client: Any) -> list[Any]:
    # Shown to nobody by Chroma, whose client keeps a second one to look for tenants.
    return [one._server._session for one in (client, client._admin_client)]  # noqa: SLF001


def _timeout(server: ChromaServer) -> Any:
    import httpx

    return httpx.Timeout(server.silence, connect=min(server.silence, _CONNECT))


def _look(server: ChromaServer) -> None:
    """Hold a server against what is expected of it."""
    import httpx

    trusted = _trusted(server)
    with httpx.Client(headers=dict(server.headers), verify=trusted, timeout=_timeout(server)) as http:
        said = http.get(f"{server.url}/api/v2/version").raise_for_status().json()
        if not isinstance(said, str):
            raise _no_chroma(server)
        if said.partition(".")[0] != _MAJOR:
            raise FixSettings(
                f"The Chroma server at {server.url} says that it is version {said[:_SHOWN]}; Beleg speaks to {_MAJOR}.x.",
                hint="Run a server of that version: chroma run --path FOLDER",
            )
        there = http.get(f"{server.url}/api/v2/tenants/{quote(server.tenant)}/databases/{quote(server.database)}")
        if there.status_code == _NOT_FOUND:
            raise FixSettings(
                f"The Chroma server at {server.url} has no database {server.database!r} of a tenant {server.tenant!r}.",
                hint="Make it there, or name another: RAG_CHROMA_TENANT, RAG_CHROMA_DATABASE.",
            )
        there.raise_for_status()


def _trusted(server: ChromaServer) -> ssl.SSLContext | bool:
    if server.ca is None:
        return True
    try:
        return ssl.create_default_context(cafile=server.ca)
    except (OSError, ssl.SSLError) as error:
        raise FixSettings(
            f"The certificates in {server.ca} cannot be read: {error}.",
            hint="Name a file in PEM format: RAG_CHROMA_CA=ca.pem",
        ) from error


@contextmanager
def errors_of(server: ChromaServer) -> Generator[None]:
    """Turn the errors of Chroma's client and of the network into those that a reader can act on."""
    try:
        yield
    except BelegError:
        raise
    except Exception as error:
        known = _as_ours(server, error)
        if known is None:
            raise
        raise known from error


def _as_ours(server: ChromaServer, error: Exception) -> BelegError | None:
    import httpx
    from chromadb import errors as chroma

    # Chroma makes plain errors of those of its HTTP client, which stay in their context.
    for cause in _chain(error):
        if isinstance(cause, httpx.TransportError):
            return _network(server, cause)
        if isinstance(cause, httpx.HTTPStatusError):
            return _status(server, cause.response.status_code, cause.response.text)
        if isinstance(cause, (chroma.AuthorizationError, chroma.ChromaAuthError)):
            return _status(server, _REFUSED[0], str(cause))
        if isinstance(cause, (chroma.RateLimitError, chroma.QuotaError)):
            return _status(server, _BUSY[0], str(cause))
        if isinstance(cause, chroma.ChromaError):
            return _server_error(server, str(cause))
    if isinstance(error, (UnicodeError, httpx.InvalidURL)):
        return FixSettings(f"No request to {server.url} can be made: the address or a header is no text.", hint=_CHECK)
    # A page of some other server is no JSON.
    return _no_chroma(server) if isinstance(error, ValueError) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    at: BaseException | None = error
    while at is not None:
        yield at
        at = at.__cause__ or at.__context__


_CHECK = "Check RAG_CHROMA_URL, RAG_CHROMA_HEADERS and RAG_CHROMA_CA."


def _network(server: ChromaServer, error: Exception) -> BelegError:
    import httpx

    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return FixSettings(
            f"The certificate of the Chroma server at {server.url} is not trusted ({text[:_SHOWN]}).",
            hint="Name the file of the authority that signed it: RAG_CHROMA_CA=ca.pem",
        )
    if isinstance(error, httpx.LocalProtocolError):
        return FixSettings(f"No request to {server.url} can be made: a header is unusable.", hint=_CHECK)
    if "SSL" in text:
        return FixSettings(f"No secure connection to {server.url} can be made ({text[:_SHOWN]}).", hint=_CHECK)
    said = text or type(error).__name__
    return RetryLater(
        f"The Chroma server at {server.url} does not answer ({said[:_SHOWN]}).",
        hint="Start it, or check RAG_CHROMA_URL; then run the command again. What was finished is kept.",
    )


def _status(server: ChromaServer, status: int, said: str) -> BelegError:
    if status in _REFUSED:
        return FixSettings(
            f"The Chroma server at {server.url} does not accept who asks (status {status}).",
            hint='Give what it wants to see: RAG_CHROMA_HEADERS=\'{"Authorization": "Bearer ..."}\'',
        )
    if status in _BUSY:
        return RetryLater(
            f"The Chroma server at {server.url} is busy (status {status}).", hint="Run the command again in a moment."
        )
    return (
        _no_chroma(server)
        if status in (_NOT_FOUND, 405, 410) or said.lstrip().startswith("<")
        else _server_error(server, said)
    )


def _no_chroma(server: ChromaServer) -> FixSettings:
    return FixSettings(
        f"What answers at {server.url} is no Chroma server of version {_MAJOR}.x.",
        hint="Check RAG_CHROMA_URL; to start one: chroma run --path FOLDER",
    )


def _server_error(server: ChromaServer, said: str) -> BelegError:
    if any(sign in said.lower() for sign in _FULL):
        return FixStorage(
            f"The Chroma server at {server.url} cannot write ({said[:_SHOWN]}).", hint="Check its disk and permissions."
        )
    return RebuildShared(
        f"The Chroma server at {server.url} cannot do what it was asked ({said[:_SHOWN]}).",
        hint="See its log; to make the vectors there anew from the catalog: rag doctor --repair",
    )
