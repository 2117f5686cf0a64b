// Removing a document: asked once more in its own line, and then said.

import { called } from "./alike.js";
import * as api from "./api.js";
import { byId, el, name } from "./dom.js";
import { t } from "./words.js";

/** The button that asks whether a document is to be removed; `removed` is awaited once it was. */
export function remover(d, removed) {
  const button = el("button", { type: "button", class: "quiet", onclick: () => ask(d, button, removed) }, t("remove"));
  button.setAttribute("aria-label", t("removeNamed", called(d)));
  return button;
}

function ask(d, button, removed) {
  const line = button.closest("li");
  const before = [...line.childNodes];
  const keep = () => {
    line.replaceChildren(...before);
    line.removeEventListener("keydown", escaped);
    button.focus();
  };
  // Escape takes back the question and leaves the dialog open.
  const escaped = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    keep();
  };
  line.addEventListener("keydown", escaped);
  const yes = el("button", { type: "button", class: "plain danger", onclick: () => remove(d, line, removed) }, t("remove"));
  const no = el("button", { type: "button", class: "plain", onclick: keep }, t("keep"));
  line.replaceChildren(el("div", { class: "removing", role: "group", "aria-labelledby": "removing" },
    el("p", { id: "removing" }, t("removeAsk"), " ", name(called(d))),
    el("p", { class: "note" }, t("removeHint")), el("div", { class: "row" }, yes, no)));
  no.focus();
}

async function remove(d, line, removed) {
  const buttons = [...line.querySelectorAll("button")];
  buttons.forEach((one) => (one.disabled = true));
  let others = [];
  try {
    // A mail goes with what was attached to it.
    others = (await api.remove(d.id)).removed.filter((one) => one !== d.name);
  } catch (error) {
    // Somebody else was faster: it is gone, as was wanted.
    if (error.kind !== "unknown-document") {
      buttons.forEach((one) => (one.disabled = false));
      line.querySelector(".note").replaceChildren(
        error instanceof api.Offline ? t("offline") : [error.message, error.hint].filter(Boolean).join(" "));
      line.querySelector(".note").setAttribute("role", "alert");
      buttons.at(-1).focus();
      return;
    }
  }
  line.remove();
  const gone = called(d);
  await removed();
  byId("removed").textContent = t("removed", [gone, ...others].join(", "));
  byId("find").focus();
}
