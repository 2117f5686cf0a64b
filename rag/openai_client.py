"""The openai client: one that is configured, asked for replies and for vectors.

Chat Completions is what every compatible server speaks (Ollama, vLLM, llama.cpp, LM Studio, cloud
gateways). They differ in what they take, so a parameter that a server names in its refusal is left
out, or renamed, and the request is sent once more. The client's own types are not used: ``openai_replies``
reads what servers send, of whatever form. Beside this module only ``openai_errors`` imports openai.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any

from rag.address import Access, no_address
from rag.errors import FixModel, InstallExtra
from rag.openai_errors import TOO_LONG, errors, no_reply
from rag.openai_replies import Piece, loaded, names, piece, vectors

_CONNECT = 10.0
# What is asked goes to the address that was named, and nowhere else.
_HERE: dict[str, Any] = {"follow_redirects": False}
# What a server may not know, as it would name it, and what is sent instead.
_OPTIONAL: tuple[tuple[str, str, Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
    ("response_format", r"response_format|json_schema|structured[ _]output|grammar", lambda _: {}),
    ("stream_options", r"stream_options|include_usage", lambda _: {}),
    ("max_tokens", r"max_tokens", lambda body: {"max_completion_tokens": body["max_tokens"]}),
    ("temperature", r"temperature", lambda _: {}),
    ("seed", r"\bseed\b", lambda _: {}),
)
# More is no reply to what was asked.
_MOST = 10_000_000


class Server:
    """A compatible server, asked for replies and for vectors; its errors are ours."""

    def __init__(self, access: Access) -> None:
        self.access = access
        # What this server turned out not to take.
        self._without: set[str] = set()

    @cached_property
    def _client(self) -> Any:
        return make_client(self.access)

    def reply(self, body: dict[str, Any]) -> Generator[Piece]:
        """Yield a reply, event by event; ``body`` is that of a Chat Completions request.

        Raises:
            FixModel, RetryLater, ShortenRequest, ChangeModel: see ``ChatModel.chat``.
        """
        client, said = self._client, False
        with errors(self.access, body["model"], self._known, lambda: said):
            stream = self._open(client, body)
            try:
                for one in self._pieces(stream):
                    said = said or bool(one.text)
                    yield one
            finally:
                stream.close()

    def vectors(self, model: str, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector a text, by a single request.

        Raises:
            FixModel, RetryLater, ShortenRequest, ChangeModel: see ``ChatModel.chat``.
        """
        client, body = self._client, {"model": model, "input": list(texts), "encoding_format": "float"}
        with errors(self.access, model, self._known):
            text = client.post("/embeddings", body=body, cast_to=str, options=_HERE)
            if text.lstrip().startswith("<"):
                raise no_reply(self.access, text)
            return vectors(loaded(text), len(texts))

    def _pieces(self, stream: Any) -> Iterator[Piece]:
        """Yield the events of a stream; where a server has not streamed, its whole reply as one."""
        kind = stream.response.headers.get("content-type", "")
        if "json" in kind or "html" in kind:
            text = _text(stream.response)
            # Some servers stream, and call it JSON.
            events = [line.removeprefix("data:").strip() for line in text.split("\n") if line.startswith("data:")]
            yield from (piece(_sound(loaded(event))) for event in events if event != "[DONE]")
            if not events:
                yield self._whole(text)
            return
        empty = True
        for event in stream:
            empty = False
            yield piece(event)
        if empty:
            raise no_reply(self.access, "")

    def _whole(self, text: str) -> Piece:
        try:
            value = loaded(text)
        except ValueError as error:
            raise no_reply(self.access, text) from error
        _sound(value)
        if not isinstance(value, dict) or not value.get("choices"):
            raise no_reply(self.access, text)
        whole = piece(value)
        return replace(whole, finish=whole.finish or "stop")

    def _open(self, client: Any, body: dict[str, Any]) -> Any:
        import openai

        while True:
            taken = _taken(body, self._without)
            try:
                return client.post(
                    "/chat/completions",
                    body=taken,
                    cast_to=object,
                    options=_HERE,
                    stream=True,
                    stream_cls=openai.Stream[object],
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError, openai.InternalServerError) as error:
                named = _named(error, taken)
                if named is None:
                    raise
                self._without.add(named)

    def _known(self) -> str:
        """Return a hint that names the models there, as far as the server tells."""
        import openai

        found: list[str] = []
        with suppress(openai.OpenAIError, ValueError):
            listed = self._client.with_options(max_retries=0, timeout=5).get("/models", cast_to=str, options=_HERE)
            found = names(loaded(listed))
        if not found:
            return f"Check the name, and the address: most servers want it to end in /v1; it is {self.access.url_settings}."
        return self.access.quoted("Known there: " + ", ".join(found[:20]) + (", ..." if len(found) > 20 else ""))


def make_client(access: Access) -> Any:
    """Return an openai client.

    Raises:
        InstallExtra: openai is not installed.
        FixModel: there is no key, and none can be done without; or the address is none.
        FixSettings: the key cannot be sent.
    """
    try:
        import httpx2
        import openai
    except ImportError as error:
        raise InstallExtra(
            "Asking a model needs the openai client, which is not installed.", hint="pip install 'beleg[openai]'"
        ) from error
    if access.key is None and access.base_url is None:
        raise FixModel(
            "There is no key for OpenAI's models.",
            hint=f"Set {access.key_settings}, or name another server: {access.url_settings}.",
        )
    access.require()
    timeout = httpx2.Timeout(access.silence, connect=min(_CONNECT, access.silence))
    client = openai.DefaultHttpxClient(trust_env=False, timeout=timeout) if access.direct else None
    try:
        return openai.OpenAI(
            # A server of one's own mostly wants no key, but the client does. The address is said even where
            # it is OpenAI's own, or the client would look for another in the environment by itself.
            api_key=access.key or "none",
            base_url=access.base_url or "https://api.openai.com/v1",
            max_retries=access.retries,
            timeout=timeout,
            http_client=client,
        )
    except httpx2.InvalidURL as error:
        raise no_address(access.shown, access.address_hint) from error


def _taken(body: dict[str, Any], without: set[str]) -> dict[str, Any]:
    """Return a request without what its server does not take."""
    taken = dict(body)
    for name, _, instead in _OPTIONAL:
        if name in without and name in taken:
            taken |= instead(taken)
            del taken[name]
    return taken


def _named(error: Any, body: dict[str, Any]) -> str | None:
    """Return the optional parameter that a refusal is about, if it names one that was sent."""
    if error.status_code >= 500 and error.status_code != 501:
        return None
    said = f"{error.param or ''} {error.message}"
    if TOO_LONG.search(said):
        return None
    return next(
        (name for name, pattern, _ in _OPTIONAL if name in body and re.search(pattern, said, re.IGNORECASE)), None
    )


def _sound(value: Any) -> Any:
    """Return a value that tells of no error."""
    import openai

    if isinstance(value, dict) and value.get("error"):
        raise openai.APIError(str(value["error"]), None, body=value["error"])  # pyright: ignore[reportArgumentType]
    return value


def _text(response: Any) -> str:
    """Return a body that was not streamed, up to a bound."""
    data = bytearray()
    for part in response.iter_bytes():
        data += part
        if len(data) > _MOST:
            break
    return data.decode("utf-8", "replace")
