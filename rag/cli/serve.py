"""``rag serve``, ``rag stop``, ``rag status`` and ``rag key``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli import options
from rag.cli.output import here, note, print_json, print_text
from rag.environment import index_folder
from rag.errors import FixInput, FixStorage, InstallExtra, RetryLater

if TYPE_CHECKING:
    from rag.ownership import RunningServer

_READY_WITHIN = 60.0
_POLL = 0.05
Keys = Annotated[Path | None, typer.Option("--api-keys", help="File of API keys; rag key adds one.", metavar="FILE")]


def serve(
    index: options.Index = None,
    docs: Annotated[
        Path | None, typer.Option("--docs", help="Folder to take in at the start.", show_default="what is indexed")
    ] = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port; 0 takes a free one.", show_default="8765")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Take in what changes in the folders, as it does; what is gone goes.")
    ] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 1,
    insecure: Annotated[bool, typer.Option("--insecure", help="Answer other machines without a key.")] = False,
    api_keys: Keys = None,
    detach: Annotated[bool, typer.Option("--detach", help="Go on in the background; log beside the index.")] = False,
) -> None:
    """Answer over HTTP, on this machine only unless told otherwise.

    Commands on the same index find the server and use it. The interface is described at /docs. It
    ends cleanly on Ctrl-C, SIGTERM or rag stop: answers in flight are finished.
    """
    if workers > 1:
        raise FixInput(
            f"{workers} processes cannot share vectors and catalog that lie in a folder.",
            hint="One process answers concurrent questions; leave --workers out. Where catalog_url and chroma_url are set,"
            " start several: each rag serve with an --index of its own.",
        )
    settings = options.settings(index=index, docs=docs, serve_host=host, serve_port=port, serve_api_keys=api_keys)
    if docs is not None:
        from rag.documents.folder import source_of

        source_of(docs)
    if detach:
        _detach(settings)
        return
    try:
        from rag.server.run import serve as run
    except ModuleNotFoundError as error:
        raise InstallExtra(
            f"The server's libraries are not installed ({error.name}).",
            hint='Install them: pip install "beleg[server]"',
        ) from error
    run(settings, insecure=insecure, watch=watch, ready=_say)


def stop(index: options.Index = None, as_json: options.Json = False) -> None:
    """Stop the server that answers from the index; answers in flight are finished first (exit code 1 if there is none)."""
    import os
    import signal
    import time

    server = _running(index)
    if server is None:
        print_json({"stopped": False}) if as_json else note("No server answers from this index.")
        raise typer.Exit(1)
    try:
        os.kill(server.pid, signal.SIGTERM)
    except OSError as error:
        raise FixStorage(f"The server (process {server.pid}) cannot be stopped: {error.strerror}.") from error
    until = time.monotonic() + _READY_WITHIN
    while _running(index) is not None:
        if time.monotonic() > until:
            raise RetryLater(f"The server (process {server.pid}) has not ended yet.", hint="It finishes what it began.")
        time.sleep(_POLL)
    if as_json:
        print_json({"stopped": True, "url": server.url, "pid": server.pid})
    else:
        print_text(f"Stopped: {server.url}")


def status(index: options.Index = None, as_json: options.Json = False) -> None:
    """Say whether a server answers from the index, and how it is (exit code 1 if there is none)."""
    server = _running(index)
    if server is None:
        if as_json:
            print_json({"running": False})
        else:
            print_text(here("No server answers from this index. To start one: rag serve --detach"))
        raise typer.Exit(1)
    from rag.client import RemoteEngine

    ready = RemoteEngine(server.url, server.token).call("GET", "/readyz")
    if as_json:
        known = {name: getattr(server, name) for name in ("url", "pid", "version", "started")}
        print_json({"running": True, **known, "documents": ready["documents"]})
    else:
        print_text(
            f"{server.url}  process {server.pid}, beleg {server.version}, since {server.started},"
            f" {ready['documents']} documents"
        )


def key(
    name: Annotated[str, typer.Argument(help="Who will use it.")],
    file: Annotated[Path | None, typer.Option("--file", help="Add it to this file of keys.", metavar="FILE")] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="It may ask, but not change documents.")] = False,
    as_json: options.Json = False,
) -> None:
    """Make an API key. It is shown once; the file holds only its hash.

    A running server takes notice of the file by itself. To take a key back, delete its line; a name has one key in a file.
    """
    from rag.server.auth import new_key, require_free

    secret, line = new_key(name, writes=not read_only)
    if file is not None:
        require_free(file, name)
        _append(file, line)
    if as_json:
        print_json({"name": name, "key": secret, "line": line, "file": None if file is None else str(file)})
        return
    if file is not None:
        note(f"Added to {file}. This is the key; it is not shown again:")
    else:
        note(f"For the file of keys: {line}\nThis is the key; it is not shown again:")
    print_text(secret)


def _running(index: Path | None) -> RunningServer | None:
    from rag.ownership import running_server

    folder = index_folder(index)
    return running_server(folder if folder is not None else options.settings(index=index).index)


def _say(server: RunningServer) -> None:
    print_text(f"Beleg listens at {server.url} (described at {server.url}/docs). Ctrl-C ends it.")


def _append(file: Path, line: str) -> None:
    import os

    try:
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b") as opened:
            size = opened.seek(0, os.SEEK_END)
            opened.seek(max(size - 1, 0))
            # An editor may have left the last line without an end.
            before = "" if opened.read(1) in (b"", b"\n") else "\n"
            opened.write(f"{before}{line}\n".encode())
    except OSError as error:
        raise FixStorage(f"{file} cannot be written: {error.strerror}.", hint="Choose another place.") from error


def _detach(settings: Any) -> None:
    """Start this very command once more, without --detach, in a session of its own."""
    import os
    import subprocess
    import time

    from rag.ownership import make_folder, running_server

    folder = settings.index.absolute()
    make_folder(folder)
    if (running := running_server(folder)) is not None:
        raise RetryLater(f"A server already answers from this index at {running.url}.", hint="Stop it first: rag stop")
    log = folder / "server.log"
    words = [word for word in sys.argv[1:] if word != "--detach"]
    try:
        opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise FixStorage(
            f"The server's log {log} cannot be written: {error.strerror}.",
            hint="A server writes beside its index. Check free space and permissions, or choose another place with --index.",
        ) from error
    with os.fdopen(opened, "wb") as output:
        child = subprocess.Popen(  # noqa: S603 - our own program, under our own arguments
            [sys.executable, "-m", "rag", *words],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    until = time.monotonic() + _READY_WITHIN
    while (server := running_server(folder)) is None or server.pid != child.pid:
        if child.poll() is not None or time.monotonic() > until:
            child.terminate()
            tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
            raise RetryLater(f"The server did not start:\n{tail}", hint=f"Its log is {log}.")
        time.sleep(_POLL)
    print_text(f"Beleg listens at {server.url} (process {server.pid}, log {log}). {here('To end it: rag stop')}")
