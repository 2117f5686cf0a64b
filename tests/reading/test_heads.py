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


def write(folder: Path, name: str, sender: str, subject: str, day: str, text: str, to: str = "tom@example.org") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Date"], message["Subject"] = sender, to, day, subject
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


@pytest.fixture
def club(open_engine: Callable[..., LocalEngine], folder: Path) -> LocalEngine:
    """Mails between several people, each of whom is mentioned in another's mail, too."""
    ann, tom, eva, max_ = ("Ann Lee <al@a.org>", "Tom Berg <tb@b.org>", "Eva Roth <er@c.org>", "Max Kern <mk@d.org>")
    day = "Wed, 05 Mar 2025 09:00:00 +0100"
    for name, sender, to, subject, text in (
        ("a.eml", eva, tom, "Miete im Lindenweg", "Die Miete beträgt ab Juli 750 Euro, sagt Max Kern."),
        (
            "b.eml",
            ann,
            eva,
            "Order 881",
            "The pumps come by truck. Tom Berg unloads them, and Max Kern wrote to the port.",
        ),
        (
            "c.eml",
            max_,
            ann,
            "Sommerfest",
            "Das Fest ist am 12. Juli. Eva Roth hat die Bänke, Tom Berg die Mail an die Nachbarn.",
        ),
        ("d.eml", tom, max_, "Broken lift", "The lift is broken, as Ann Lee saw. Please write to Eva Roth about it."),
    ):
        write(folder, name, sender, subject, day, text, to=to)
    engine = open_engine()
    engine.ingest(folder)
    return engine


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who wrote to Tom Berg?", "a.eml"),
        ("Wer hat an Tom Berg geschrieben?", "a.eml"),
        ("Wer schrieb Tom Berg?", "a.eml"),
        ("Who e-mailed Eva Roth?", "b.eml"),
        ("Who did Max Kern write to?", "c.eml"),
        ("To whom did Eva Roth write?", "a.eml"),
        ("An wen hat Ann Lee geschrieben?", "b.eml"),
        ("Wem hat Max Kern geschrieben?", "c.eml"),
        ("Wer hat an Tom Berg über die Miete geschrieben?", "a.eml"),
        ("Who wrote to Max about the broken lift?", "d.eml"),
        ("Who sent the mail about the broken lift?", "d.eml"),
        ("Von wem ist die Mail über das Sommerfest?", "c.eml"),
        ("Von wem hat Tom Berg eine Mail bekommen?", "a.eml"),
        ("Wer hat die Mail an Eva Roth geschickt?", "b.eml"),
        ("Wer hat die Mail von Max Kern bekommen?", "c.eml"),
        ("When was the e-mail to Max Kern sent?", "d.eml"),
    ],
)
def test_the_mail_is_meant_that_names_them_in_its_head(club: LocalEngine, question: str, name: str) -> None:
    answer = club.ask(question)
    first = answer.citations[answer.statements[0].citations[0]]
    assert (first.document, first.start) == (name, 0)
    assert head_answers(clean_question(question, 200), club.search(question)) == 1


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Who wrote to Ben Ortiz?", 0),
        ("Who wrote to Tom Berg about the pumps?", 0),
        ("Wer schrieb das Buch?", 0),
        ("Who sent the pumps?", 0),
        ("Wer hat die Mail an Ben Ortiz geschickt?", -1),
    ],
)
def test_no_mail_is_meant_that_lacks_what_is_named(club: LocalEngine, question: str, answers: int) -> None:
    assert head_answers(clean_question(question, 200), club.search(question)) == answers


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
