"""Questions about a mail itself are answered by its head."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from rag import LocalEngine
from rag.reading.heads import head_answers, head_asked, heads_first
from rag.reading.questions import clean_question
from rag.reading.scoring import ScoredSentence
from rag.records import Question, Span
from tests.reading.test_scoring import hit

OLD = "Am 03.03.2025 um 10:12 schrieb Petra Hansen <hansen@example.org>:"


def write(folder: Path, name: str, sender: str, subject: str, day: str, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Date"], message["Subject"] = sender, "tom@example.org", day, subject
    message.set_content(text)
    (folder / name).write_bytes(message.as_bytes())


@pytest.fixture
def mails(open_engine: Callable[..., LocalEngine], folder: Path) -> LocalEngine:
    write(
        folder,
        "miete.eml",
        "Petra Hansen <hansen@example.org>",
        "Miete Lindenweg",
        "Wed, 05 Mar 2025 09:00:00 +0100",
        "Guten Tag,\n\ndie Miete im Lindenweg beträgt ab Juli 750 Euro im Monat.\n\n"
        f"{OLD}\n> Die Miete im Lindenweg beträgt 700 Euro\n> im Monat.\n",
    )
    write(
        folder,
        "order.eml",
        "Ann Lee <ann@example.org>",
        "Order 881",
        "Thu, 06 Mar 2025 15:30:00 +0000",
        "Hi Tom,\n\nthe pumps of order 881 come by truck. We thank you for the payment.\n",
    )
    engine = open_engine()
    engine.ingest(folder)
    return engine


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Wer hat die Mail über die Miete geschrieben?", "From: Petra Hansen <hansen@example.org>"),
        ("Wann wurde die Mail über die Miete geschickt?", "Date: Wed, 05 Mar 2025"),
        ("Who wrote the mail about order 881?", "From: Ann Lee <ann@example.org>"),
        ("Who received the e-mail about order 881?", "To: tom@example.org"),
    ],
)
def test_who_wrote_a_mail_and_when_is_quoted_from_its_head(mails: LocalEngine, question: str, said: str) -> None:
    answer = mails.ask(question)
    first = answer.citations[answer.statements[0].citations[0]]
    assert said in first.quote
    assert mails.document(first.document).text[first.start : first.end] == first.quote


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Wer hat die Mail über die Miete geschrieben?", 1),
        ("Wer hat die Mail geschrieben?", 1),
        ("Wer hat die Mail über den Mond geschrieben?", -1),
        ("Who is the sender of the mail about the moon?", -1),
        ("Wie hoch ist die Miete?", 0),
    ],
)
def test_a_head_answers_for_a_mail_that_speaks_of_what_is_named(
    mails: LocalEngine, question: str, answers: int
) -> None:
    assert head_answers(clean_question(question, 200), mails.search(question)) == answers


def test_what_a_mail_says_goes_before_what_it_quotes_and_before_its_head(mails: LocalEngine) -> None:
    answer = mails.ask("Wie hoch ist die Miete im Lindenweg?")
    assert "750 Euro" in answer.statements[0].text
    quoted = next(c for c in answer.citations if "700 Euro" in c.quote)
    assert [place.name for place in quoted.places] == [f"> {OLD}"]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Wer hat die Mail geschrieben?", True),
        ("Von wem stammt die E-Mail?", True),
        ("An wen ging die Mail?", True),
        ("Wie lautet der Betreff der Mail?", True),
        ("When was the email sent?", True),
        ("Wer kommt laut der Mail zum Fest?", False),
        ("Wann kommt laut Mail die Lieferung?", False),
        ("Who wrote the report?", False),
        ("What does the mail say?", False),
    ],
)
def test_which_questions_ask_for_a_head(question: str, asked: bool) -> None:
    assert head_asked(question) is asked


def test_all_lines_of_a_head_are_of_it() -> None:
    text = "From: Ann Lee <ann@example.org>\nSubject: Which hall?\n\nWe take the Rope Hall."
    one = hit(text, name="hall.eml", language="en")
    starts = [0, text.index("Subject"), text.index("We")]
    spans = [Span(at, end) for at, end in zip(starts, [*(at - 1 for at in starts[1:]), len(text)], strict=True)]
    sentences = [ScoredSentence(one, span, span.of(text), 5.0 - n, {}, 0.0) for n, span in enumerate(spans)]

    assert [s.score for s in heads_first(Question("Which hall is taken?", "en"), sentences)] == [3.0, 3.0, 2.0]
    assert [s.score for s in heads_first(Question("Who wrote the mail?", "en"), sentences)] == [6.0, 6.0, 3.0]
