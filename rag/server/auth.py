"""Who may call: API keys, of which only hashes are known, read again whenever their file changes."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import shlex
from collections.abc import Sequence
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
    added counts at once, one that is taken out does so no more, the last one too. Where a line cannot be
    read no key is added, and of those known before the ones that still stand in the file stay in force; of
    a file that is gone none does. The log says so.

    Raises FixInput where the file is not usable at the start, or holds no key.
    """

    def __init__(self, file: Path | None, token: str | None) -> None:
        self._file = file
        self._owner = (_Key(Caller("owner", owner=True), _digest(token)),) if token else ()
        self._state = _state(file)
        self._keys = _first(file) if file is not None else ()

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
        if self._file is None or ((state := _state(self._file)) == self._state and state is not None):
            return
        known = bool(self._keys) or self._state is not None
        self._state = state
        try:
            lines = _lines(self._file)
        except FixInput as error:
            # Looked for again at the next request, but said once.
            self._state, self._keys = None, ()
            if known:
                _log.error("no API key is in force: %s", error)
            return
        try:
            self._keys = _read(self._file, lines)
        except FixInput as error:
            self._keys = _left(self._keys, lines)
            _log.error("API keys that no longer stand in their file are refused, %d stay: %s", len(self._keys), error)
        else:
            _log.info("API keys read again: %d", len(self._keys))


def new_key(name: str, *, writes: bool) -> tuple[str, str]:
    """Return a new key, and the line that a file of keys needs to know it."""
    if not re.fullmatch(r"[\w.-]{1,64}", name):
        raise FixInput(f"{name!r} is no name for a key.", hint="Use letters, digits, . - and _.")
    key = _PREFIX + secrets.token_urlsafe(32)
    return key, f"{name} sha256:{hashlib.sha256(key.encode()).hexdigest()} {'write' if writes else 'read'}"


def require_free(file: Path, name: str) -> None:
    """Refuse a name under which a file holds a key: who takes that one back would leave the other in force.

    Raises:
        FixInput: it does.
    """
    if not file.is_file():
        return
    for number, line in _lines(file):
        if line.split()[0] == name:
            raise FixInput(
                f"{file} holds a key for {name!r} already; it stays in force.",
                hint=f"Choose another name. To replace that key, delete line {number} of {file} first.",
            )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _state(file: Path | None) -> tuple[int, ...] | None:
    try:
        state = file.stat() if file is not None else None
    except OSError:
        return None
    return (state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino) if state else None


def _first(file: Path) -> tuple[_Key, ...]:
    """Return the keys that a server starts with; none at all is a mistake then."""
    if keys := _read(file, _lines(file)):
        return keys
    raise FixInput(f"{file} holds no API key.", hint=_make_one(file))


def _make_one(file: Path) -> str:
    return f"Make one: rag key NAME --file {shlex.quote(str(file))}"


def _lines(file: Path) -> list[tuple[int, str]]:
    """Return the lines that are no comments, and their numbers; bytes that are no text make a line unusable, not the file."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise FixInput(f"The API keys in {file} cannot be read: {error}.", hint=_make_one(file)) from error
    told = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    return [(number, line) for number, line in told if line and not line.startswith("#")]


def _read(file: Path, lines: Sequence[tuple[int, str]]) -> tuple[_Key, ...]:
    keys: list[_Key] = []
    for number, line in lines:
        key = _key(line)
        if key is None:
            raise FixInput(
                f"Line {number} of the API keys in {file} is none.",
                hint="A line is NAME sha256:HASH, as rag key NAME prints it. A key itself does not belong there.",
            )
        keys.append(key)
    return tuple(keys)


def _key(line: str) -> _Key | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    return _Key(Caller(match["name"], writes=match["right"] != "read"), bytes.fromhex(match["hash"]))


def _left(known: Sequence[_Key], lines: Sequence[tuple[int, str]]) -> tuple[_Key, ...]:
    """Return the known keys whose hash stands in a line yet, as that line has them where it can be read."""
    return tuple(_key(line) or key for key in known for line in [_line_of(key, lines)] if line is not None)


def _line_of(key: _Key, lines: Sequence[tuple[int, str]]) -> str | None:
    """Return the line that holds a key's hash; the last, which counts where there are several."""
    digest = key.digest.hex()
    return next((line for _, line in reversed(lines) if digest in line), None)
