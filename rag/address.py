"""A server that was named: its address and key, checked; and what is said of it, without what is secret."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import unquote, urljoin, urlsplit

from rag.errors import FixModel, FixSettings

Part: TypeAlias = Literal["llm", "embedding"]

_NAMES: dict[Part, str] = {"llm": "model's server", "embedding": "embedding server"}
_SHOWN = 300
_LONGEST_WAIT = 86_400.0
_STRUCK = "[key]"
# Shorter ones are no secrets, and would strike out half of a sentence.
_SHORT = 6
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_HEADER = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Access:
    """Where a compatible server is, and how it is asked. ``base_url`` None is OpenAI's own address.

    ``silence`` is how many seconds may pass without a sign of life, ``retries`` how often a request
    is sent again that failed for a passing reason (with growing, jittered pauses, or the server's own
    Retry-After). ``direct`` passes by any proxy of the environment. ``part`` begins the names of its settings.
    """

    base_url: str | None = None
    key: str | None = None
    silence: float = 60.0
    retries: int = 3
    direct: bool = False
    part: Part = "llm"

    @property
    def shown(self) -> str:
        """The server, for a sentence."""
        return shown(self.base_url) if self.base_url else "api.openai.com"

    @property
    def name(self) -> str:
        """The server with what it does, for a sentence."""
        return f"{_NAMES[self.part]} {self.shown}"

    @property
    def url_settings(self) -> str:
        """Where its address is set."""
        return f"{self.part}_base_url in rag.toml (RAG_{self.part.upper()}_BASE_URL, OPENAI_BASE_URL)"

    @property
    def key_settings(self) -> str:
        """Where its key is set."""
        return f"OPENAI_API_KEY (or RAG_{self.part.upper()}_KEY)"

    @property
    def address_hint(self) -> str:
        """What to do where its address is none."""
        return f"Its address is {self.url_settings}, such as http://localhost:8080/v1."

    def require(self) -> None:
        """Raise FixModel where the address is none, FixSettings where the key is none that can be sent."""
        if self.base_url is not None:
            require_address(self.base_url, self.address_hint)
        require_key(self.key, self.key_settings)

    def quoted(self, said: str) -> str:
        """Return the beginning of what the server said, on one line, without the key. See ``quoted``."""
        return quoted(said, (self.key, *secrets_in(self.base_url)))

    def __repr__(self) -> str:
        """Show everything but the key."""
        return f"Access(base_url={self.shown!r}, key={'set' if self.key else 'none'})"


def require_address(url: str, hint: str) -> None:
    """Refuse what is no address, before anything is sent.

    Raises:
        FixModel: it is none, or holds a query, in which a key may stand.
    """
    try:
        parts = urlsplit(url)
        usable = bool(_ADDRESS.fullmatch(url) and url.isprintable() and parts.hostname) and parts.port != 0
        # What a name service cannot be asked for.
        (parts.hostname or "").encode("idna")
    except ValueError:
        usable = False
    if not usable:
        raise no_address(url, hint)
    if "?" in url or "#" in url:
        raise FixModel(
            f"The address {shown(url)} goes on behind a ? or #, and paths are to be added to it.",
            hint=f"Leave that out; a key has a setting of its own. {hint}",
        )


def no_address(url: str, hint: str) -> FixModel:
    """Return the error for what is no address."""
    return FixModel(f"{shown(url)!r} is no address of a server.", hint=hint)


def require_key(key: str | None, where: str) -> None:
    """Refuse a key that no header takes; it is not shown.

    Raises:
        FixSettings: it holds a space, a line's end or a letter beyond ASCII.
    """
    if key and not _HEADER.fullmatch(key):
        raise FixSettings(
            "A key holds a space, a line's end or another character that cannot be sent.", hint=f"Set it anew: {where}."
        )


def shown(url: str) -> str:
    """Return an address without user, password, query and fragment."""
    scheme, mark, rest = url.partition("://")
    rest = (rest if mark else scheme).rpartition("@")[2]
    return (f"{scheme}{mark}" if mark else "") + re.split(r"[?#]", rest, maxsplit=1)[0]


def secrets_in(url: str | None) -> tuple[str, ...]:
    """Return the password of an address, as it is written and as it is sent."""
    user, colon, password = (url or "").partition("://")[2].rpartition("@")[0].partition(":")
    if not colon:
        return ()
    plain = unquote(password)
    return password, plain, b64encode(f"{unquote(user)}:{plain}".encode()).decode()


def quoted(said: str, secrets: Iterable[str | None], most: int = _SHOWN) -> str:
    """Return the beginning of what a server said, on one line; secrets that it repeats are struck out."""
    for secret in secrets:
        if secret and len(secret) >= _SHORT:
            said = said.replace(secret, _STRUCK)
    return " ".join(said.split())[:most]


def seconds(header: str | None) -> float | None:
    """Return how long a Retry-After asks to wait; None where it names no sensible number of seconds."""
    try:
        asked = float(header or "")
    except ValueError:
        return None
    return asked if 0 <= asked <= _LONGEST_WAIT else None


def aimed_at(url: str, location: str) -> str:
    """Return where a server sends its callers on to, for a sentence."""
    try:
        return shown(urljoin(url, location))[:_SHOWN] or "nowhere"
    except ValueError:
        return "what is no address"
