// What can be done with an answer: copy it, link to it, keep its receipt, check it again.

import { asText } from "./answer.js";
import * as api from "./api.js";
import { el } from "./dom.js";
import { t, wordingWords } from "./words.js";

/** The row of buttons under an answer; `address` is the link to its question. */
export function actions(receipt, address) {
  const said = el("span", { class: "said-so", role: "status" });
  const act = (word, work) => el("button", { type: "button", class: "plain", onclick: work }, t(word));
  const bar = el("div", { class: "actions" });
  bar.append(act(receipt.citations.length ? "copy" : "copyRefusal", () => copy(asText(receipt), said)));
  bar.append(act("link", () => copy(new URL(address, location.href).href, said)));
  bar.append(act("save", () => save(receipt)));
  if (receipt.citations.length || receipt.nearest.length) bar.append(act("check", () => check(receipt, said)));
  bar.append(said);
  return bar;
}

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers keep the clipboard from pages that came without encryption; the old way still works there.
    if (!copyBySelection(text)) return void (said.textContent = t("copyFailed"));
  }
  said.textContent = t("copied");
}

function copyBySelection(text) {
  const field = el("textarea", { class: "hidden", readonly: true, "aria-hidden": "true" });
  field.value = text;
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}

function save(receipt) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(receipt, null, 2), "\n"], { type: "application/json" }));
  el("a", { href: address, download: `beleg-${receipt.asked.replaceAll(/[^0-9]/g, "").slice(0, 14)}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function check(receipt, said) {
  said.textContent = t("loading");
  try {
    const { holds, citations, nearest, unbacked, wording, changed_files: changed } = await api.verify(receipt);
    const gone = [...[...citations, ...nearest].filter((one) => one.verdict !== "holds").map(broken), ...unbacked];
    const how = wordingWords(wording);
    said.replaceChildren(el("span", {}, holds ? t("holds") : t("broken", gone.join(", "))),
      ...(changed.length ? [" ", el("span", {}, t("fileChanged", changed.join(", ")))] : []),
      ...(how ? [" ", el("span", { class: "wording" }, how)] : []));
  } catch (error) {
    said.textContent = error instanceof api.Offline ? t("offline") : error.message;
  }
}

/** A quote that does not hold, with what its document is called now if it was renamed. */
function broken({ number, document: cited, now_in: renamed }) {
  return `[${number}] ${renamed ? t("renamed", cited, renamed) : cited}`;
}
