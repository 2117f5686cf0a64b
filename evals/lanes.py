"""The three ways to run: embedded (no model), recorded (a model's answers, replayed), live."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

from rag import FixInput, LocalEngine, Settings, connect
from rag.llm import ChatModel

from .errors import NotMeasurable
from .replay import Meter, Prices, Recorder, Replay
from .replies import Usage

LaneName: TypeAlias = Literal["embedded", "recorded", "live"]


@dataclass(frozen=True, slots=True)
class Lane:
    """How engines are made in a lane, and what an answer took since it was last asked for."""

    name: LaneName
    connect: Callable[[Settings], LocalEngine]
    usage: Callable[[], Usage]


def open_lane(name: LaneName, recordings: Path, prices: Prices, *, record: bool = False) -> Lane:
    """Return a lane.

    The lanes with a model stand on one hook of the engine: ``connect(settings, around=...)``, where
    ``around`` takes the model that the settings name and returns the one to ask instead. The replay
    ignores the model it is given; recorder and meter wrap it.

    Raises:
        NotMeasurable: a lane with a model, and a ``rag`` whose readers ask none.
    """
    if name == "embedded":
        return Lane(name, connect, Usage)
    if "around" not in inspect.signature(connect).parameters:
        raise NotMeasurable(
            f"The lane {name} needs a reader that asks a model; this version of Beleg has none.",
            hint="Use --lane embedded.",
        )
    meters: list[Meter] = []

    def around(model: ChatModel) -> ChatModel:
        asked: ChatModel = (
            Replay(recordings) if name == "recorded" else Recorder(model, recordings) if record else model
        )
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

    return Lane(name, lambda settings: cast("Any", connect)(settings, around=around), usage)


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
