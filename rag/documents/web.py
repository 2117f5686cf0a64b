"""Pages of the web, one by one: an address to the bytes behind it, and the name of the document that they become.

An address leads where its host says, so hosts are looked up here, each of their addresses is checked,
and the connection goes to the one that was checked; so it is with every redirect.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from rag.documents.formats import FORMATS, format_of
from rag.errors import FixFile, FixInput

_REDIRECTS = 5
_REDIRECTED = frozenset((301, 302, 303, 307, 308))
_PORTS = {"http": 80, "https": 443}
_PART = 1 << 16
_NAME_MAX = 180
_ODD = re.compile(r"[^\w.,()+=@-]+")
_SUFFIX_OF = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/plain": ".txt",
    "text/markdown": ".md", "text/csv": ".csv", "text/tab-separated-values": ".tsv", "application/rtf": ".rtf",
    "text/rtf": ".rtf", "application/epub+zip": ".epub", "message/rfc822": ".eml", "application/zip": ".zip",
    "application/x-ndjson": ".jsonl", "application/jsonl": ".jsonl",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetching:
    """What an address may cost and where it may lead: bytes, seconds in all, and whether to private addresses."""

    limit: int
    seconds: float = 30.0
    private: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes behind an address, and the name of the document: host and path, with the suffix of its kind."""

    name: str
    data: bytes


def fetch(address: str, rule: Fetching) -> Fetched:
    """Return what is behind an address.

    Raises:
        FixInput: it is no address that can be asked.
        FixFile: it leads to a private address, is too large or too slow, is not there, or is of no known format.
    """
    deadline = time.monotonic() + rule.seconds
    url = address
    for _ in range(_REDIRECTS + 1):
        parts = _parts(url, redirected=url != address)
        connection = _connected(parts, rule, deadline)
        # Each byte of the headers may take as long as a connection waits; all together they may not.
        ending = threading.Timer(max(deadline - time.monotonic(), 0), _end, (connection.sock,))
        ending.daemon = True
        ending.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers={"User-Agent": "Beleg", "Accept-Encoding": "gzip"})
            with connection.getresponse() as response:
                if response.status in _REDIRECTED and (where := response.headers.get("Location")):
                    url = urljoin(url, where)
                    continue
                if response.status != http.client.OK:
                    raise FixFile(f"the server answered {response.status} {response.reason}".strip(), transient=True)
                return Fetched(_name(address, response.headers.get_content_type()), _body(response, rule, deadline))
        except TimeoutError as error:
            raise _late(rule) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() > deadline:
                raise _late(rule) from error
            raise FixFile(f"cannot be fetched: {error}", transient=True) from error
        finally:
            ending.cancel()
            connection.close()
    raise FixFile(f"more than {_REDIRECTS} redirects", transient=True)


def _parts(url: str, *, redirected: bool) -> SplitResult:
    said = f"{url[:200]!r} is no address that can be asked."
    wrong = FixFile(f"redirected: {said}") if redirected else FixInput(said, hint="Write it as https://host/path.")
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise wrong from error
    if not named or parts.scheme not in _PORTS or "@" in parts.netloc or not url.isascii() or " " in url:
        raise wrong
    return parts


def _connected(parts: SplitResult, rule: Fetching, deadline: float) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FixFile(f"{host} cannot be found", hint="Check the address and the network.", transient=True) from error
    inside = [one[4][0] for one in found if not ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_global]
    if inside and not rule.private:
        raise FixFile(
            f"{host} is a private address ({inside[0]})", hint="Allow such ones with private_urls in rag.toml."
        )
    left = max(deadline - time.monotonic(), 0.01)
    connection = http.client.HTTPConnection(host, port, timeout=left)
    try:
        plain = socket.create_connection((str(found[0][4][0]), port), timeout=left)
        secure = parts.scheme == "https"
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
    except TimeoutError as error:
        raise _late(rule) from error
    except OSError as error:
        raise FixFile(f"{host} cannot be reached: {error}", transient=True) from error
    return connection


def _end(connection: socket.socket) -> None:
    """Let whoever reads from a connection read no more."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _body(response: http.client.HTTPResponse, rule: Fetching, deadline: float) -> bytes:
    zipped = response.headers.get("Content-Encoding", "identity").lower()
    if zipped not in ("identity", "gzip", ""):
        raise FixFile(f"sent in an encoding that was not asked for ({zipped[:20]})", transient=True)
    unzip = zlib.decompressobj(31) if zipped == "gzip" else None
    data = bytearray()
    while part := response.read1(_PART):
        data += unzip.decompress(part, rule.limit + 1) if unzip else part
        if len(data) > rule.limit:
            raise FixFile(f"larger than {rule.limit / 1_000_000:.0f} MB", hint="Raise max_file_mb in rag.toml.")
    # At the deadline the connection was ended, and nothing more came.
    if time.monotonic() > deadline:
        raise _late(rule)
    # A body without a length ends wherever its connection does; what is packed says itself whether it is whole.
    if response.length or (unzip is not None and not unzip.eof):
        raise FixFile(f"cut off after {len(data):,} bytes", hint="Fetch it again.", transient=True)
    return bytes(data)


def _late(rule: Fetching) -> FixFile:
    return FixFile(
        f"not fetched within {rule.seconds:g} seconds", hint="Raise url_seconds in rag.toml.", transient=True
    )


def _name(address: str, kind: str) -> str:
    """Return host and path as a document's name; what was asked for names it, wherever it led."""
    parts = urlsplit(address)
    asked = unquote(f"{parts.path}{'_' + parts.query if parts.query else ''}")
    steps = [_ODD.sub("_", step).strip(".") for step in asked.split("/")]
    name = "/".join(filter(None, [_ODD.sub("_", parts.netloc), *steps]))[:_NAME_MAX].rstrip("/.")
    suffix = _SUFFIX_OF.get(kind)
    found = format_of(name)
    if suffix is None:
        if found is None or kind not in ("application/octet-stream", "binary/octet-stream"):
            raise FixFile(f"not a format that Beleg reads ({kind})", skipped=True)
        return name
    same = next(one.suffixes for one in FORMATS if suffix in one.suffixes)
    return name if found is not None and found.suffixes == same and "/" in name else name + suffix
