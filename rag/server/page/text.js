// Offsets are code points; JavaScript counts UTF-16 units. Everything that cuts text does it here.

export const points = (text) => Array.from(text);

/**
 * Cut code points at marks: pieces of {text, marked}, in order, that put together give the whole.
 * `marks` are {start, end} within the list; what lies outside of it is cut off.
 */
export function pieces(list, marks) {
  const found = [];
  let at = 0;
  const push = (start, end, marked) => {
    if (end > start) found.push({ text: list.slice(start, end).join(""), marked });
  };
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    const start = Math.max(at, mark.start);
    const end = Math.min(list.length, mark.end);
    if (end <= start) continue;
    push(at, start, false);
    push(start, end, true);
    at = end;
  }
  push(at, list.length, false);
  return found;
}

/**
 * Where the marks of a quote stand in a statement that is that quote with its white space folded;
 * null where the statement is something else. A trimmed edge and a folded run count as one blank.
 */
export function marksInStatement(statement, citation) {
  const quote = points(citation.quote);
  const place = new Array(quote.length + 1);
  let folded = "";
  let length = 0;
  let blank = true;
  quote.forEach((point, at) => {
    const isBlank = /\s/u.test(point);
    if (isBlank && blank) {
      place[at] = length;
      return;
    }
    place[at] = length;
    folded += isBlank ? " " : point;
    length += 1;
    blank = isBlank;
  });
  place[quote.length] = length;
  if (folded.trimEnd() !== statement) return null;
  return citation.marks.map((mark) => ({
    start: place[mark.start - citation.start],
    end: place[mark.end - citation.start],
  }));
}

/** Whether a quote says the same as a statement, white space aside. */
export const sameWords = (quote, statement) => quote.split(/\s+/u).join(" ").trim() === statement.split(/\s+/u).join(" ").trim();
