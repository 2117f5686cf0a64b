"""What the openai client raises, as errors that say what the reader can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from rag.address import Access, aimed_at, seconds
from rag.errors import BelegError, ChangeModel, FixModel, RetryLater, ShortenRequest

TOO_LONG = re.compile(
    r"context[ _-]?(?:length|size|window)|maximum context|too many tokens|prompt is too long|exceed_context"
    r"|reduce the length|input is too long",
    re.IGNORECASE,
)
"""How servers say that a request is too long for their model."""

_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "credit_balance_too_low")
_COMPATIBLE = "Is this the address of an OpenAI-compatible server? Most want it to end in /v1; it is"


@contextmanager
def errors(
    access: Access, model: str, known: Callable[[], str], said: Callable[[], bool] = lambda: False
) -> Generator[None]:
    """Turn what the client raises into what the reader can do.

    ``known`` names the models of the server, ``said`` tells whether something of its reply was handed over.
    """
    import httpx2
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        raise _status(access, error, model, known) from error
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        raise RetryLater(
            f"The {access.name} said nothing for {access.silence:.0f} seconds.",
            hint="Try again, or raise llm_silence.",
        ) from error
    except openai.APIConnectionError as error:
        if _is_about_the_way(error):
            raise FixModel(
                f"The {access.name} cannot be reached.", hint=f"Is it running? Its address is {access.url_settings}."
            ) from error
        raise went_away(access, access.quoted(str(error.__cause__ or "")), said=said()) from error
    except openai.APIError as error:
        raise _overflow(access, error, model) or went_away(access, _said(access, error), said=said()) from error
    except httpx2.HTTPError as error:
        raise went_away(access, access.quoted(str(error)), said=said()) from error
    except (ValueError, RecursionError, openai.OpenAIError) as error:
        what = "JSON that is nested too deeply" if isinstance(error, RecursionError) else access.quoted(str(error))
        raise ChangeModel(
            f"The {access.name} sent what is no reply: {what}.", hint=f"{_COMPATIBLE} {access.url_settings}."
        ) from error


def went_away(access: Access, why: str = "", *, said: bool = False) -> RetryLater:
    """Return the error for a reply that has no end; ``said`` is whether something of it was handed over."""
    told = f": {why.rstrip('.')}" if why else ""
    return RetryLater(
        f"The {access.name} went away in the middle of its reply{told}.",
        hint="What was said before was verified; ask again." if said else "If it is overloaded, wait and ask again.",
    )


def no_reply(access: Access, what: str) -> FixModel:
    """Return the error for what answers and is no such server: a page, or nothing at all."""
    return FixModel(
        f"The {access.name} answers, and not with a reply: {access.quoted(what) or 'nothing'}",
        hint=f"{_COMPATIBLE} {access.url_settings}.",
    )


def _status(access: Access, error: Any, model: str, known: Callable[[], str]) -> BelegError:
    said, status = _said(access, error), error.status_code
    if (overflow := _overflow(access, error, model)) is not None:
        return overflow
    if status < 400:
        to = aimed_at(str(error.request.url), error.response.headers.get("location", ""))
        return FixModel(
            f"The {access.name} sends its callers on to {access.quoted(to)}, where nothing is sent ({status}).",
            hint=f"If that is the right address, name it: {access.url_settings}.",
        )
    if status in (401, 403):
        verb = "Set the right one in" if access.key else "Set one in"
        return FixModel(f"The {access.name} does not accept the key ({status}).", hint=f"{verb} {access.key_settings}.")
    if status == 404:
        return FixModel(f"There is no model {model!r} at {access.shown}.", hint=known())
    if status == 429 and (error.code in _NO_CREDIT or error.type in _NO_CREDIT):
        return FixModel(f"The account at {access.shown} has no credit left: {said}", hint="Top it up.")
    after = seconds(error.response.headers.get("retry-after"))
    if status == 429:
        return RetryLater(
            f"The {access.name} takes no more requests just now.",
            hint="Wait a little and ask again.",
            after=after,
        )
    if status >= 500 or status in (408, 409):
        return RetryLater(f"The {access.name} failed ({status}): {said}", hint="Ask again.", after=after)
    kind = "a chat model" if access.part == "llm" else "a model for embeddings"
    return FixModel(
        f"The {access.name} does not take the request ({status}): {said}",
        hint=f"Is the model's name right, and is it {kind}?",
    )


def _overflow(access: Access, error: Any, model: str) -> ShortenRequest | None:
    code = f"{error.code or ''} {error.type or ''} {error.message}"
    if getattr(error, "status_code", 400) not in (400, 413, 422, 500) or not TOO_LONG.search(code):
        return None
    hint = "Lower llm_context to what it takes." if access.part == "llm" else "Use one that takes longer texts."
    return ShortenRequest(
        f"The request is longer than the model {model} takes: {_said(access, error)}",
        hint=hint,
    )


def _is_about_the_way(error: Any) -> bool:
    import httpx2

    return isinstance(error.__cause__, (httpx2.ConnectError, httpx2.UnsupportedProtocol, httpx2.InvalidURL))


def _said(access: Access, error: Any) -> str:
    """Return the server's own sentence, without what the client puts around it."""
    said = error.body.get("message") if isinstance(error.body, dict) else None
    return access.quoted(said if isinstance(said, str) else error.message)
