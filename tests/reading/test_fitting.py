"""What cannot be the answer by its kind is no answer, and so is not marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.fitting import fitting
from rag.reading.spans import answer_span
from rag.records import Question

ALL = ("…",)


def fits(question: str, text: str, language: str) -> tuple[str, ...]:
    spans = fitting(Question(question, language), text, language)
    return ALL if spans is None else tuple(span.of(text) for span in spans)


@pytest.mark.parametrize(
    ("question", "text", "language", "found"),
    [
        ("Wie viele Tage liegt das Fleisch?", "1,5 kg Fleisch liegen fünf Tage ab 14 Uhr.", "de", ("fünf",)),
        ("Wie viele Kinder kommen?", "Am 2. Juni 2024 kommen 18 Kinder um 14 Uhr.", "de", ("18",)),
        ("Wie viele Menschen wohnten dort?", "Dort wohnten 1830 Menschen.", "de", ("1830",)),
        ("Wie viele Kinder kommen?", "Das Angebot heißt Plus.", "de", ()),
        ("How many times did they win?", "They won twice.", "en", ("twice",)),
        ("How many tonnes?", "It takes up 1.5 gigatonnes.", "en", ("1.5",)),
        ("Which party does she lead?", "She leads the Motorists.", "en", ALL),
        ("When was she born?", "She was born in May.", "en", ("in May", "May", "in May")),
        ("Was kostet der Filter?", "Algen im Filter (Teil 44, 38,60 Euro).", "de", ("38,60",)),
        ("Was kostet der Filter?", "| Filter | 38,60 |", "de", ("38,60",)),
        ("Was kostet die Pumpe?", "Maß: Gewicht; Jet 160: 11 kg; Jet 200: 89 dB(A)", "de", ()),
        ("Was kostet die Pumpe?", "Maß: Preis; Jet 160: 180; Jet 200: 240", "de", ("180", "240")),
        ("Was kostet die Pumpe?", "Die HX-90 fördert Körner bis 12 mm.", "de", ()),
        ("Was kostet die Anzeige?", "Auf Seite 12 steht die Anzeige.", "de", ()),
        ("Wie schnell fährt das Rad?", "Das Rad gehört einem Verein.", "de", ()),
        ("How many pumps?", "The HX-90 is loud.", "en", ()),
        ("Wie alt ist die Brücke?", "Sie ist seit dem 2. Juni gesperrt.", "de", ()),
        ("Wie alt ist die Brücke?", "Sie ist 130 Jahre alt.", "de", ("130",)),
        ("What was it called when he died?", "It was called Caspian.", "en", ALL),
        ("Why does it cost 5 euros?", "Because of the salt.", "en", ALL),
        ("In welcher Stadt war der Gipfel?", "Im Juni lobten die europäischen Länder den Gipfel.", "de", ()),
        ("In welcher Stadt war der Gipfel?", "Der Gipfel fand in Görbersdorf statt.", "de", ("Görbersdorf",)),
        ("In which city was it?", "Paris was chosen by the French for it.", "en", ("Paris",)),
        ("In which country was it?", "The Polish chose it.", "en", ("Polish",)),
        ("Wer schweigt?", "Dieses Bündnis schweigt.", "de", (" schweigt.",)),
    ],
)
def test_where_an_answer_may_stand(question: str, text: str, language: str, found: tuple[str, ...]) -> None:
    assert fits(question, text, language) == found


@pytest.mark.parametrize("text", ["It opens on Saturday.", "It opens at 9:30.", "Sie öffnet am 3. Mai 2025."])
def test_a_time_is_no_place(text: str) -> None:
    shown = fits("Where is the market?", text, "en")
    assert not any(time in part for part in shown for time in ("Saturday", "9:30", "3. Mai 2025"))


@pytest.mark.parametrize("text", ["Nach dem Essen einnehmen.", "It closes after the war.", "Am 3. Mai 2025."])
def test_a_time_may_be_told_by_what_happens_then(text: str) -> None:
    assert fits("Wann?", text, "de")


def test_nothing_is_marked_where_nothing_fits() -> None:
    assert answer_span(Question("Wie viele Kunden hat die Bank?", "de"), "Der Tarif heißt Plus.", "de") is None


@given(
    st.sampled_from(["Wie viele Tage?", "Was kostet das?", "Wo ist das?", "Wann?", "Wie oft?", "Wer?"]),
    st.text(max_size=40) | st.sampled_from(["am Samstag um 9:30 Uhr 3 kg für 5 €", "3. Mai 2025, 12 Tage"]),
    st.sampled_from(["de", "en", None]),
)
def test_spans_lie_within_the_text(question: str, text: str, language: str | None) -> None:
    for span in fitting(Question(question, "de"), text, language) or ():
        assert 0 <= span.start < span.end <= len(text)


def test_a_month_may_be_when() -> None:
    assert fitting(Question("Wann kommt der Zaun?", "de"), "Herr Dorn kündigt ihn für Juni an.", "de") != ()
