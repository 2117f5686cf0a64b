"""Sentences of a document that speak to a language model instead of a reader.

This is no proof against injections, and nothing rests on it alone: it keeps the plain ones out of a
prompt. Everything that a model says is checked against the documents whatever it was shown, and the
extractive reader may still quote such a sentence, as a quote.
"""

from __future__ import annotations

import re

_TOLD = (
    r"(?:instructions?|prompts?|rules|guidelines|directions|anweisung(?:en)?|anleitung(?:en)?|regeln|vorgaben"
    r"|system-?prompts?|systemanweisung(?:en)?)"
)
_SHOWN = r"(?:evidence|documents?|sources?|context|belege?|dokumente?|quellen?|kontext)"
_WHICH = (
    r"(?:previous|prior|above|earlier|preceding|all|any|other|foregoing|your|the|these|of|vorherigen?|vorigen?"
    r"|bisherigen?|obigen?|früheren?|alle|aller|sämtliche|deine|ihre|die)"
)
_IGNORE = r"(?:ignore|disregard|forget|override|bypass|ignorieren?|vergiss|vergessen\s+sie|missachten?|übergehe?n?)"
# An order stands at the beginning of a sentence or of a clause, or is begged for.
_ORDER = r"(?:^|[.:;!?\"„“(]\s*|\b(?:please|bitte|now|nun|then|dann|must|should|musst|sollst|and|und)\s+)"
_SAY = r"(?:answer|reply|respond|antworte|antworten\s+sie|erwidere)"
_PRINT = r"(?:print|show|reveal|repeat|output|display|gib|zeige?|nenne?|wiederhole?|verrate?)"
_MACHINE = r"(?:ai|llm|chat ?bot|language\s+model|ki|sprachmodell|assistant|assistenten?)"
_PATTERNS = (
    rf"\b{_IGNORE}\b(?:\W+{_WHICH}){{1,4}}\W+(?:{_TOLD}|{_SHOWN})\b",
    rf"{_ORDER}{_IGNORE}\s+(?:everything|all|alles)\b",
    r"\bsystem[\s-]?prompts?\b",
    rf"{_ORDER}{_PRINT}\b(?:\W+\w+){{0,4}}\W+{_TOLD}\b",
    r"\b(?:tell|inform|convince|assure)\s+(?:the\s+user|the\s+person\s+asking|whoever\s+asks)\b",
    r"\b(?:sag(?:e|en\s+Sie)?|teile?|teilen\s+Sie|erkläre?)\s+(?:dem|der|jedem)\s+(?:nutzer|benutzer|anwender|fragesteller|user)\w*\b",
    rf"\b(?:you\s+are|you're|act\s+as|behave\s+as|pretend\s+to\s+be|du\s+bist|verhalte\s+dich\s+wie)\b(?:\W+\w+){{0,4}}\W+{_MACHINE}\b",
    rf"^\W*(?:dear|attention|note\s+to|hello|achtung|hinweis\s+an|liebe[rs]?|an)\W+(?:(?:the|any|das|die|alle|jedes)\s+)?(?:\w+\s+)?{_MACHINE}s?\s*[:,!]",
    r"\bas\s+an\s+ai\b|\bals\s+(?:ki|sprachmodell),",
    rf"{_ORDER}{_SAY}\b(?:\W+\w+){{0,3}}\W+(?:only|always|exclusively|just|nur|immer|ausschließlich|stets)\b",
    rf"{_ORDER}{_SAY}\b(?:\W+\w+){{0,3}}\W+(?:in|as|als|im|mit|with)\W+(?:\w+\W+)?(?:json|xml|yaml|base64|markdown|html|capitals|rhyme|reimen|großbuchstaben)\b",
    rf"{_ORDER}(?:cite|quote|zitiere)\b(?:\W+\w+){{0,6}}\W+(?:as\s+(?:your|the)\s+(?:only\s+)?source|instead|as\s+evidence|als\s+(?:einzige\s+)?quelle|stattdessen|als\s+beleg)\b",
    r"<\|?(?:im_start|im_end|system|user|assistant|endoftext)\|?>|\[/?INST\]|<</?SYS>>",
    r"!?\[[^\]]*\]\(\s*(?:https?:|data:|//)",
)


def speaks_to_a_model(text: str) -> bool:
    """Say whether a sentence reads like an instruction to a language model, in German or English."""
    # Compiled when a model is to be shown something, which no question without one is.
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in _PATTERNS)
