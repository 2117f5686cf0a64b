// A statement as it is shown: without what marks it in Markdown, a table's row with the names of its columns.
// Quotes are evidence and are shown as they stand; rag/showing.py does the same for the terminal.

import { marksInStatement, pieces, points } from "./text.js";

// "* 1899" tells of a birth, and "f[0](x)" is no link.
const MARKS = [
  /^(?:(?:[-•‣–>]|\*(?=\s\D)|#{1,6})\s+)+(?=\S)()/gu,
  /\*\*(?=\S)(.+?)(?<=\S)\*\*/gu,
  /!?\[([^[\]\n]+)\]\((?=[^()\s]*[.:/#])[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s"[^"\n]*")?\)/gu,
];
const BETWEEN = " · ";
const NAMELESS = "–";
// The names of columns are cut behind so many characters, and a row may be set in by as many blanks.
const NAMES_MAX = 250;
const SET_IN = 3;

/** A statement in pieces of {text, marked}; `citations` are its own. */
export function said(statement, citations) {
  const [first] = citations;
  const marks = first && marksInStatement(statement.text, first);
  return (marks && row(first)) ?? plain(points(statement.text), marks ?? []);
}

/** Pieces of a text, cut at marks, without what marks it in Markdown. */
function plain(list, marks) {
  const text = list.join("");
  const dropped = new Set();
  const drop = (start, end) => {
    for (let at = points(text.slice(0, start)).length, last = at + points(text.slice(start, end)).length; at < last; at += 1) dropped.add(at);
  };
  for (const mark of MARKS) {
    for (const found of text.matchAll(mark)) {
      const end = found.index + found[0].length;
      const inner = found.index + found[0].indexOf(found[1], found[0].startsWith("!") ? 2 : 1);
      if (!found[1]) drop(found.index, end);
      else {
        drop(found.index, inner);
        drop(inner + found[1].length, end);
      }
    }
  }
  let at = 0;
  return pieces(list, marks).map((piece) => ({
    marked: piece.marked,
    text: points(piece.text).filter(() => !dropped.has(at++)).join(""),
  })).filter((piece) => piece.text);
}

/** The cells of a row of Markdown that is quoted, each behind the name of its column; null where the quote is none. */
function row(citation) {
  const [place, ...more] = citation.places ?? [];
  const quote = points(citation.quote);
  const set = citation.start - (place?.start ?? 0);
  if (more.length || place?.kind !== "row" || quote[0] !== "|" || set < 0 || set > SET_IN) return null;
  const cells = cellsOf(quote);
  const joined = place.name ?? "";
  const names = joined.split(BETWEEN);
  if (names.length === cells.length - 1 && points(joined).length < NAMES_MAX) names.unshift("");
  const found = [];
  cells.forEach(({ start, end }, at) => {
    if (start >= end) return;
    const name = names[at] && names[at] !== NAMELESS ? `${names[at]}: ` : "";
    found.push({ text: `${found.length ? "; " : ""}${name}`, marked: false });
    const marks = citation.marks.map((mark) => ({ start: mark.start - citation.start - start, end: mark.end - citation.start - start }))
      .filter((mark) => mark.start < end - start && mark.end > 0);
    const shown = plain(quote.slice(start, end), marks);
    found.push(...shown.map((piece) => ({ ...piece, text: piece.text.replaceAll("\\|", "|") })));
  });
  return found.filter((piece) => piece.text);
}

/** Where the cells of a row stand in it, without blanks and what sets them in bold. */
function cellsOf(quote) {
  const bars = quote.flatMap((point, at) => (point === "|" && quote[at - 1] !== "\\" ? [at] : []));
  const closed = bars.length > 1 && quote.slice(bars.at(-1) + 1).every((point) => /\s/u.test(point));
  const edges = closed ? bars : [...bars, quote.length];
  return edges.slice(1).map((last, at) => {
    let start = edges[at] + 1;
    let end = last;
    while (start < end && " \t*".includes(quote[start])) start += 1;
    while (end > start && " \t*".includes(quote[end - 1])) end -= 1;
    return { start, end };
  });
}
