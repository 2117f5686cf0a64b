"""Any server with the common ``/rerank`` endpoint: Jina, Cohere, vLLM, llama.cpp, Text Embeddings Inference."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from rag.errors import BelegError, ChangeModel, FixModel, RetryLater, ShortenRequest

_PATH = "/rerank"
_MOST = 10_000_000
_SHOWN = 200


class Endpoint:
    """A reranker behind HTTP. ``url`` may end in ``/rerank`` or where that is to be added.

    ``silence`` is how many seconds may pass without a sign of life.

    Raises FixModel where the address is none.
    """

    def __init__(self, url: str, model: str, key: str | None = None, *, silence: float = 60.0) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise FixModel(f"{url!r} is no address of a reranker.", hint="For example: http://localhost:8080/v1")
        bare = url.rstrip("/")
        self._url = bare if bare.endswith(_PATH) else bare + _PATH
        self._model = model
        self._key = key
        self._silence = silence

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker.scores``; one request."""
        # What one kind of server calls "documents" another calls "texts", and each passes over what it does not know.
        body = {"model": self._model, "query": question, "documents": list(passages), "texts": list(passages)}
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = Request(self._url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - checked above
        try:
            with urlopen(request, timeout=self._silence) as reply:  # noqa: S310
                told = reply.read(_MOST)
        except HTTPError as error:
            with error:
                raise self._refused(error.code, error.read(_MOST).decode("utf-8", "replace")) from error
        except (URLError, OSError) as error:
            raise RetryLater(
                f"The reranker at {self._url} cannot be reached: {getattr(error, 'reason', error)}.",
                hint="Start it, or leave it out: unset reranker (RAG_RERANKER)",
            ) from error
        return self._read(told, len(passages))

    def _refused(self, status: int, said: str) -> BelegError:
        told = f"The reranker at {self._url} answers {status}: {' '.join(said.split())[:_SHOWN]}"
        if status in (401, 403):
            return FixModel(told, hint="Check its key: reranker_key (RAG_RERANKER_KEY)")
        if status == 413:
            return ShortenRequest(told, hint="Use a reranker that takes longer passages.")
        if status == 429 or status >= 500:
            return RetryLater(told, hint="Ask again later.")
        return FixModel(told, hint="Check reranker and reranker_url.")

    def _read(self, told: bytes, count: int) -> list[float]:
        try:
            value: Any = json.loads(told)
            listed = value["results"] if isinstance(value, dict) else value
            scored = {int(one["index"]): float(one.get("relevance_score", one.get("score"))) for one in listed}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unusable("no list of scores") from error
        if sorted(scored) != list(range(count)) or not all(map(math.isfinite, scored.values())):
            raise self._unusable(f"{len(scored)} scores for {count} passages")
        return [scored[at] for at in range(count)]

    def _unusable(self, what: str) -> ChangeModel:
        return ChangeModel(f"The reranker at {self._url} sent {what}.", hint="Is it a server for reranking?")
