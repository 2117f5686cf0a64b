"""``rag mcp`` on an index that a server answers from, before the server comes and after it went."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters

from rag.ownership import running_server
from tests.folders import TEXTS, write
from tests.mcp.conftest import stdio, talk_to

QUESTION = "Wer schläft unter den Eichen?"


def test_the_engine_is_that_of_the_moment(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    write(tmp_path / "docs", TEXTS)
    command = stdio(tmp_path, "--docs", "docs")

    async def talk(client: Client) -> list[Any]:
        said = [await client.call_tool("ask", {"question": QUESTION, "top": 1})]
        with server(command, tmp_path) as log:
            said.append(await client.call_tool("ask", {"question": QUESTION, "top": 1}))
        # A line of the log follows the answer that it tells of; a server that ended has written all of them.
        asked = log.read_text().count("/v1/ask")
        said.append(await client.call_tool("ask", {"question": QUESTION, "top": 1}))
        return [asked, *(one.structured_content["statements"][0]["text"] for one in said)]

    asked, *texts = talk_to(command, talk)

    assert asked == 1
    assert set(texts) == {"Das Reh schläft unter den Eichen."}


@contextmanager
def server(like: StdioServerParameters, at: Path) -> Iterator[Path]:
    """Run ``rag serve`` as a process, as long as this is entered; give its log."""
    log = at / "log"
    words = [like.command, "-m", "rag", "serve", "--port", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(words, cwd=at, env=like.env, stdout=out, stderr=out)
    until = time.monotonic() + 60
    try:
        while running_server(at / ".beleg") is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
