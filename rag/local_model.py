"""The only importer of xllamacpp: a model file (GGUF), run inside this process.

llama.cpp brings its server with it. It listens on a free loopback port behind a key of one run, so
the same client asks it that asks any other server, and nobody else on the machine can.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.address import Access
from rag.errors import FixModel, InstallExtra
from rag.llm import ChatReply, ChatRequest
from rag.openai_chat import OpenAIChat

_QUIET = -1


class LocalModel:
    """A model file as a ``StreamingModel``; it is loaded when first asked."""

    def __init__(self, path: Path, *, context: int, silence: float) -> None:
        self._path = path
        self._context = context
        self._silence = silence
        self._loading = threading.Lock()
        self._server: Any = None
        self._chat: OpenAIChat | None = None

    def chat(self, request: ChatRequest) -> ChatReply:
        """See ``ChatModel.chat``."""
        return self._loaded().chat(request)

    def stream(self, request: ChatRequest) -> Iterator[str | ChatReply]:
        """See ``StreamingModel.stream``."""
        yield from self._loaded().stream(request)

    def close(self) -> None:
        """Let go of the model's memory."""
        with self._loading:
            self._server = self._chat = None

    def _loaded(self) -> OpenAIChat:
        with self._loading:
            if self._chat is None:
                key = secrets.token_urlsafe(32)
                self._server = serve(self._path, self._context, key)
                address = f"{self._server.listening_address}/v1"
                self._chat = OpenAIChat(Access(address, key, silence=self._silence, retries=1, direct=True))
            return self._chat


def serve(path: Path, context: int, key: str, *, reranks: bool = False) -> Any:
    """Return llama.cpp's server over a model file, on a free loopback port; it runs as long as it is held.

    Raises:
        InstallExtra: xllamacpp is not installed.
        FixModel: there is no such file, or it is no model.
    """
    try:
        import xllamacpp
    except ImportError as error:
        raise InstallExtra(
            "Running a model file needs xllamacpp, which is not installed.", hint="pip install 'beleg[local]'"
        ) from error
    if not path.is_file():
        raise FixModel(f"There is no model file {path}.", hint="Name a .gguf file with llm (RAG_LLM, --llm).")
    library: Any = xllamacpp
    parameters = library.CommonParams()
    parameters.model.path = str(path)
    # Or replies, and recordings of them, would name a path of this machine.
    parameters.model_alias = {path.stem}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.verbosity = _QUIET
    parameters.n_ctx = context
    parameters.n_parallel = 1
    if reranks:
        parameters.embedding = True
        parameters.pooling_type = library.llama_pooling_type.LLAMA_POOLING_TYPE_RANK
        # A passage goes through in one batch, or not at all.
        parameters.n_batch = parameters.n_ubatch = context
    # On a machine that does other work too, a thread for every core is many times slower than half.
    threads = max(1, (os.cpu_count() or 2) // 2)
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    try:
        return library.Server(parameters)
    except (RuntimeError, ValueError, OSError) as error:
        raise FixModel(f"{path} cannot be loaded as a model: {error}.", hint="It must be a whole GGUF file.") from error
