"""A model or a version that no passage has is unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.reading.codes import codes_first, is_unknown
from rag.reading.scoring import ScoredSentence, span_text
from rag.records import Question
from tests.reading.test_scoring import hit

TEXT = "Die Pumpe BX-40 wiegt 4,6 kg. Version 2.1 der Software kam im Mai, Quillpad 4.2.0 im Juni. AquaJet 160: 11 kg; LW 6: 5 dB; § 4 gilt seit Juni 2018."


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("How much does the BX-60 weigh?", True),
        ("How much does the BX-40 weigh?", False),
        ("How much does the BX40 weigh?", False),
        ("When will Quillpad 5.0 be released?", True),
        ("When was Quillpad 4.2.0 released?", False),
        ("What is new in version 2.1?", False),
        ("What is new in version 2.2?", True),
        ("What did NATO decide in 2021?", False),
        ("Was gilt ab 1.50 Euro?", False),
        ("Wie schwer ist die Pumpe?", False),
        ("Who is affected by CVE-2025-50001?", True),
        # It is numbered here, too, with other numbers; or not at all.
        ("How heavy is the AquaJet 200?", True),
        ("How heavy is the AquaJet 160?", False),
        ("How heavy is the SnowJet 160?", False),
        ("Wie laut ist die LW 18?", True),
        ("Wie laut ist die LW 6?", False),
        ("Was regelt § 14?", True),
        ("Was regelt § 4?", False),
        # A measure, a date, a word that opens a sentence.
        ("Was gilt nach Tag 14 Tage lang?", False),
        ("Was geschah im Juni 2019 oder im Jahr 1466?", False),
        ("WIE LAUT IST DIE LW 18?", False),
    ],
)
def test_codes_that_no_hit_has(question: str, unknown: bool) -> None:
    assert is_unknown(question, [hit(TEXT)]) is unknown


def test_a_document_may_be_called_by_it() -> None:
    one = hit("Sie wiegt 4,6 kg.")

    assert not is_unknown(
        "Wie schwer ist die BX-40?", [replace(one, document=replace(one.document, title="Pumpe BX 40"))]
    )
    assert not is_unknown(
        "Was ist neu in Version 5.0?", [replace(one, document=replace(one.document, name="version-5.md")), hit("v5")]
    )


def test_what_is_told_of_another_code_comes_behind() -> None:
    one = hit("Rechnung INV-7 ist offen. Rechnung INV-8 ist bezahlt. Die Frist ist um.")
    scored = [
        ScoredSentence(one, span, span_text(one, span), score, {}, score)
        for span, score in zip(one.chunk.sentences, (3.0, 2.0, 1.0), strict=True)
    ]

    def order(question: str) -> list[str]:
        return [sentence.text for sentence in codes_first(Question(question, "de"), scored)]

    assert order("Ist INV-8 bezahlt?") == [scored[1].text, scored[2].text, scored[0].text]
    assert order("Ist INV-9 bezahlt?") == order("Ist sie bezahlt?") == [sentence.text for sentence in scored]
