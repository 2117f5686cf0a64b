"""The interface's own words, in German and in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Messages:
    """Words around an answer; ``{}`` are filled by ``render``."""

    evidence: str
    characters: str
    pages: tuple[str, str]
    slides: tuple[str, str]
    rows: tuple[str, str]
    undated: str
    unknown_language: str
    not_found: str
    nearest: str
    nothing_near: str
    nothing_left: str
    sources: tuple[str, str]
    documents: tuple[str, str]
    of_documents: str
    same_story: str
    undated_left_out: tuple[str, str]
    unknown_language_left_out: tuple[str, str]
    dropped: tuple[str, str]
    conflict: str
    other_language: str
    marked: str
    seconds: str
    decimal: str
    languages: dict[str, str]
    open_quote: str
    close_quote: str
    probability: str
    candidates: str
    said_not: str
    fallback: str
    usage: str
    cost: str


GERMAN = Messages(
    evidence="Belege",
    characters="Zeichen {}–{}",
    pages=("S. {}", "S. {}–{}"),
    slides=("Folie {}", "Folien {}–{}"),
    rows=("Zeile {}", "Zeilen {}–{}"),
    undated="ohne Datum",
    unknown_language="Sprache unbekannt",
    not_found="Das steht nicht in den Dokumenten.",
    nearest="Am nächsten kommt (keine Antwort):",
    nothing_near="Nichts in den Dokumenten kommt der Frage nahe.",
    nothing_left="Nichts in den Dokumenten, die die Filter übrig lassen, kommt der Frage nahe. Namen, Daten und Sprachen zeigt: rag documents",
    sources=("1 unabhängige Quelle", "{} unabhängige Quellen"),
    documents=("1 Dokument", "{} Dokumente"),
    of_documents="{} von {} Dokumenten",
    same_story="Dieselbe Geschichte: {}",
    undated_left_out=("1 Dokument ohne Datum blieb außen vor.", "{} Dokumente ohne Datum blieben außen vor."),
    unknown_language_left_out=("1 Dokument unbekannter Sprache blieb außen vor.", "{} Dokumente unbekannter Sprache blieben außen vor."),
    dropped=("1 Satz wurde verworfen, weil er sich nicht belegen ließ.", "{} Sätze wurden verworfen, weil sie sich nicht belegen ließen."),
    conflict="Die Dokumente widersprechen sich: {}",
    other_language="Die Frage ist weder deutsch noch englisch; geantwortet wird mit Zitaten in der Sprache der Dokumente.",
    marked="{}…{} markiert die antwortenden Wörter.",
    seconds="{} s",
    decimal=",",
    languages={"de": "Deutsch", "en": "Englisch", "fr": "Französisch"},
    open_quote="„",
    close_quote="“",
    probability="Wahrscheinlichkeit, dass die Dokumente antworten: {} (Schwelle {})",
    candidates="Kandidaten (Punkte: Sinn, Wörter, Wortteile; mehr in genannten Dokumenten):",
    said_not="Nicht gesagt: {} ({})",
    fallback="Zitate statt einer Antwort von {}: was es schrieb, ließ sich nicht verwenden.",
    usage="{}: {} Token hin, {} zurück",
    cost=", Kosten {}",
)  # fmt: skip

ENGLISH = Messages(
    evidence="Evidence",
    characters="characters {}–{}",
    pages=("p. {}", "pp. {}–{}"),
    slides=("slide {}", "slides {}–{}"),
    rows=("row {}", "rows {}–{}"),
    undated="undated",
    unknown_language="language unknown",
    not_found="The documents do not say.",
    nearest="What comes nearest (not an answer):",
    nothing_near="Nothing in the documents comes near the question.",
    nothing_left="Nothing in the documents that the filters leave comes near the question. For names, dates and languages: rag documents",
    sources=("1 independent source", "{} independent sources"),
    documents=("1 document", "{} documents"),
    of_documents="{} of {} documents",
    same_story="The same story: {}",
    undated_left_out=("1 undated document was left out.", "{} undated documents were left out."),
    unknown_language_left_out=("1 document of unknown language was left out.", "{} documents of unknown language were left out."),
    dropped=("1 sentence was dropped because it could not be backed.", "{} sentences were dropped because they could not be backed."),
    conflict="The documents disagree: {}",
    other_language="The question is in neither German nor English; the answer quotes the documents in their own language.",
    marked="{}…{} marks the answering words.",
    seconds="{} s",
    decimal=".",
    languages={"de": "German", "en": "English", "fr": "French"},
    open_quote="“",
    close_quote="”",
    probability="Probability that the documents answer: {} (threshold {})",
    candidates="Candidates (score: meaning, words and tokens; more in named documents):",
    said_not="Not said: {} ({})",
    fallback="Quotes in place of an answer by {}: what it wrote was no use.",
    usage="{}: {} tokens sent, {} received",
    cost=", cost {}",
)  # fmt: skip


def messages(language: str | None) -> Messages:
    """Return German words for a German question, and English ones for any other."""
    return GERMAN if language == "de" else ENGLISH
