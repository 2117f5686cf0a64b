"""The three ways to run: embedded (no model), recorded (a model's answers, replayed), live."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from rag import FixInput, LocalEngine, Settings, connect
from rag.llm import ChatModel

from .errors import NotMeasurable
from .replay import Meter, Prices, Recorder, Replay
from .replies import Usage

LaneName: TypeAlias = Literal["embedded", "recorded", "live"]


@dataclass(frozen=True, slots=True)
class Lane:
    """How engines are made in a lane, what an answer took since it was last asked for, and recordings not asked for."""

    name: LaneName
    connect: Callable[[Settings], LocalEngine]
    usage: Callable[[], Usage]
    orphans: Callable[[], list[str]] = list[str]


def open_lane(name: LaneName, recordings: Path, prices: Prices, *, record: bool = False) -> Lane:
    """Return a lane.

    The lanes with a model stand on one hook of the engine: ``connect(settings, around=...)``, where
    ``around`` takes the model that the settings name and returns the one to ask instead. The replay
    ignores the model it is given; recorder and meter wrap it. Their ``connect`` raises NotMeasurable
    where the settings name no model.
    """
    if name == "embedded":
        # Whatever the environment names: this lane is the one without a model.
        return Lane(name, lambda settings: connect(settings.model_copy(update={"llm": None})), Usage)
    meters: list[Meter] = []
    replay = Replay(recordings)

    def around(model: ChatModel) -> ChatModel:
        asked: ChatModel = replay if name == "recorded" else Recorder(model, recordings) if record else model
        meters.append(Meter(asked, prices))
        return meters[-1]

    def usage() -> Usage:
        taken = [meter.take() for meter in meters]
        costs = [one.cost for one in taken]
        known = [cost for cost in costs if cost is not None]
        return Usage(
            sum(one.calls for one in taken),
            sum(one.tokens_in for one in taken),
            sum(one.tokens_out for one in taken),
            sum(known) if len(known) == len(costs) else None,
        )

    def connected(settings: Settings) -> LocalEngine:
        if settings.llm is None:
            raise NotMeasurable(
                f"The lane {name} needs a model, and the settings name none.",
                hint="Name it: RAG_LLM. In the lane recorded it is not asked, but is part of every request.",
            )
        return connect(settings, around=around)

    return Lane(name, connected, usage, replay.unused if name == "recorded" else list[str])


def read_prices(path: Path | None) -> Prices:
    """Return a price table: JSON, model to [per million tokens sent, per million received].

    Raises:
        FixInput: the file is no such table.
    """
    if path is None:
        return {}
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {str(model): (float(sent), float(received)) for model, (sent, received) in table.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise FixInput(f"{path} is no price table: {error}.", hint='{"model": [0.15, 0.60]}') from error
