// The question's fields, and the link that stands for them: #q=…&since=…

import { documents } from "./library.js";
import { byId, el } from "./dom.js";
import { languageName, t } from "./words.js";

const FIELDS = { since: "since", until: "until", source: "source", language: "in-language" };

/** The filters as they are set, only those that are. */
export function narrowing() {
  const found = {};
  for (const [key, id] of Object.entries(FIELDS)) if (byId(id).value.trim()) found[key] = byId(id).value.trim();
  if (byId("undated").checked && (found.since || found.until)) found.include_undated = true;
  return found;
}

/** Draw the languages that there are, and how many filters are in force. */
export function renderNarrowing() {
  const field = byId("in-language");
  const chosen = field.value || field.dataset.wanted || "";
  const codes = new Set(documents().map((one) => one.language).filter(Boolean));
  if (chosen) codes.add(chosen);
  field.replaceChildren(el("option", { value: "" }, t("anyLanguage")),
    ...[...codes].sort().map((code) => el("option", { value: code, selected: code === chosen }, languageName(code))));
  const number = Object.keys(narrowing()).filter((key) => key !== "include_undated").length;
  byId("narrowed").textContent = number ? t("narrowed", String(number)) : "";
}

/** The address of a question. */
export function link({ question, ...filters }) {
  return `${location.pathname}#${new URLSearchParams({ q: question, ...filters })}`;
}

/** Put a question into the address, so that it can be shared and gone back to. */
export function keep(request) {
  const address = link(request);
  if (location.pathname + location.hash !== address) history.pushState(null, "", address);
}

/** Set the fields as the address says; return its question, or nothing. */
export function readLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  byId("in-language").dataset.wanted = given.get("language") ?? "";
  byId("in-language").value = "";
  renderNarrowing();
  for (const [key, id] of Object.entries(FIELDS)) byId(id).value = given.get(key) ?? "";
  byId("undated").checked = given.get("include_undated") === "true";
  renderNarrowing();
  byId("narrow").open = Object.keys(narrowing()).length > 0;
  return given.get("q") ?? "";
}
