// Small parts that stand wherever a place in a document is shown.

import { el, facts } from "./dom.js";
import { pieces, points } from "./text.js";
import { formatDate, formatNumber, languageName, t } from "./words.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const HUES = 5;

/** The letter that stands for an independent source; documents of one origin share it. */
export const letter = (origin) => LETTERS[origin] ?? String(origin + 1);

/** A quote with its answering words marked. */
export function quoteText(citation) {
  const marks = citation.marks.map((m) => ({ start: m.start - citation.start, end: m.end - citation.start }));
  return pieces(points(citation.quote), marks).map((piece) =>
    piece.marked ? el("b", { class: "hit" }, piece.text) : piece.text,
  );
}

/** What is known of a cited document, in a line. */
export const about = (place) => facts(formatDate(place.date), languageName(place.language));

/** Where in its file a quote stands: page, slide, row or heading; null if that is not known. */
export function whereabouts(place) {
  const [first, ...others] = place.places ?? [];
  const last = others.at(-1) ?? first;
  if (!first) return null;
  if (first.number === null) return `${t("openQuote")}${first.name}${t("closeQuote")}`;
  const several = last.kind === first.kind && last.number !== first.number;
  const numbers = several ? t(`${first.kind}s`, first.number, last.number) : t(first.kind, first.number);
  return `${first.kind === "row" && first.name ? `${first.name}, ` : ""}${numbers}`;
}

/** The same, and its characters. */
export const standsAt = (place) =>
  [whereabouts(place), t("characters", formatNumber(place.start), formatNumber(place.end))].filter(Boolean).join(" · ");

export const originBadge = (origin) =>
  el("span", { class: "origin", "data-hue": origin % HUES, title: t("source", letter(origin)) },
    el("span", { class: "hidden" }, `${t("source", "")} `), letter(origin));
