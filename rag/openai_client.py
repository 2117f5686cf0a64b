"""The only importer of openai: one configured client, and the errors it raises as ours.

Chat Completions is what every compatible server speaks (Ollama, vLLM, llama.cpp, LM Studio, cloud
gateways). They differ in what they take, so a parameter that a server names in its refusal is left
out, or renamed, and the request is sent once more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rag.errors import ChangeModel, FixModel, InstallExtra, RetryLater, ShortenRequest
from rag.llm import ChatReply, ChatRequest

_CONNECT = 10.0
# A server that keeps dribbling is not silent, and still has to end some time.
_WHOLE = 10
_TOO_LONG = re.compile(
    r"context[ _-]?(?:length|size|window)|maximum context|too many tokens|prompt is too long|exceed_context"
    r"|reduce the length|input is too long",
    re.IGNORECASE,
)
_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "credit_balance_too_low")
# What a server may not know, as it would name it, and what is sent instead.
_OPTIONAL: tuple[tuple[str, str, Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
    ("response_format", r"response_format|json_schema|structured[ _]output|grammar", lambda _: {}),
    ("stream_options", r"stream_options|include_usage", lambda _: {}),
    ("max_tokens", r"max_tokens", lambda body: {"max_completion_tokens": body["max_tokens"]}),
    ("temperature", r"temperature", lambda _: {}),
    ("seed", r"\bseed\b", lambda _: {}),
)
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Access:
    """Where a compatible server is, and how it is asked. ``base_url`` None is OpenAI's own address.

    ``silence`` is how many seconds may pass without a sign of life, ``retries`` how often a request
    is sent again that failed for a passing reason (with growing, jittered pauses, or the server's own
    Retry-After). ``direct`` passes by any proxy of the environment.
    """

    base_url: str | None = None
    key: str | None = None
    silence: float = 60.0
    retries: int = 3
    direct: bool = False

    @property
    def shown(self) -> str:
        """The server, for a sentence."""
        return self.base_url or "api.openai.com"

    def __repr__(self) -> str:
        """Show everything but the key."""
        return f"Access(base_url={self.base_url!r}, key={'set' if self.key else 'none'})"


class OpenAIChat:
    """A model behind a compatible server; see ``ChatModel`` and ``StreamingModel``."""

    def __init__(self, access: Access) -> None:
        self._access = access
        # What this server turned out not to take.
        self._without: set[str] = set()

    @cached_property
    def _client(self) -> Any:
        return make_client(self._access)

    def chat(self, request: ChatRequest) -> ChatReply:
        """See ``ChatModel.chat``."""
        reply: ChatReply | None = None
        for part in self.stream(request):
            if isinstance(part, ChatReply):
                reply = part
        assert reply is not None
        return reply

    def stream(self, request: ChatRequest) -> Iterator[str | ChatReply]:
        """See ``StreamingModel.stream``."""
        client = self._client
        with self._errors(request.model):
            chunks = self._open(client, request)
            try:
                yield from self._read(request, chunks)
            finally:
                chunks.close()

    def _open(self, client: Any, request: ChatRequest) -> Any:
        import openai

        while True:
            body = _body(request, self._without)
            try:
                return client.chat.completions.create(**body)
            except (openai.BadRequestError, openai.UnprocessableEntityError, openai.InternalServerError) as error:
                named = _named(error, body)
                if named is None:
                    raise
                self._without.add(named)

    def _read(self, request: ChatRequest, chunks: Any) -> Iterator[str | ChatReply]:
        text: list[str] = []
        refusal, finish, usage, model, last = "", None, None, request.model, {}
        deadline = time.monotonic() + _WHOLE * self._access.silence
        for chunk in chunks:
            if time.monotonic() > deadline:
                raise RetryLater(
                    f"The model {request.model} was still writing after {_WHOLE * self._access.silence:.0f} seconds.",
                    hint="Raise llm_silence, or use a faster model.",
                )
            usage, model = chunk.usage or usage, chunk.model or model
            for choice in chunk.choices or ():
                finish = choice.finish_reason or finish
                refusal += getattr(choice.delta, "refusal", None) or ""
                if piece := choice.delta.content:
                    text.append(piece)
                    yield piece
            last = {"id": chunk.id, "created": chunk.created, "system_fingerprint": chunk.system_fingerprint}
        if finish is None:
            raise self._went_away()
        whole = "".join(text)
        if refusal or finish == "content_filter":
            said = f": {refusal[:_SHOWN]}" if refusal else "."
            raise ChangeModel(
                f"The model {request.model} refused to answer{said}", hint="Ask otherwise, or use another model."
            )
        if not whole.strip():
            cut = " before it said anything: the limit of its reply was reached" if finish == "length" else ""
            raise ChangeModel(
                f"The model {request.model} said nothing{cut}.", hint="Raise llm_reply, or use another model."
            )
        tokens = (usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else (0, 0)
        yield ChatReply(whole, model, finish, *tokens, response={**last, "model": model, "finish_reason": finish})

    @contextmanager
    def _errors(self, model: str) -> Generator[None]:
        """Turn what the client raises into what the reader can do."""
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            raise self._status(error, model) from error
        except openai.APITimeoutError as error:
            raise RetryLater(
                f"The model's server {self._access.shown} said nothing for {self._access.silence:.0f} seconds.",
                hint="Try again, or raise llm_silence.",
            ) from error
        except openai.APIConnectionError as error:
            if _is_about_the_way(error):
                raise FixModel(
                    f"The model's server {self._access.shown} cannot be reached.",
                    hint="Is it running? Its address is llm_base_url in rag.toml (RAG_LLM_BASE_URL, OPENAI_BASE_URL).",
                ) from error
            raise self._went_away() from error
        except openai.APIError as error:
            raise _overflow(error, model) or self._went_away(_said(error)) from error
        except (ValueError, openai.OpenAIError) as error:
            raise ChangeModel(
                f"The model's server {self._access.shown} sent what is no reply: {_first_line(str(error))}.",
                hint="Is this the address of an OpenAI-compatible server?",
            ) from error

    def _went_away(self, why: str = "") -> RetryLater:
        return RetryLater(
            f"The model's server {self._access.shown} went away in the middle of its reply{f': {why}' if why else ''}.",
            hint="What was said before was verified; ask again.",
        )

    def _status(self, error: Any, model: str) -> Exception:
        said, status = _said(error), error.status_code
        if (overflow := _overflow(error, model)) is not None:
            return overflow
        if status in (401, 403):
            return FixModel(
                f"The model's server {self._access.shown} does not accept the key ({status}).",
                hint="Set the right one in OPENAI_API_KEY." if self._access.key else "Set one in OPENAI_API_KEY.",
            )
        if status == 404:
            return FixModel(f"There is no model {model!r} at {self._access.shown}.", hint=self._known())
        if status == 429 and (error.code in _NO_CREDIT or error.type in _NO_CREDIT):
            return FixModel(f"The account at {self._access.shown} has no credit left: {said}", hint="Top it up.")
        if status == 429:
            return RetryLater(
                f"The model's server {self._access.shown} takes no more requests just now.",
                hint="Wait a little and ask again.",
                after=_seconds(error.response.headers.get("retry-after")),
            )
        if status >= 500 or status in (408, 409):
            return RetryLater(f"The model's server {self._access.shown} failed ({status}): {said}", hint="Ask again.")
        return FixModel(
            f"The model's server {self._access.shown} does not take the request ({status}): {said}",
            hint="Is the model's name right, and is it a chat model?",
        )

    def _known(self) -> str:
        """Return a hint that names the models there, as far as the server tells."""
        import openai

        names: list[str] = []
        with suppress(openai.OpenAIError, ValueError, TypeError):
            names = sorted(one.id for one in self._client.with_options(max_retries=0, timeout=5).models.list().data)
        if not names:
            return "Check the name, and the address: most servers want it to end in /v1."
        return "Known there: " + ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")


def make_client(access: Access) -> Any:
    """Return an openai client.

    Raises:
        InstallExtra: openai is not installed.
        FixModel: there is no key, and none can be done without.
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
            "There is no key for OpenAI's models.", hint="Set OPENAI_API_KEY, or name another server: llm_base_url."
        )
    timeout = httpx2.Timeout(access.silence, connect=min(_CONNECT, access.silence))
    client = openai.DefaultHttpxClient(trust_env=False, timeout=timeout) if access.direct else None
    return openai.OpenAI(
        # A server of one's own mostly wants no key, but the client does. The address is said even where
        # it is OpenAI's own, or the client would look for another in the environment by itself.
        api_key=access.key or "none",
        base_url=access.base_url or "https://api.openai.com/v1",
        max_retries=access.retries,
        timeout=timeout,
        http_client=client,
    )


def _body(request: ChatRequest, without: set[str]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "temperature": request.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.max_tokens is not None:
        body["max_tokens"] = request.max_tokens
    if request.seed is not None:
        body["seed"] = request.seed
    if request.schema is not None:
        schema = {"name": "reply", "strict": True, "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    for name, _, instead in _OPTIONAL:
        if name in without and name in body:
            body |= instead(body)
            del body[name]
    return body


def _named(error: Any, body: dict[str, Any]) -> str | None:
    """Return the optional parameter that a refusal is about, if it names one that was sent."""
    if error.status_code >= 500 and error.status_code != 501:
        return None
    said = f"{error.param or ''} {error.message}"
    if _TOO_LONG.search(said):
        return None
    return next(
        (name for name, pattern, _ in _OPTIONAL if name in body and re.search(pattern, said, re.IGNORECASE)), None
    )


def _overflow(error: Any, model: str) -> ShortenRequest | None:
    code = f"{error.code or ''} {error.type or ''} {error.message}"
    if getattr(error, "status_code", 400) not in (400, 413, 422, 500) or not _TOO_LONG.search(code):
        return None
    return ShortenRequest(
        f"The request is longer than the model {model} takes: {_said(error)}",
        hint="Lower llm_context to what it takes.",
    )


def _is_about_the_way(error: Any) -> bool:
    import httpx2

    return isinstance(error.__cause__, (httpx2.ConnectError, httpx2.UnsupportedProtocol, httpx2.InvalidURL))


def _seconds(header: str | None) -> float | None:
    try:
        return float(header) if header else None
    except ValueError:
        return None


def _said(error: Any) -> str:
    """Return the server's own sentence, without what the client puts around it."""
    said = error.body.get("message") if isinstance(error.body, dict) else None
    return _first_line(said if isinstance(said, str) else error.message)


def _first_line(text: str) -> str:
    return " ".join(text.split())[:_SHOWN]
