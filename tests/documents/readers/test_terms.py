"""Lists of terms on pages: each value on the line of its term."""

from __future__ import annotations

import pytest

from tests.documents.real import parsed

AROUND = "<p>The ferry runs all year round between both piers and the island, and it takes bikes and dogs.</p>" * 3


def lines(body: str) -> list[str]:
    result = parsed("page.html", f"<html><body><article>{AROUND}{body}{AROUND}</article></body></html>".encode())
    return [line for line in result.text.split("\n\n") if not line.startswith("The ferry")]


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ("<dt>Day ticket</dt><dd>£7.50</dd><dt>Week</dt><dd>£30</dd>", ["Day ticket: £7.50", "Week: £30"]),
        ("<dt>Open</dt><dd>Mon 9–5</dd><dd>Sat 10–2</dd>", ["Open: Mon 9–5", "Open: Sat 10–2"]),
        ("<dt>Dogs</dt><dt>Bikes</dt><dd>free</dd>", ["Dogs, Bikes: free"]),
        ("<div><dt>Dogs:</dt><dd>free <b>of charge</b></dd></div><div><dt>Bikes</dt><dd>£2</dd></div>", ["Dogs: free of charge", "Bikes: £2"]),
        ("<dt><b>Dogs</b></dt><dd><p>They travel free.</p></dd>", ["Dogs: They travel free."]),
    ],
)  # fmt: skip
def test_a_value_stands_on_the_line_of_its_term(terms: str, found: list[str]) -> None:
    assert lines(f"<dl>{terms}</dl>") == found


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ("<dt>May I bring my dog?</dt><dd>Yes, on a lead.</dd>", ["May I bring my dog?", "Yes, on a lead."]),
        ("<dt>Dogs</dt><dd><p>They travel free.</p><p>Cats do, too.</p></dd>", ["Dogs", "They travel free.", "Cats do, too."]),
        ("<dt>Dogs</dt><dd><ul><li>small</li><li>large</li></ul></dd>", ["Dogs", "small", "large"]),
        ("<dt>Dogs</dt><dt>Cats</dt>", ["Dogs", "Cats"]),
        ("<dd>alone</dd><dd>too</dd>", ["alone", "too"]),
    ],
)  # fmt: skip
def test_what_is_no_value_of_a_term_stands_for_itself(terms: str, found: list[str]) -> None:
    assert lines(f"<dl>{terms}</dl>") == found
