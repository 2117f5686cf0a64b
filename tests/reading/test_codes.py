"""A model or a version that no passage has is unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.reading.codes import is_unknown
from tests.reading.test_scoring import hit

TEXT = "Die Pumpe BX-40 wiegt 4,6 kg. Version 2.1 der Software kam im Mai, Quillpad 4.2.0 im Juni."


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
