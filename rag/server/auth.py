"""Who may call: API keys, of which only hashes are known, read again whenever their file changes."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from rag.errors import FixInput

_log = logging.getLogger("beleg.server")
_LINE = re.compile(r"(?P<name>[\w.-]{1,64})\s+sha256:(?P<hash>[0-9a-f]{64})(?:\s+(?P<right>read|write))?")
_PREFIX = "beleg_"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from; ``writes`` says whether it may change documents."""

    name: str
    writes: bool = True
    owner: bool = False


@dataclass(frozen=True, slots=True)
class _Key:
    caller: Caller
    digest: bytes


class Keys:
    """The keys of a file and the token of the server's own user.

    A file holds a key a line, ``NAME sha256:HASH`` and ``read`` where it may not change documents;
    lines that begin with ``#`` are comments. It is looked at again with every request: a key that is
    added counts at once, one that is taken out does so no more. Where the file has become unusable
    the keys known before stay in force, and the log says so.

    Raises FixInput where the file is not usable at the start.
    """

    def __init__(self, file: Path | None, token: str | None) -> None:
        self._file = file
        self._owner = (_Key(Caller("owner", owner=True), _digest(token)),) if token else ()
        self._state = _state(file)
        self._keys = _read(file) if file is not None else ()

    @property
    def needed(self) -> bool:
        """Whether a request without a key is refused."""
        return self._file is not None

    def caller(self, key: str) -> Caller | None:
        """Return whose key this is, in a time that does not tell how near a guess comes."""
        self._follow()
        digest = _digest(key)
        found: Caller | None = None
        for known in (*self._owner, *self._keys):
            if hmac.compare_digest(known.digest, digest):
                found = known.caller
        return found

    def _follow(self) -> None:
        if self._file is None or (state := _state(self._file)) == self._state:
            return
        self._state = state
        try:
            self._keys = _read(self._file)
        except FixInput as error:
            _log.error("the API keys known before stay in force: %s", error)
        else:
            _log.info("API keys read again: %d", len(self._keys))


def new_key(name: str, *, writes: bool) -> tuple[str, str]:
    """Return a new key, and the line that a file of keys needs to know it."""
    if not re.fullmatch(r"[\w.-]{1,64}", name):
        raise FixInput(f"{name!r} is no name for a key.", hint="Use letters, digits, . - and _.")
    key = _PREFIX + secrets.token_urlsafe(32)
    return key, f"{name} sha256:{hashlib.sha256(key.encode()).hexdigest()} {'write' if writes else 'read'}"


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _state(file: Path | None) -> tuple[int, int, int] | None:
    try:
        state = file.stat() if file is not None else None
    except OSError:
        return None
    return (state.st_mtime_ns, state.st_size, state.st_ino) if state else None


def _read(file: Path) -> tuple[_Key, ...]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FixInput(f"The API keys in {file} cannot be read: {error}.", hint="Make one: rag key NAME") from error
    keys: list[_Key] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise FixInput(
                f"Line {number} of the API keys in {file} is none.",
                hint="A line is NAME sha256:HASH, as rag key NAME prints it. A key itself does not belong there.",
            )
        caller = Caller(match["name"], writes=match["right"] != "read")
        keys.append(_Key(caller, bytes.fromhex(match["hash"])))
    if not keys:
        raise FixInput(f"{file} holds no API key.", hint="Make one: rag key NAME")
    return tuple(keys)
