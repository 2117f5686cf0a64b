"""The interface's own words, in German and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.receipts import Outcome, Verdict, Wording


@dataclass(frozen=True, slots=True)
class Messages:
    """Words around an answer, and around what becomes of its documents and its receipt; ``{}`` are filled where they are shown."""

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
    taken_in: str
    added: str
    changed: str
    removed: str
    unchanged: str
    chunks: tuple[str, str]
    skipped: str
    failed: str
    unread: tuple[str, str]
    which_unread: str
    no_model: str
    verdicts: dict[Verdict, str]
    labels: dict[str, str]
    conjunction: str
    other_version: str
    renamed: str
    stands_at: str
    stands_not: str
    with_another: str
    nearest_quote: str
    unbacked: str
    file_changed: str
    outcomes: dict[Outcome, str]
    wording: dict[Wording, str]


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
    taken_in="Dokumente: {} ({}, {} s)",
    added="{} neu",
    changed="{} geändert",
    removed="{} entfernt",
    unchanged="{} unverändert",
    chunks=("1 Abschnitt", "{} Abschnitte"),
    skipped="Übergangen",
    failed="Nicht gelesen",
    unread=("1 Datei war nicht zu lesen.", "{} Dateien waren nicht zu lesen."),
    which_unread="{} Welche, und warum: {}",
    no_model="--judge und --prompts bewirken nichts ohne ein Modell; eines nennen: --llm MODEL (RAG_LLM)",
    verdicts={
        "holds": "steht noch",
        "moved": "GEBROCHEN: das Zitat steht jetzt bei {}",
        "changed": "GEBROCHEN: das Zitat steht nicht mehr im Dokument",
        "missing": "GEBROCHEN: das Dokument ist nicht mehr da",
        "mislabelled": "GEBROCHEN: das Zitat steht dort, aber das Dokument hat jetzt anderes: {}",
    },
    labels={"title": "Titel", "date": "Datum", "language": "Sprache"},
    conjunction=" und ",
    other_version=", in einer anderen Fassung des Dokuments",
    renamed="; sein Text ist jetzt {}, {}",
    stands_at="dort steht das Zitat bei {}",
    stands_not="dort steht das Zitat nicht",
    with_another=", mit anderem: {}",
    nearest_quote="Am nächsten: {}",
    unbacked="NICHT BELEGT: {}",
    file_changed="Hinweis: die Datei von {} hat sich seit der Aufnahme geändert; geprüft ist, was gespeichert ist.",
    outcomes={
        "holds": "Alle Zitate stehen noch.",
        "nearest hold": "Alle nächsten Zitate stehen noch.",
        "no quotes": "Es gibt kein Zitat, das zu prüfen wäre.",
        "broken": "Der Beleg hält nicht.",
    },
    wording={
        "verbatim": "Wortlaut: jede Aussage ist eines ihrer Zitate.",
        "without the model": "Wortlaut: ohne das Modell geprüft, an Zahlen, Namen und Wörtern; nicht am Sinn.",
        "not checked": "Wortlaut: nicht geprüft, wo Aussage und Zitate in zwei Sprachen sind, außer an Zahlen, Namen und Daten.",
        "no statements": "Wortlaut: eine Absage hat keine Aussagen, die zu prüfen wären.",
    },
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
    taken_in="Documents: {} ({}, {} s)",
    added="{} added",
    changed="{} changed",
    removed="{} removed",
    unchanged="{} unchanged",
    chunks=("1 chunk", "{} chunks"),
    skipped="Skipped",
    failed="Failed",
    unread=("1 file could not be read.", "{} files could not be read."),
    which_unread="{} Which, and why: {}",
    no_model="--judge and --prompts count for nothing without a model; name one: --llm MODEL (RAG_LLM)",
    verdicts={
        "holds": "holds",
        "moved": "BROKEN: the quote now stands at {}",
        "changed": "BROKEN: the document no longer holds the quote",
        "missing": "BROKEN: the document is gone",
        "mislabelled": "BROKEN: the quote stands there, but the document has another {}",
    },
    labels={"title": "title", "date": "date", "language": "language"},
    conjunction=" and ",
    other_version=", in another version of the document",
    renamed="; its text is now {}, {}",
    stands_at="where the quote stands at {}",
    stands_not="which does not hold the quote",
    with_another=", with another {}",
    nearest_quote="Nearest {}",
    unbacked="NOT BACKED: {}",
    file_changed="Note: the file of {} has changed since it was taken in; checked is what is stored.",
    outcomes={
        "holds": "All citations hold.",
        "nearest hold": "All nearest quotes hold.",
        "no quotes": "There is no quote to check.",
        "broken": "The receipt does not hold.",
    },
    wording={
        "verbatim": "Wording: every statement is one of its quotes.",
        "without the model": "Wording: checked without the model, by figures, names and words; not by meaning.",
        "not checked": "Wording: not checked where statement and quotes are of two languages, but for figures, names and dates.",
        "no statements": "Wording: a refusal has no statements to check.",
    },
)  # fmt: skip


def messages(language: str | None) -> Messages:
    """Return German words for a German question, and English ones for any other."""
    return GERMAN if language == "de" else ENGLISH
