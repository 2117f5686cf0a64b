"""What settings are made of, before anything heavy reads them: the RAG_ variables and rag.toml.

``settings.py`` checks them and makes one frozen object of them, which costs a third of a second. A
question that a running server answers needs to know only where the index is, and whether the server
was started under the same settings.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

FILE = "rag.toml"
PREFIX = "RAG_"
INDEX = Path(".beleg")


def settings_file() -> Path | None:
    """Return the rag.toml that counts here, if there is one."""
    here = Path.cwd()
    return next((folder / FILE for folder in (here, *here.parents) if (folder / FILE).is_file()), None)


def is_blank(value: object) -> bool:
    """Say whether a value is none, or text that says nothing; as a path it would be the working directory."""
    return value is None or (isinstance(value, str) and not value.strip())


def index_folder(given: Path | None) -> Path | None:
    """Return where the index is: as given, else RAG_INDEX, else what rag.toml says, else ``.beleg``.

    What is blank is not said. None where only the whole settings can say what is wrong with that.
    """
    variable = next((value for key, value in os.environ.items() if key.upper() == f"{PREFIX}INDEX"), None)
    chosen = given if given is not None else None if is_blank(variable) else Path(str(variable))
    try:
        return (chosen or _from_file() or INDEX).expanduser().absolute()
    except (OSError, ValueError, RuntimeError):
        return None


def fingerprint() -> str:
    """Return a hash over all that settings are made of here, but for where index and documents are."""
    parts = sorted(
        f"{key.upper()}={value}"
        for key, value in os.environ.items()
        if key.upper().startswith(PREFIX) and key.upper() not in (f"{PREFIX}INDEX", f"{PREFIX}DOCS")
    )
    file = settings_file()
    try:
        written = file.read_bytes() if file is not None else b""
    except OSError:
        written = b""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape") + b"\0" + written).hexdigest()[:16]


def _from_file() -> Path | None:
    file = settings_file()
    if file is None:
        return None
    import tomllib

    written = tomllib.loads(file.read_text(encoding="utf-8")).get("index")
    if written is not None and not isinstance(written, str):
        raise ValueError("index is no text")
    if written is None or is_blank(written):
        return None
    return Path(written) if written.startswith("~") else file.parent / written
