"""One contract: Python, command line, HTTP, a stream and a chat give the same statements and spans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from evals.corpus import read_corpus
from evals.loading import load_gold
from rag import LocalEngine
from rag.client import RemoteEngine
from rag.events import StatementReady
from rag.receipts import to_json
from rag.records import Answer
from rag.server.rule import ServerRule
from tests.conftest import SEEDS
from tests.server.conftest import Served, serving

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def seeds(seeds_engine: LocalEngine) -> Iterator[Served]:
    with serving(seeds_engine, ServerRule()) as served:
        yield served


def questions() -> list[str]:
    """A sample of the gold questions; all of them in the long version."""
    cases = load_gold(SEEDS.parent / "evals" / "gold", read_corpus(SEEDS))
    return list(dict.fromkeys(case.question for case in cases))


def spans(answer: Answer) -> Any:
    return (
        answer.status,
        [s.text for s in answer.statements],
        [(c.document, c.version, c.start, c.end, c.quote) for c in answer.citations],
        [(p.document, p.start, p.end) for p in answer.nearest],
    )


@pytest.mark.parametrize("part", [0, pytest.param(1, marks=pytest.mark.soak)])
def test_every_way_gives_the_same(seeds: Served, part: int) -> None:
    remote = RemoteEngine(seeds.url)
    chosen = questions()[::12] if part == 0 else questions()
    assert len(chosen) >= 8
    with openai.OpenAI(base_url=f"{seeds.url}/v1", api_key="none") as client:
        for question in chosen:
            here = seeds.engine.ask(question)
            over_http = remote.ask(question)
            assert spans(over_http) == spans(here)
            events = list(remote.stream(question))
            said = [event.statement.text for event in events if isinstance(event, StatementReady)]
            assert said == [s.text for s in here.statements]
            assert spans(events[-1].answer) == spans(here)  # type: ignore[union-attr]
            reply: Any = client.chat.completions.create(model="beleg", messages=[{"role": "user", "content": question}])
            receipt = reply.model_extra["beleg"]
            assert [s["text"] for s in receipt["statements"]] == said
            assert len(reply.choices[0].message.annotations) == sum(len(s.citations) for s in here.statements)
            # What the command prints is made of the answer alone, by this.
            assert printed(over_http) == printed(here)
            assert seeds.engine.verify(over_http).holds


def printed(answer: Answer) -> Any:
    return {key: value for key, value in to_json(answer).items() if key not in ("asked", "timings")}
