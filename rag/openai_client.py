"""The only importer of openai: one configured client, and the errors it raises as ours.

Chat Completions is what every compatible server speaks (Ollama, vLLM, llama.cpp, LM Studio, cloud
gateways). They differ in what they take, so a parameter that a server names in its refusal is left
out, or renamed, and the request is sent once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rag.errors import ChangeModel, FixModel, InstallExtra, RetryLater, ShortenRequest

_CONNECT = 10.0
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


@dataclass(frozen=True, slots=True)
class Piece:
    """One event of a streamed reply; ``tokens`` are those sent and received, ``finish`` why it ended."""

    text: str
    refusal: str
    finish: str | None
    tokens: tuple[int, int] | None
    model: str | None
    about: dict[str, Any]


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
        client = self._client
        with self._errors(body["model"]):
            chunks = self._open(client, body)
            try:
                yield from map(_piece, chunks)
            finally:
                chunks.close()

    def vectors(self, model: str, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector a text, by a single request.

        Raises:
            FixModel, RetryLater, ShortenRequest, ChangeModel: see ``ChatModel.chat``.
        """
        client = self._client
        with self._errors(model):
            data = client.embeddings.create(model=model, input=list(texts), encoding_format="float").data
        if sorted(one.index for one in data) != list(range(len(texts))):
            raise ChangeModel(f"{self.access.shown} sent {len(data)} vectors for {len(texts)} texts.")
        return [list(one.embedding) for one in sorted(data, key=lambda one: one.index)]

    def went_away(self, why: str = "") -> RetryLater:
        """Return the error for a reply that has no end."""
        return RetryLater(
            f"The model's server {self.access.shown} went away in the middle of its reply{f': {why}' if why else ''}.",
            hint="What was said before was verified; ask again.",
        )

    def _open(self, client: Any, body: dict[str, Any]) -> Any:
        import openai

        while True:
            taken = _taken(body, self._without)
            try:
                return client.chat.completions.create(**taken)
            except (openai.BadRequestError, openai.UnprocessableEntityError, openai.InternalServerError) as error:
                named = _named(error, taken)
                if named is None:
                    raise
                self._without.add(named)

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
                f"The model's server {self.access.shown} said nothing for {self.access.silence:.0f} seconds.",
                hint="Try again, or raise llm_silence.",
            ) from error
        except openai.APIConnectionError as error:
            if _is_about_the_way(error):
                raise FixModel(
                    f"The model's server {self.access.shown} cannot be reached.",
                    hint="Is it running? Its address is llm_base_url in rag.toml (RAG_LLM_BASE_URL, OPENAI_BASE_URL).",
                ) from error
            raise self.went_away() from error
        except openai.APIError as error:
            raise _overflow(error, model) or self.went_away(_said(error)) from error
        except (ValueError, openai.OpenAIError) as error:
            raise ChangeModel(
                f"The model's server {self.access.shown} sent what is no reply: {_first_line(str(error))}.",
                hint="Is this the address of an OpenAI-compatible server?",
            ) from error

    def _status(self, error: Any, model: str) -> Exception:
        said, status = _said(error), error.status_code
        if (overflow := _overflow(error, model)) is not None:
            return overflow
        if status in (401, 403):
            return FixModel(
                f"The model's server {self.access.shown} does not accept the key ({status}).",
                hint="Set the right one in OPENAI_API_KEY." if self.access.key else "Set one in OPENAI_API_KEY.",
            )
        if status == 404:
            return FixModel(f"There is no model {model!r} at {self.access.shown}.", hint=self._known())
        if status == 429 and (error.code in _NO_CREDIT or error.type in _NO_CREDIT):
            return FixModel(f"The account at {self.access.shown} has no credit left: {said}", hint="Top it up.")
        if status == 429:
            return RetryLater(
                f"The model's server {self.access.shown} takes no more requests just now.",
                hint="Wait a little and ask again.",
                after=_seconds(error.response.headers.get("retry-after")),
            )
        if status >= 500 or status in (408, 409):
            return RetryLater(f"The model's server {self.access.shown} failed ({status}): {said}", hint="Ask again.")
        return FixModel(
            f"The model's server {self.access.shown} does not take the request ({status}): {said}",
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


def _taken(body: dict[str, Any], without: set[str]) -> dict[str, Any]:
    """Return a request without what its server does not take."""
    taken = dict(body)
    for name, _, instead in _OPTIONAL:
        if name in without and name in taken:
            taken |= instead(taken)
            del taken[name]
    return taken


def _piece(chunk: Any) -> Piece:
    choice = next(iter(chunk.choices or ()), None)
    usage = chunk.usage
    return Piece(
        text=(choice and choice.delta.content) or "",
        refusal=(choice and getattr(choice.delta, "refusal", None)) or "",
        finish=choice and choice.finish_reason,
        tokens=(usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else None,
        model=chunk.model or None,
        about={"id": chunk.id, "created": chunk.created, "system_fingerprint": chunk.system_fingerprint},
    )


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
