"""A reranker's model file (GGUF), run inside this process by llama.cpp."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.local_model import serve
from rag.reranking.endpoint import Endpoint

_CONTEXT = 8192


class LocalReranker:
    """A model file as a ``Reranker``; it is loaded when first asked."""

    def __init__(self, path: Path, *, silence: float) -> None:
        self._path = path
        self._silence = silence
        self._loading = threading.Lock()
        self._server: Any = None
        self._endpoint: Endpoint | None = None

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker.scores``. Raises InstallExtra where xllamacpp is missing."""
        with self._loading:
            if self._endpoint is None:
                key = secrets.token_urlsafe(32)
                self._server = serve(self._path, _CONTEXT, key, reranks=True)
                address = f"{self._server.listening_address}/v1"
                self._endpoint = Endpoint(address, self._path.stem, key, silence=self._silence, direct=True)
            endpoint = self._endpoint
        return endpoint.scores(question, passages)

    def close(self) -> None:
        """Let go of the model's memory."""
        with self._loading:
            self._server = self._endpoint = None
