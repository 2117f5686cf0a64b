from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.lanes import open_lane, read_prices
from evals.replay import Meter, Recorder, Replay, ReplayMiss, request_key
from evals.replies import Usage
from rag import BelegError, ChangeModel, FixInput, ShortenRequest, load_settings
from rag.llm import ChatModel, ChatReply, ChatRequest, Message

ASKED = ChatRequest(
    "small", (Message("system", "Answer briefly.\nCite."), Message("user", "Wer?")), {"type": "object"}, seed=1
)


class Fixed:
    """A model that always says the same."""

    def __init__(self) -> None:
        self.asked = 0

    def chat(self, request: ChatRequest) -> ChatReply:
        self.asked += 1
        return ChatReply("Anna Berg", request.model, "stop", 12, 3, {"id": "x", "choices": [{"text": "Anna Berg"}]})


def test_what_was_recorded_is_replayed_whole(tmp_path: Path) -> None:
    model = Fixed()
    first = Recorder(model, tmp_path).chat(ASKED)
    again: ChatModel = Replay(tmp_path)

    assert again.chat(ASKED) == first
    assert model.asked == 1


CHANGES = {
    "model": replace(ASKED, model="large"),
    "message": replace(ASKED, messages=(ASKED.messages[0], Message("user", "Wann?"))),
    "role": replace(ASKED, messages=(ASKED.messages[0], Message("assistant", "Wer?"))),
    "schema": replace(ASKED, schema=None),
    "temperature": replace(ASKED, temperature=0.1),
    "max_tokens": replace(ASKED, max_tokens=5),
    "seed": replace(ASKED, seed=2),
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_request_is_a_miss_that_shows_the_difference(name: str, tmp_path: Path) -> None:
    Recorder(Fixed(), tmp_path).chat(ASKED)

    with pytest.raises(ReplayMiss, match=r"(?m)^-.*\n?(?s:.*)^\+") as caught:
        Replay(tmp_path).chat(CHANGES[name])

    assert caught.value.exit_code == 4


def test_the_nearest_recording_is_the_one_compared_with(tmp_path: Path) -> None:
    recorder = Recorder(Fixed(), tmp_path)
    recorder.chat(ASKED)
    recorder.chat(ChatRequest("other", (Message("user", "Something else entirely"),)))

    with pytest.raises(ReplayMiss) as caught:
        Replay(tmp_path).chat(CHANGES["message"])

    assert f"recorded {request_key(ASKED)}.json" in str(caught.value)
    assert "+   " in str(caught.value)
    assert "Wann?" in str(caught.value)


def test_without_recordings_the_miss_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReplayMiss, match="no recordings"):
        Replay(tmp_path).chat(ASKED)


def test_the_meter_counts_since_it_was_last_asked() -> None:
    meter = Meter(Fixed(), {"small": (1.0, 10.0)})
    meter.chat(ASKED)
    meter.chat(ASKED)

    assert meter.take() == Usage(2, 24, 6, pytest.approx((24 * 1 + 6 * 10) / 1_000_000))
    assert meter.take() == Usage()


def test_an_unknown_price_is_not_free() -> None:
    meter = Meter(Fixed(), {})
    meter.chat(ASKED)
    assert meter.take().cost is None


def test_a_price_table_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    path.write_text('{"small": [0.15, 0.6]}', encoding="utf-8")
    assert read_prices(path) == {"small": (0.15, 0.6)}
    assert read_prices(None) == {}
    path.write_text('{"small": 3}', encoding="utf-8")
    with pytest.raises(FixInput, match="price table"):
        read_prices(path)


@pytest.mark.parametrize("name", ["recorded", "live"])
def test_a_lane_with_a_model_needs_one_to_be_named(name: str, tmp_path: Path) -> None:
    lane = open_lane(name, tmp_path, {})  # type: ignore[arg-type]
    with pytest.raises(BelegError, match="needs a model") as caught:
        lane.connect(load_settings())
    assert caught.value.exit_code == 4


def test_the_embedded_lane_asks_no_model_whatever_is_named(tmp_path: Path) -> None:
    with open_lane("embedded", tmp_path, {}).connect(load_settings(llm="small")) as engine:
        assert engine.writer is None


@pytest.mark.parametrize("kind", [ChangeModel, ShortenRequest])
def test_what_a_model_answers_instead_of_a_reply_is_recorded_too(kind: type[BelegError], tmp_path: Path) -> None:
    class Refusing:
        def chat(self, request: ChatRequest) -> ChatReply:
            raise kind("not this one")

    for model in (Recorder(Refusing(), tmp_path), Replay(tmp_path)):
        with pytest.raises(kind, match="not this one"):
            model.chat(ASKED)


def test_recordings_that_nobody_asks_for_are_found(tmp_path: Path) -> None:
    Recorder(Fixed(), tmp_path).chat(ASKED)
    (tmp_path / "old.json").write_text("{}", encoding="utf-8")
    replay = Replay(tmp_path)

    replay.chat(ASKED)

    assert replay.unused() == ["old.json"]


@pytest.mark.parametrize(("name", "asked"), [("recorded", 0), ("live", 1)])
def test_a_lane_puts_its_model_around_the_readers(
    name: str, asked: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Fixed()
    Recorder(Fixed(), tmp_path).chat(ASKED)
    given: list[ChatModel] = []
    monkeypatch.setattr("evals.lanes.connect", lambda settings, around: given.append(around(model)) or settings)

    lane = open_lane(name, tmp_path, {"small": (0, 0)})  # type: ignore[arg-type]
    lane.connect(load_settings(llm="small"))

    assert given[0].chat(ASKED).text == "Anna Berg"
    assert model.asked == asked
    assert lane.usage() == Usage(1, 12, 3, 0.0)
