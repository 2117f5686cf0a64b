"""The settings to a model that can be asked, and its name; nothing is loaded or sent yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rag.llm import ChatModel
from rag.settings import Settings, is_model_file, openai_environment

if TYPE_CHECKING:
    from rag.address import Access, Part
    from rag.local_model import LocalModel

Around: TypeAlias = Callable[[ChatModel], ChatModel]
"""Takes the model that the settings name and returns the one to ask instead: a recorder, a meter, a replay."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The model that writes answers, as it is called in requests and receipts, and its limits.

    ``context`` and ``reply`` are tokens, ``sentences`` those of evidence, prices for a million tokens
    (None where they are not known). ``close`` lets go of what the model holds.
    """

    model: ChatModel
    name: str
    context: int
    reply: int
    sentences: int
    price_in: float | None = None
    price_out: float | None = None
    close: Callable[[], None] = lambda: None

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return what so many tokens cost, or None where a price or the tokens are not known."""
        if self.price_in is None or self.price_out is None or not tokens_in:
            return None
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1_000_000


def make_model(settings: Settings, around: Around | None = None) -> Asked | None:
    """Return the model that the settings name; None where they name none, whatever keys there are."""
    if settings.llm is None:
        return None
    if is_model_file(settings.llm):
        path = Path(settings.llm).expanduser()
        local = _local(settings, path)
        model, name, close = local, path.stem, local.close
    else:
        model, name, close = _remote(settings), settings.llm, None
    return Asked(
        model=around(model) if around else model,
        name=name,
        context=settings.llm_context,
        reply=min(settings.llm_reply, settings.llm_context // 2),
        sentences=settings.llm_sentences,
        price_in=settings.llm_price_in,
        price_out=settings.llm_price_out,
        close=close or (lambda: None),
    )


def _local(settings: Settings, path: Path) -> LocalModel:
    from rag.local_model import LocalModel

    return LocalModel(path, context=settings.llm_context, silence=settings.llm_silence)


def _remote(settings: Settings) -> ChatModel:
    from rag.openai_chat import OpenAIChat

    return OpenAIChat(_access(settings, "llm"))


def embedding_access(settings: Settings) -> Access:
    """Return where the settings have texts embedded, if a server does it."""
    return _access(settings, "embedding")


def _access(settings: Settings, part: Part) -> Access:
    from rag.address import Access

    base_url, key = openai_environment()
    own_url, own_key = getattr(settings, f"{part}_base_url"), getattr(settings, f"{part}_key")
    return Access(
        base_url=own_url or base_url,
        key=own_key.get_secret_value() if own_key else key,
        silence=settings.llm_silence,
        retries=settings.llm_retries,
        part=part,
    )
