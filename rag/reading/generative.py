"""The reader with a model: it writes statements, each with the numbers of the evidence that it rests on.

A number is in the list of evidence or it is not, so every span is right by construction. Each statement
is checked as soon as it is closed, while the model is still writing. What fails gets one more turn,
which names what is missing; what fails again is dropped.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rag.errors import ChangeModel, FixInput, ShortenRequest
from rag.llm import ChatReply, ChatRequest, Message, streamed
from rag.models import Around, Asked, make_model
from rag.place import places_of
from rag.prompting import Prompts, load_prompts
from rag.reading.evidence import LANGUAGES, Numbered, choose, fence, listing, number, plain, tokens
from rag.reading.replies import SCHEMA, Proposal, ReplyReader
from rag.reading.scoring import ScoredSentence
from rag.reading.spans import marked
from rag.records import DraftStatement, Dropped, Evidence, Question, Statement
from rag.snapshot import begins_in
from rag.text.language import detect
from rag.usage import Usage

if TYPE_CHECKING:
    from rag.settings import Settings
    from rag.snapshot import SpansOf

NAME = "generative/1"

Check: TypeAlias = Callable[[DraftStatement], Statement | Dropped]
"""What makes a Statement of a draft, or says why not: ``citations.Citer.check``."""

_SEED = 7
_LONGEST = 1000
_SHINGLE = 8
# Room for what stands around the messages, in tokens.
_AROUND = 100
_IDS = re.compile(r"\s*\[\d+(?:\s*[,;]\s*\d+)*\]")
_MARKUP = re.compile(r"https?:|www\.|\]\(|<[a-z/!|]|```|\{\{|\"ids\"", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and the prompts that ask for it."""

    asked: Asked
    prompts: Prompts


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the writing ended: the last thing that ``write`` yields.

    ``abstained``: the model says that the evidence does not answer. ``failure`` says in words why
    nothing that it wrote could be used, and is None where something was.
    """

    abstained: bool
    failure: str | None
    usage: Usage


@dataclass(frozen=True, slots=True)
class _Failed:
    """A draft that may not be said as it is."""

    text: str
    reason: str


Written: TypeAlias = Statement | Dropped | Outcome


def make_writer(settings: Settings, around: Around | None = None) -> Writer | None:
    """Return who writes the answers; None where the settings name no model.

    Raises:
        FixInput: the prompts of the settings cannot be used.
    """
    asked = make_model(settings, around)
    return Writer(asked, load_prompts(settings.prompts)) if asked else None


def messages(question: Question, evidence: Sequence[Numbered], prompts: Prompts, most: int) -> tuple[Message, ...]:
    """Return what is sent: the question and its evidence as data, and what to make of them."""
    listed = listing(evidence)
    return prompts["answer"].fill(
        most=most,
        language=_language(question),
        fence=fence(question.text, listed),
        evidence=listed,
        question=plain(question.text),
    )


def evidence_for(
    question: Question, scored: Sequence[ScoredSentence], writer: Writer, most: int
) -> tuple[Numbered, ...]:
    """Return the evidence that fits into the model's context beside prompt and reply, best first into it.

    Raises:
        FixInput: the question and the prompt alone leave no room.
    """
    asked = writer.asked
    bare = sum(tokens(message.content) for message in messages(question, (), writer.prompts, most))
    room = asked.context - asked.reply - _AROUND - bare
    if room <= 0:
        raise FixInput(
            f"The question leaves no room for evidence in the {asked.context} tokens of {asked.name}.",
            hint="Shorten it, or raise llm_context to what the model takes.",
        )
    return number(choose(scored, asked.sentences, room))


def write(
    question: Question, evidence: tuple[Numbered, ...], writer: Writer, most: int, check: Check, spans_of: SpansOf
) -> Iterator[Written]:
    """Yield each statement when it has been verified, each that is dropped, and at last the outcome.

    ``spans_of`` is the ``spans`` of the embedder: it tells where in a sentence the answering words begin.

    Raises:
        FixModel: the model is not to be had under its name, key and address.
        RetryLater: its server is busy, or went away; what was yielded before stands.
        ShortenRequest: not even one sentence of evidence fits.
    """
    yield from _Writing(question, writer, most, check, spans_of).run(evidence)


class _Writing:
    """One answer being written: what has been said, what failed, and what it took."""

    def __init__(self, question: Question, writer: Writer, most: int, check: Check, spans_of: SpansOf) -> None:
        self._question = question
        self._spans_of = spans_of
        self._asked = writer.asked
        self._prompts = writer.prompts
        self._most = most
        self._check = check
        self._evidence: dict[int, Numbered] = {}
        self._told: set[str] = set()
        self._said: set[str] = set()
        self._failed: list[_Failed] = []
        self._replies: list[ChatReply] = []
        self._calls = self._unknown = 0
        self._first_token: float | None = None

    def run(self, evidence: tuple[Numbered, ...]) -> Generator[Written]:
        abstained, failure = False, None
        try:
            sent, reader = yield from self._first_turn(evidence)
        except ChangeModel as error:
            yield self._outcome(failure=None if self._said else str(error))
            return
        if reader.answered is False and not self._said:
            abstained = True
            self._failed.clear()
        elif not reader.formed:
            again = (*sent, Message("assistant", self._last()), *self._prompts["reply_form"].fill())
            reader = yield from self._second_turn(again)
            abstained = reader is not None and reader.answered is False and not self._said
        elif self._failed and len(self._said) < self._most:
            yield from self._repair(sent)
        yield from (Dropped(one.text, one.reason) for one in self._failed)
        if not self._said and not abstained:
            cut = bool(self._replies) and self._replies[-1].finish == "length"
            failure = _why(reader, len(self._failed), cut=cut)
        yield self._outcome(abstained=abstained, failure=failure)

    def _first_turn(
        self, evidence: tuple[Numbered, ...]
    ) -> Generator[Statement, None, tuple[tuple[Message, ...], ReplyReader]]:
        """Ask with as much of the evidence as the model takes."""
        while True:
            self._evidence = {one.number: one for one in evidence}
            sent = messages(self._question, evidence, self._prompts, self._most)
            self._told = _shingles(sent[0].content)
            try:
                return sent, (yield from self._turn(sent))
            except ShortenRequest:
                if len(evidence) < 2 or self._said:
                    raise
                best = sorted((one.sentence for one in evidence), key=lambda one: -one.score)
                evidence = number(best[: len(best) // 2])

    def _repair(self, sent: tuple[Message, ...]) -> Generator[Statement]:
        """Name what is missing, once; what is not written again better stays dropped."""
        before, self._failed = self._failed, []
        failed = "\n".join(f"- {plain(one.text)}\n  Wrong: {plain(one.reason)}" for one in before)
        turn = self._prompts["repair"].fill(failed=failed, language=_language(self._question), fence=fence(failed))
        said = len(self._said)
        yield from self._second_turn((*sent, Message("assistant", self._last()), *turn))
        written = len(self._said) - said + len(self._failed)
        self._failed += before[written:]

    def _second_turn(self, sent: tuple[Message, ...]) -> Generator[Statement, None, ReplyReader | None]:
        try:
            return (yield from self._turn(sent))
        except (ChangeModel, ShortenRequest):
            return None

    def _turn(self, sent: tuple[Message, ...]) -> Generator[Statement, None, ReplyReader]:
        request = ChatRequest(self._asked.name, sent, SCHEMA, max_tokens=self._asked.reply, seed=_SEED)
        reader, started = ReplyReader(), time.perf_counter()
        self._calls += 1
        for part in streamed(self._asked.model, request):
            if isinstance(part, ChatReply):
                self._replies.append(part)
                continue
            if self._first_token is None:
                self._first_token = round(time.perf_counter() - started, 6)
            for proposal in reader.feed(part):
                if reader.answered is not False and len(self._said) < self._most:
                    yield from self._judge(proposal)
        return reader

    def _judge(self, proposal: Proposal) -> Iterator[Statement]:
        draft = self._draft(proposal)
        if isinstance(draft, _Failed):
            self._failed.append(draft)
            return
        if draft.text.casefold() in self._said:
            return
        checked = self._check(draft)
        if isinstance(checked, Statement):
            self._said.add(draft.text.casefold())
            yield checked
        else:
            self._failed.append(_Failed(checked.text, checked.reason))

    def _draft(self, proposal: Proposal) -> DraftStatement | _Failed:
        """Return a statement with its ids turned into spans, or why it may not be said."""
        text = _IDS.sub("", plain(proposal.text)).strip()
        known = [self._evidence[one] for one in dict.fromkeys(proposal.ids) if one in self._evidence]
        self._unknown += sum(one not in self._evidence for one in proposal.ids)
        if not any(c.isalnum() for c in text):
            return _Failed(text or "…", "it says nothing")
        if not known:
            return _Failed(text, "no number of an evidence sentence was given with it")
        if text.rstrip("\"'”“»").endswith("?"):
            return _Failed(text, "it asks instead of saying")
        if len(text) > _LONGEST:
            return _Failed(text[:_LONGEST] + "…", "it is too long for one statement")
        if _MARKUP.search(text):
            return _Failed(text, "it holds a link or markup")
        if self._told & _shingles(text):
            return _Failed(text, "it repeats the instructions")
        return DraftStatement(
            text=text,
            evidence=tuple(self._evidence_of(one) for one in known),
            score=round(max(one.sentence.score for one in known), 6),
            language=detect(text, default=self._question.language),
        )

    def _evidence_of(self, one: Numbered) -> Evidence:
        begins = begins_in(one.sentence.hit, one.sentence.span, self._spans_of)
        span = one.sentence.span
        places = places_of(one.sentence.hit.places, span.start, span.end)
        return marked(self._question, Evidence(one.document, span), one.sentence.text, begins, places)

    def _last(self) -> str:
        return self._replies[-1].text if self._replies else ""

    def _outcome(self, *, abstained: bool = False, failure: str | None = None) -> Outcome:
        sent, received = (sum(getattr(reply, name) for reply in self._replies) for name in ("tokens_in", "tokens_out"))
        complete = len(self._replies) == self._calls and all(reply.tokens_in for reply in self._replies)
        cost = self._asked.cost(sent, received) if complete else None
        return Outcome(abstained, failure, Usage(self._calls, sent, received, cost, self._unknown, self._first_token))


def _why(reader: ReplyReader | None, failed: int, *, cut: bool) -> str:
    if failed:
        return f"none of its {failed} statements could be backed" if failed > 1 else "its statement could not be backed"
    if cut:
        return "its reply was cut off before a whole statement: see llm_reply"
    if reader is not None and reader.formed and not reader.broken:
        return "its reply held no whole statement"
    return "its reply was not of the form asked for"


def _language(question: Question) -> str:
    return LANGUAGES.get(question.language or "", "the language of the question")


def _shingles(text: str) -> set[str]:
    """Return every run of eight words, folded."""
    words = re.findall(r"\w+", text.casefold())
    return {" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}
