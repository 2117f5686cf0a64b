"""What a PostgreSQL server may answer, turned into errors that a reader can act on."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.errors import BelegError, FixSettings, FixStorage, RebuildIndex, RetryLater

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

_CHECK_URL = "Check catalog_url: postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_AGAIN = "Nothing is half written. When the server can be reached again, run the command again."

# SQLSTATEs, or how they begin (PostgreSQL's manual, appendix A); looked through in this order.
_RETRY = ("08", "57P", "57014", "53300", "40", "55P03", "25P03")
_STORAGE = ("53", "54", "42501", "25006", "58")
_DAMAGE = ("XX001", "XX002", "42P01", "42703", "3F000", "23", "22")
# Signs in libpq's messages when no session came about; the server's own then follow FATAL.
_NOT_NOW = ("starting up", "shutting down", "recovery mode", "too many clients", "remaining connection slots")
_UNUSABLE = ("could not translate host name", "failed to resolve", "invalid")
_WRONG = (
    ("password authentication failed", "The password or the user is wrong"),
    ("no password supplied", "A password is asked for"),
    ("no pg_hba.conf entry", "The server does not let this user in from here"),
    ('role "', "There is no such user"),
    ('database "', "There is no such database"),
)


@contextmanager
def server_errors(place: str) -> Generator[None]:
    """Turn errors of SQLAlchemy and its driver into those of ``rag.errors``; ``place`` names the catalog."""
    from sqlalchemy.exc import DBAPIError, InterfaceError

    try:
        yield
    except InterfaceError:
        raise
    except DBAPIError as error:
        raise meant(place, error) from error


def lost(place: str) -> RetryLater:
    """Return the error for a connection that was cut in the middle."""
    return RetryLater(f"The connection to the catalog was lost ({place}).", hint=_AGAIN)


def meant(place: str, error: DBAPIError) -> BelegError:
    """Return what a driver's error means to the reader; one that is a mistake of our own as it is."""
    state = getattr(error.orig, "sqlstate", None) or ""
    text = _said(error)
    if error.connection_invalidated or state.startswith(("08", "57P")):
        return lost(place)
    if state.startswith(_RETRY):
        return RetryLater(f"The catalog is busy ({place}): {text}.", hint="Try again in a moment.")
    if state.startswith(_DAMAGE):
        return RebuildIndex(f"The catalog is damaged ({place}): {text}.", hint=RESTORE)
    if state.startswith(_STORAGE):
        return FixStorage(
            f"The catalog cannot be used ({place}): {text}.",
            hint="Check the server's disk and what this user may do there: it needs a schema of its own to write in.",
        )
    raise error


RESTORE = (
    "What is damaged on a server is mended there: restore the database from its backup."
    " Or make the index anew from the documents: rag ingest FOLDER --rebuild"
)


def not_connected(place: str, error: DBAPIError) -> BelegError:
    """Return what it means that no session came about."""
    text = _said(error)
    _, fatal, said = text.partition("FATAL:")
    if "no password supplied" in text:
        # So says libpq itself, before it asks the server.
        fatal, said = "FATAL:", "no password supplied"
    if not fatal or any(sign in said for sign in _NOT_NOW):
        if any(sign in text for sign in _UNUSABLE):
            return FixSettings(f"The catalog's server is unknown ({place}): {text}.", hint=_CHECK_URL)
        return RetryLater(
            f"The catalog's server does not answer ({place}): {text}.",
            hint="Start PostgreSQL there, or correct catalog_url; then run the command again.",
        )
    what = next((meaning for sign, meaning in _WRONG if sign in said), "The catalog's server refuses")
    hint = "Make it on the server: createdb NAME. Or correct catalog_url." if "database" in what else _CHECK_URL
    return FixSettings(f"{what} ({place}): {said.strip()}.", hint=hint)


def _said(error: DBAPIError) -> str:
    """Return the server's own sentence without the statement that it complains of, or else the driver's."""
    sentence = getattr(getattr(error.orig, "diag", None), "message_primary", None) or str(error.orig)
    return " ".join(sentence.split()).rstrip(".")
