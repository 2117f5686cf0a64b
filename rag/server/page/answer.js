// An answer on the page: statements with their markers, sources, and what can be done with it.

import { apart, called, idApart } from "./alike.js";
import { el, name } from "./dom.js";
import { HUES, about, originBadge, quoteText, standsAt, whereabouts } from "./parts.js";
import { attachQuote } from "./quote.js";
import { said } from "./said.js";
import { sameWords } from "./text.js";
import { count, formatDate, formatSeconds, languageName, t } from "./words.js";

/** One statement; `open(citation, opener)` shows a source. Citations carry their `index` in the answer. */
export function statementBlock(statement, citations, open) {
  const told = el("p", { class: "said", lang: statement.language, dir: "auto" },
    ...said(statement, citations).map((one) => (one.marked ? el("b", { class: "hit" }, one.text) : one.text)));
  for (const citation of citations) told.append("\u2060", marker(citation, open));
  const lines = citations.map((citation) => citeLine(citation, statement, open));
  return el("article", { class: "statement" }, told, el("ul", { class: "cites" }, ...lines));
}

function marker(citation, open) {
  const button = el("button", {
    type: "button", class: "marker", "data-hue": citation.origin % HUES, "data-citation": citation.index,
    "aria-label": t("evidence", citation.index + 1, called(citation)), "aria-haspopup": "true",
    onclick: () => open(citation, button),
  }, String(citation.index + 1));
  attachQuote(button, citation);
  return button;
}

function citeLine(citation, statement, open) {
  const button = el("button", { type: "button", class: "cite", "data-citation": citation.index, onclick: () => open(citation, button) },
    el("span", { class: "number", "aria-hidden": "true" }, String(citation.index + 1)), citeText(citation),
    originBadge(citation.origin));
  button.setAttribute("aria-label", citeLabel(citation));
  const other = !sameWords(citation.quote, statement.text);
  return el("li", {}, button, other && el("blockquote", { lang: citation.language, dir: "auto" }, ...quoteText(citation)));
}

/** Title, date, language and place in the file, in a line. */
function citeText(place) {
  const at = whereabouts(place);
  const which = apart(place);
  return el("span", { class: "cite-text" }, el("span", { class: "title" }, name(place.title ?? place.document)), " ",
    which && el("span", { class: "apart" }, name(which)), which && " ", about(place),
    at && el("span", { class: "place" }, " · ", name(at)));
}

const citeLabel = (place) => [t("openSource", called(place)), formatDate(place.date), languageName(place.language),
  whereabouts(place)].filter(Boolean).join(", ");

/** What stands under the statements of a finished answer; `open(citation, opener)` shows a source. */
export function closing(receipt, open) {
  const cited = [...new Map(receipt.citations.map((one) => [one.document_id, one])).values()];
  const origins = [...new Set(cited.map((one) => one.origin))].sort((a, b) => a - b);
  const groups = origins.map((origin) => {
    const group = cited.filter((one) => one.origin === origin);
    return el("li", {}, originBadge(origin), el("span", {},
      ...group.flatMap((one, at) => (at ? [", ", name(called(one))] : [name(called(one))])),
      group.length > 1 && el("span", { class: "note" }, ` — ${t("sameStory")}`)));
  });
  const disagree = receipt.conflicts.map((one) => conflict(one, receipt, open));
  return el("section", { class: "sources" }, ...disagree,
    el("h3", {}, `${count("sources", origins.length)} · ${count("documents", cited.length)}`),
    el("ul", {}, ...groups), ...notes(receipt),
    el("p", { class: "note" }, t("verified", formatSeconds(seconds(receipt)))));
}

/** That documents give different values for one thing: each value with its marker and its document's date, the latest first. */
function conflict(one, receipt, open) {
  const told = one.told.flatMap((each, at) => [at ? "; " : " ", el("span", { class: "told" }, el("b", {}, name(each.whole || each.value)),
    marker({ ...receipt.citations[each.citation], index: each.citation }, open), ` (${formatDate(each.date)})`)]);
  return el("p", { class: "conflict", role: "note" }, t("conflict"), ...told);
}

const seconds = (receipt) => Object.values(receipt.timings).reduce((sum, one) => sum + one, 0);

function notes(receipt) {
  const found = [];
  if (receipt.dropped.length) found.push(count("dropped", receipt.dropped.length));
  if (receipt.undated_left_out) found.push(count("undatedLeftOut", receipt.undated_left_out));
  if (receipt.unknown_language_left_out) found.push(count("unknownLanguageLeftOut", receipt.unknown_language_left_out));
  if (!["de", "en", "und"].includes(receipt.language)) found.push(t("otherLanguage"));
  return found.map((text) => el("p", { class: "note" }, text));
}

/** What is said where the documents do not answer: it must not look like an answer. */
export function refusal(receipt, open) {
  const list = el("div", { class: "nearest", hidden: true }, el("h3", {}, t("notAnAnswer")), el("ul", {},
    ...receipt.nearest.map((passage) => nearestLine(passage, open))));
  const toggle = el("button", {
    type: "button", class: "plain", "aria-expanded": "false",
    onclick: () => {
      list.hidden = !list.hidden;
      toggle.setAttribute("aria-expanded", String(!list.hidden));
    },
  }, t("showNearest"));
  const why = count(receipt.nearest.length ? "refusedWhy" : "refusedFar", receipt.documents);
  return el("section", { class: "refusal" },
    el("p", { class: "refused" }, t("refused")), el("p", {}, why), ...notes(receipt),
    receipt.nearest.length > 0 && el("div", {}, toggle, list),
    el("p", { class: "note" }, t("looked", formatSeconds(seconds(receipt)))));
}

function nearestLine(passage, open) {
  const place = { ...passage, marks: [], origin: 0 };
  const button = el("button", { type: "button", class: "cite", onclick: () => open(place, button) }, citeText(passage));
  button.setAttribute("aria-label", citeLabel(passage));
  return el("li", {},
    el("blockquote", { lang: passage.language, dir: "auto" }, passage.quote), button);
}

/** The answer as text that can be pasted anywhere and still shows what it rests on. */
export function asText(receipt) {
  const lines = [receipt.question, ""];
  if (receipt.status !== "answered") return [...lines, t("refused")].join("\n");
  for (const statement of receipt.statements) {
    const shown = said(statement, statement.citations.map((index) => receipt.citations[index])).map((one) => one.text).join("");
    lines.push(`${shown} ${statement.citations.map((index) => `[${index + 1}]`).join(" ")}`, "");
  }
  receipt.citations.forEach((citation, index) => {
    const parts = [citation.title, citation.document, idApart(citation), formatDate(citation.date), languageName(citation.language),
      standsAt(citation)];
    lines.push(`[${index + 1}] ${parts.filter(Boolean).join(" · ")}`);
    lines.push(`    ${t("openQuote")}${citation.quote.split(/\s+/u).join(" ").trim()}${t("closeQuote")}`);
  });
  for (const { told } of receipt.conflicts) {
    const each = told.map((one) => `${one.whole || one.value} [${one.citation + 1}] (${formatDate(one.date)})`);
    lines.push("", `${t("conflict")} ${each.join("; ")}`);
  }
  const sources = receipt.origins.filter((group) => group.length).length;
  return [...lines, "", `${t("copiedFrom")} · ${count("sources", sources)}`].join("\n");
}
