"""Counts, days and times that another wording says otherwise are backed; those that the quotes do not tell are not."""

from __future__ import annotations

import pytest

from rag.checks.literals import unbacked_literals


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        (("de", "Der Umsatz stieg um vier Prozent."), ("en", "Sales grew by four per cent.")),
        (("de", "Der Überfall geschah am Mittwochabend."), ("en", "The robbery took place on Wednesday evening.")),
        (("de", "Gefordert werden freie Sonntage."), ("en", "They want to have Sundays off.")),
        (("en", "Assembly moved to Gdansk."), ("de", "Die Montage zog nach Danzig.")),
        (("en", "Guests arriving after 10 p.m. should ring."), ("de", "Wer nach 22 Uhr ankommt, soll klingeln.")),
        (("de", "Wer nach 22 Uhr ankommt, soll klingeln."), ("en", "Ring if you arrive after 10 pm.")),
        (("de", "Der Bau zweier Windparks ist geplant."), ("en", "Two wind farms are planned.")),
        (("en", "Owners are responsible for both sides."), ("de", "Eigentümer haben zwei Seiten zu räumen.")),
        (("de", "Der Kunde schließt einen Zweijahresvertrag."), ("en", "The contract runs for two years.")),
        (("en", "Weiss wrote it with Amadi, who disagrees now."), ("en", "The two authors disagree.")),
        (("en", "Bins are emptied fortnightly."), ("de", "Die Tonnen werden alle zwei Wochen geleert.")),
    ],
)
def test_what_is_said_otherwise_is_backed(quote: tuple[str, str], said: tuple[str, str]) -> None:
    assert unbacked_literals(said[1], said[0], [(quote[1], quote[0])]) == []


@pytest.mark.parametrize(
    ("quote", "said", "missing"),
    [
        ("Die beiden Vorsitzenden vertreten den Verein.", "Der Verein wählt sie auf zwei Jahre.", "2"),
        ("Die beiden Vorsitzenden vertreten den Verein.", "Sie wurden zweimal gewählt.", "2"),
        ("Der Minister reiste ab.", "Der Minister reiste zweimal ab.", "2"),
        ("Die drei Minister stritten.", "Die zwei Minister stritten.", "2"),
        ("Er blieb lange im Amt.", "Die zwei Jahre im Amt waren lang.", "2"),
        ("Das Lokal schließt um 22 Uhr.", "Das Lokal schließt um 10 Uhr.", "10"),
        ("Im Lokal saßen 22 Gäste.", "Das Lokal schließt um 10 p.m.", "10"),
        ("Am Dienstagmorgen kippte ein Lastwagen um.", "Am Mittwochmorgen kippte ein Lastwagen um.", "Wednesday"),
    ],
)
def test_what_no_quote_tells_is_not(quote: str, said: str, missing: str) -> None:
    assert missing in unbacked_literals(said, "de", [(quote, "de")])
