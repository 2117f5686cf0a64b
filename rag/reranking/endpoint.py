"""Any server with the common ``/rerank`` endpoint: Jina, Cohere, vLLM, llama.cpp, Text Embeddings Inference."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from rag.address import aimed_at, quoted, require_address, require_key, seconds, shown
from rag.errors import BelegError, ChangeModel, FixModel, RetryLater, ShortenRequest

_PATH = "/rerank"
_MOST = 10_000_000
_SHOWN = 200


class _Stay(HTTPRedirectHandler):
    """Follows nowhere: what is asked, and the key, go to the address that was named alone."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return no request to send in place of this one, which makes an error of it."""


class Endpoint:
    """A reranker behind HTTP. ``url`` may end in ``/rerank`` or where that is to be added.

    ``silence`` is how many seconds may pass without a sign of life; ``direct`` passes by any proxy of the environment.

    Raises:
        FixModel: the address is none.
        FixSettings: the key cannot be sent.
    """

    def __init__(
        self, url: str, model: str, key: str | None = None, *, silence: float = 60.0, direct: bool = False
    ) -> None:
        require_address(url, "For example: http://localhost:8080/v1. It is reranker_url (RAG_RERANKER_URL).")
        if "@" in urlsplit(url).netloc:
            raise FixModel(
                f"The address {shown(url)} of a reranker holds a user or a password.",
                hint="Its key is reranker_key (RAG_RERANKER_KEY).",
            )
        require_key(key, "reranker_key (RAG_RERANKER_KEY)")
        bare = url.rstrip("/")
        self._url = bare if bare.endswith(_PATH) else bare + _PATH
        self._model = model
        self._key = key
        self._silence = silence
        self._opener = build_opener(_Stay(), *([ProxyHandler({})] if direct else []))

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker.scores``; one request."""
        # What one kind of server calls "documents" another calls "texts", and each passes over what it does not know.
        body = {"model": self._model, "query": question, "documents": list(passages), "texts": list(passages)}
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = Request(self._url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - checked above
        return self._read(self._told(request), len(passages))

    def _told(self, request: Request) -> bytes:
        try:
            try:
                with self._opener.open(request, timeout=self._silence) as reply:
                    return reply.read(_MOST)
            except HTTPError as error:
                with error:
                    raise self._refused(error, error.read(_MOST).decode("utf-8", "replace")) from error
        except (OSError, HTTPException, UnicodeError) as error:
            broken = isinstance(error, HTTPException)
            why = self._quoted(str(getattr(error, "reason", error)) or type(error).__name__)
            raise RetryLater(
                f"The reranker at {self._url} {'sent a broken reply' if broken else 'cannot be reached'}: {why}.",
                hint="Start it, or leave it out: unset reranker (RAG_RERANKER)",
            ) from error

    def _refused(self, error: HTTPError, said: str) -> BelegError:
        status = error.code
        if status < 400:
            to = aimed_at(self._url, error.headers.get("Location", ""))
            return FixModel(
                f"The reranker at {self._url} sends its callers on to {self._quoted(to)}, where nothing is sent ({status}).",
                hint="If that is the right address, name it: reranker_url (RAG_RERANKER_URL).",
            )
        told = f"The reranker at {self._url} answers {status}: {self._quoted(said)}"
        if status in (401, 403):
            return FixModel(told, hint="Check its key: reranker_key (RAG_RERANKER_KEY)")
        if status == 413:
            return ShortenRequest(told, hint="Use a reranker that takes longer passages.")
        if status == 429 or status >= 500:
            return RetryLater(told, hint="Ask again later.", after=seconds(error.headers.get("Retry-After")))
        return FixModel(told, hint="Check reranker and reranker_url.")

    def _quoted(self, said: str) -> str:
        return quoted(said, (self._key,), _SHOWN)

    def _read(self, told: bytes, count: int) -> list[float]:
        try:
            value: Any = json.loads(told)
            listed = value["results"] if isinstance(value, dict) else value
            scored = {int(one["index"]): float(one.get("relevance_score", one.get("score"))) for one in listed}
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise self._unusable("no list of scores") from error
        if sorted(scored) != list(range(count)) or not all(map(math.isfinite, scored.values())):
            raise self._unusable(f"{len(scored)} scores for {count} passages")
        return [scored[at] for at in range(count)]

    def _unusable(self, what: str) -> ChangeModel:
        return ChangeModel(f"The reranker at {self._url} sent {what}.", hint="Is it a server for reranking?")
