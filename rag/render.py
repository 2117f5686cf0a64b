"""An answer as text: for 80 columns, with colour or without, for a terminal or a pipe."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.documents.naming import printed
from rag.messages import Messages, messages
from rag.place import Place
from rag.records import OVERVIEW, Answer, Citation, Passage, Span, Statement
from rag.showing import shown
from rag.verdicts import Conflict

# Private-use characters, which `safe` takes out of every document, stand for marks until lines are cut.
_OPEN, _CLOSE = "\ue000", "\ue001"
# Zero-width non-joiner and joiner.
_JOINERS = "\u200c\u200d"
_UNDERLINE, _PLAIN = "\x1b[1;4m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Style:
    """How text is shown: its width in columns, and whether escape codes may be used.

    ``sign`` stands around answering words where there is no colour.
    """

    width: int = 80
    colour: bool = False
    sign: str = "*"

    def bold(self, text: str) -> str:
        """Return the text in bold, where there is colour."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def dim(self, text: str) -> str:
        """Return the text in grey, where there is colour."""
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text


def render_answer(answer: Answer, style: Style, *, explain: bool = False) -> str:
    """Return the whole answer as lines: statements, evidence, sources, and what to know about them."""
    said = [render_statement(one, style, [answer.citations[n] for n in one.citations]) for one in answer.statements]
    return "\n".join([*said, render_rest(answer, style, explain=explain)])


def render_statement(statement: Statement, style: Style, citations: Sequence[Citation] = ()) -> str:
    """Return one statement with the numbers of its evidence, and a blank line below it; ``citations`` are its own.

    Of a table's row the answering cell is marked.
    """
    markers = " ".join(f"[{n + 1}]" for n in statement.citations)
    pieces = [(safe(text), marked) for text, marked in shown(statement, citations)]
    text = "".join(f"{_OPEN}{text}{_CLOSE}" if marked else text for text, marked in pieces)
    lines = wrap(f"{text} {markers}", style.width)
    return "\n".join([*_show_marks(lines, replace(style, sign=_sign(citations))), ""])


def render_rest(answer: Answer, style: Style, *, explain: bool = False) -> str:
    """Return what stands below the statements, or in place of them."""
    words = words_of(answer)
    style = replace(style, sign=_sign(answer.citations))
    lines: list[str] = []
    if answer.statements:
        lines += _evidence(dict(enumerate(answer.citations, start=1)), words, style)
        lines += ["", *_sources(answer, words, style)]
    else:
        lines += [style.bold(words.not_found), ""]
        nothing = words.nothing_near if answer.filters.empty else words.nothing_left
        lines += wrap(words.nearest if answer.nearest else nothing, style.width)
        for passage in answer.nearest:
            lines += _passage(passage, words, style)
        lines.append("")
    lines += _notes(answer, words, style)
    if explain:
        lines += ["", *_explanation(answer, words, style)]
    return "\n".join(lines)


def words_of(answer: Answer) -> Messages:
    """Return the words around an answer: in the question's language, or that of the document named first where it shows none."""
    named = (*answer.citations, *answer.nearest)
    return messages(named[0].language if answer.language == "und" and named else answer.language)


def render_evidence(said: Sequence[tuple[Statement, Sequence[Citation]]], style: Style) -> str:
    """Return the evidence of statements whose answer did not come to its end."""
    numbered = {n + 1: c for statement, citations in said for n, c in zip(statement.citations, citations, strict=True)}
    words = messages(said[0][0].language or "")
    return "\n".join([*_evidence(numbered, words, replace(style, sign=_sign(numbered.values()))), ""])


def safe(text: str) -> str:
    """Return text on one line without control characters: documents may not steer a terminal.

    What joins signs stays: without it one is shown as several, or letters of some scripts in other shapes.
    """
    if text.isprintable():
        return text
    return "".join(
        " " if c.isspace() else c for c in text if c.isspace() or c in _JOINERS or unicodedata.category(c)[0] != "C"
    )


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Wrap a paragraph; long words (addresses, file names) stay whole."""
    return textwrap.wrap(
        text, max(width, 20), initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def safe_lines(text: str) -> str:
    """Return text without control characters other than its line ends and tabs."""
    return "\n".join("\t".join(map(safe, line.split("\t"))) for line in text.split("\n"))


def marked(quote: str, marks: Iterable[Span], offset: int) -> str:
    """Return a quote made safe, with _OPEN and _CLOSE around its answering words."""
    out, at = "", 0
    for mark in marks:
        start, end = mark.start - offset, mark.end - offset
        out += f"{safe(quote[at:start])}{_OPEN}{safe(quote[start:end])}{_CLOSE}"
        at = end
    return out + safe(quote[at:])


def _sign(citations: Iterable[Citation]) -> str:
    """Return a sign for marks without colour that no quote holds itself; none if they hold them all."""
    quotes = "".join(citation.quote for citation in citations)
    return next((sign for sign in "*_|~^#" if sign not in quotes), "")


def _evidence(numbered: Mapping[int, Citation], words: Messages, style: Style) -> Iterator[str]:
    yield style.bold(words.evidence)
    for number in sorted(numbered):
        yield from _citation(number, numbered[number], words, style)


def _citation(number: int, citation: Citation, words: Messages, style: Style) -> Iterator[str]:
    yield from _where(f"[{number}] ", citation, words, style)
    quote = marked(citation.quote, citation.marks, citation.start)
    yield from _show_marks(wrap(f"{words.open_quote}{quote}{words.close_quote}", style.width, "    "), style)


def _passage(passage: Passage, words: Messages, style: Style) -> Iterator[str]:
    yield from _where("  - ", passage, words, style)
    for line in wrap(f"{words.open_quote}{safe(passage.quote)}{words.close_quote}", style.width, "    "):
        yield style.dim(line)


def whereabouts(places: Sequence[Place], words: Messages) -> str:
    """Return where in its file a quote stands, in words: pages, slides or rows, or what it stands under; "" if unknown."""
    if not places:
        return ""
    first, last = places[0], places[-1]
    name = safe(first.name or "")
    if first.number is None:
        return f"{words.open_quote}{name}{words.close_quote}"
    forms = {"page": words.pages, "slide": words.slides, "row": words.rows}.get(first.kind, words.rows)
    one = last.number in (None, first.number) or last.kind != first.kind
    numbers = forms[0].format(first.number) if one else forms[1].format(first.number, last.number)
    return f"{name}, {numbers}" if name and first.kind == "row" else numbers


def _where(lead: str, place: Citation | Passage, words: Messages, style: Style) -> list[str]:
    """Return the lines that name document, title, date, language, page or heading, and offsets."""
    parts = [
        place.date.isoformat() if place.date else words.undated,
        words.languages.get(place.language or "", place.language or words.unknown_language),
        *filter(None, [whereabouts(place.places, words)]),
        words.characters.format(place.start, place.end),
    ]
    lines = [f"{lead}{printed(place.document)} · {' · '.join(parts)}"]
    if len(lines[0]) > style.width:
        lines = [f"{lead}{printed(place.document)}", *wrap(" · ".join(parts), style.width, "    ")]
    if place.title:
        lines += wrap(safe(place.title), style.width, "    ")
    return [style.dim(line) for line in lines]


def _show_marks(lines: list[str], style: Style) -> Iterator[str]:
    """Turn marks into signs, or into underlining that does not reach into the margin."""
    inside = False
    for line in lines:
        if not style.colour:
            yield line.replace(_OPEN, style.sign).replace(_CLOSE, style.sign)
            continue
        indent = len(line) - len(line.lstrip())
        shown = line[:indent] + (_UNDERLINE if inside else "") + line[indent:]
        inside = line.rfind(_OPEN) > line.rfind(_CLOSE) or (inside and _CLOSE not in line)
        yield shown.replace(_OPEN, _UNDERLINE).replace(_CLOSE, _PLAIN) + (_PLAIN if inside else "")


def _sources(answer: Answer, words: Messages, style: Style) -> Iterator[str]:
    named = [group for group in answer.origins if group]
    documents = sum(map(len, named))
    told = count(words.documents, documents)
    if answer.reader == OVERVIEW:
        told = words.of_documents.format(documents, answer.documents)
    yield f"{count(words.sources, len(named))}, {told}"
    for group in named:
        if len(group) > 1:
            yield from wrap(words.same_story.format(", ".join(map(safe, group))), style.width)


def _notes(answer: Answer, words: Messages, style: Style) -> Iterator[str]:
    if answer.fallback is not None:
        yield from wrap(words.fallback.format(safe(answer.model or "")), style.width)
    if answer.dropped:
        yield count(words.dropped, len(answer.dropped))
    for conflict in answer.conflicts:
        yield from wrap(disagreement(conflict, words), style.width)
    if answer.undated_left_out:
        yield count(words.undated_left_out, answer.undated_left_out)
    if answer.unknown_language_left_out:
        yield count(words.unknown_language_left_out, answer.unknown_language_left_out)
    if answer.language not in ("de", "en", "und"):
        yield from wrap(words.other_language, style.width)
    if not style.colour and style.sign and any(citation.marks for citation in answer.citations):
        yield words.marked.format(style.sign, style.sign)
    if answer.usage is not None:
        yield style.dim(_usage(answer, words))
    seconds = f"{sum(answer.timings.values()):.2f}".replace(".", words.decimal)
    yield style.dim(words.seconds.format(seconds))


def disagreement(conflict: Conflict, words: Messages) -> str:
    """Return the line that says which values the documents give for one thing, each with its number and date."""
    told = "; ".join(
        f"{safe(one.shown)} [{one.citation + 1}] ({one.date.isoformat() if one.date else words.undated})"
        for one in conflict.told
    )
    return words.conflict.format(told)


def _usage(answer: Answer, words: Messages) -> str:
    usage = answer.usage
    assert usage is not None
    line = words.usage.format(safe(answer.model or ""), usage.tokens_in, usage.tokens_out)
    return line if usage.cost is None else line + words.cost.format(f"{usage.cost:.6f}".replace(".", words.decimal))


def _explanation(answer: Answer, words: Messages, style: Style) -> Iterator[str]:
    j = answer.judgement
    yield words.probability.format(f"{j.probability:.3f}", f"{j.threshold:.3f}")
    if j.features:
        yield from wrap(", ".join(f"{name} {value:.3f}" for name, value in j.features.items()), style.width, "  ")
    if answer.fallback is not None:
        yield from wrap(f"{safe(answer.model or '')}: {safe(answer.fallback)}", style.width)
    for dropped in answer.dropped:
        yield from wrap(words.said_not.format(safe(dropped.text), safe(dropped.reason)), style.width)
    yield words.candidates
    for number, c in enumerate(answer.candidates, start=1):
        place = f"{printed(c.document)} {c.start}–{c.end}  ({'+'.join(c.via)})"
        scores = f"{number:3}. {c.score:.3f}  cos {c.cosine:+.3f}  bm25 {c.lexical:.3f}"
        yield from (line,) if len(line := f"{scores}  {place}") <= style.width else (scores, f"     {place}")
    yield "  ".join(f"{stage} {1000 * seconds:.0f} ms" for stage, seconds in answer.timings.items())


def count(forms: tuple[str, str], number: int) -> str:
    """Return the singular or plural form, filled."""
    return forms[0] if number == 1 else forms[1].format(number)
