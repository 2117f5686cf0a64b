// The documents: a list to look through, and files added to it by choosing or dropping them.

import { idApart, learn } from "./alike.js";
import * as api from "./api.js";
import { byId, el, name } from "./dom.js";
import { about } from "./parts.js";
import { remover } from "./removal.js";
import { closeSource, openSource } from "./source.js";
import { formatNumber, t } from "./words.js";

const A_PAGE = 200;
const state = { documents: [], loads: 0, loaded: 0, shown: A_PAGE, uploads: [], changed: () => undefined };

export const documents = () => state.documents;

/** Load the list of documents; `changed` hears of every new one. */
export async function loadDocuments() {
  const turn = (state.loads += 1);
  const documents = await api.documents();
  // A slower answer to an earlier request is older than what is shown.
  if (turn < state.loaded) return;
  state.loaded = turn;
  const before = JSON.stringify(state.documents);
  state.documents = documents;
  learn(documents);
  state.changed();
  if (!byId("library").open || JSON.stringify(state.documents) === before) return;
  // A question that waits for its answer is not drawn over.
  if (!document.querySelector(".removing")) keepingFocus(renderList);
}

export function watchLibrary(changed) {
  state.changed = changed;
  const opener = byId("library-open");
  const dialog = byId("library");
  opener.addEventListener("click", openLibrary);
  dialog.addEventListener("close", () => opener.setAttribute("aria-expanded", "false"));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  byId("files").addEventListener("change", (event) => {
    add([...event.target.files]);
    event.target.value = "";
  });
  watchDrops();
}

export function openLibrary() {
  const dialog = byId("library");
  renderLibrary();
  if (!dialog.open) dialog.showModal();
  byId("library-open").setAttribute("aria-expanded", "true");
  loadDocuments().catch(() => undefined);
}

/** Draw the dialog anew, in the language of now. */
export function renderLibrary() {
  byId("library").replaceChildren(
    el("header", {}, el("h2", { id: "library-title" }, t("library")),
      el("button", { type: "button", class: "quiet icon", "aria-label": t("close"), onclick: () => byId("library").close() }, "✕")),
    el("div", { class: "adding" },
      el("button", { type: "button", class: "plain", id: "add", onclick: () => byId("files").click() }, t("addFiles")),
      el("span", { class: "note" }, t("addHint"))),
    el("ul", { id: "uploads", class: "uploads", role: "log", "aria-label": t("addFiles"), tabindex: "-1" }),
    el("input", { type: "search", id: "find", "aria-label": t("findDocument"), placeholder: t("findDocument"), oninput: renderFirst }),
    el("p", { id: "removed", class: "note removed", role: "status" }),
    el("ul", { id: "documents", class: "documents" }),
    el("div", { id: "more", class: "more" }),
  );
  renderUploads();
  renderList();
}

function renderFirst() {
  state.shown = A_PAGE;
  renderList();
}

function renderList() {
  const list = byId("documents");
  if (!list) return;
  const found = wanted();
  list.replaceChildren(...found.slice(0, state.shown).map(line));
  if (!found.length) list.append(el("li", { class: "note" }, state.documents.length ? t("noMatch") : t("nothingYet")));
  renderMore(found);
}

/** Draw the list anew under somebody who is at a button of it: the same document's same button has the focus after. */
function keepingFocus(draw) {
  const buttons = (line) => [...line.querySelectorAll("button")];
  const held = document.activeElement?.closest("#documents li");
  const at = held && buttons(held).indexOf(document.activeElement);
  draw();
  const same = held && [...byId("documents").children].find((one) => one.dataset.id === held.dataset.id);
  if (same) buttons(same)[at]?.focus();
}

function wanted() {
  const words = byId("find").value.trim().toLowerCase();
  return state.documents.filter((d) => `${d.title ?? ""} ${d.name}`.toLowerCase().includes(words));
}

/** How many of the documents are to be seen, and the way to the next ones. */
function renderMore(found) {
  const shown = Math.min(state.shown, found.length);
  byId("more").replaceChildren(...(shown === found.length ? [] : [
    el("span", { class: "note", role: "status" }, t("shown", formatNumber(shown), formatNumber(found.length))),
    el("button", { type: "button", class: "plain", onclick: () => showMore(found) }, t("showMore"))]));
}

function showMore(found) {
  const list = byId("documents");
  const at = state.shown;
  state.shown += A_PAGE;
  list.append(...found.slice(at, state.shown).map(line));
  renderMore(found);
  list.children[at].querySelector("button").focus();
}

function line(d) {
  const place = { document_id: d.id, version: d.version, document: d.name, title: d.title, language: d.language, date: d.date, start: 0, end: 0 };
  const which = idApart(d);
  const open = () => {
    byId("library").close();
    openSource(place, [], byId("library-open"));
  };
  return el("li", { "data-id": d.id }, el("button", { type: "button", class: "cite", onclick: open },
    el("span", { class: "cite-text" }, el("span", { class: "title" }, name(d.title ?? d.name)),
      d.title && el("span", { class: "file" }, name(d.name)),
      el("span", {}, about(d), " · ", t("ofLength", formatNumber(d.length)), which && ` · ${which}`))),
    remover(d, loadDocuments));
}

/** Send files one after the other; each shows how far it is, and why it failed if it did. */
export async function add(files) {
  if (!files.length) return;
  openLibrary();
  const queue = files.map((file) => ({ file, share: 0, done: false, error: null }));
  state.uploads.unshift(...queue);
  renderUploads();
  for (const one of queue) {
    try {
      await api.upload(one.file, (share) => {
        one.share = share;
        renderUploads();
      });
      one.done = true;
    } catch (error) {
      one.error = error;
    }
    renderUploads();
    await loadDocuments().catch(() => undefined);
  }
}

function renderUploads() {
  const list = byId("uploads");
  if (!list) return;
  list.hidden = !state.uploads.length;
  list.replaceChildren(...state.uploads.map((one) => {
    const said = one.error ? t("failed") : one.done ? t("added") : one.share < 1 ? t("uploading") : t("reading");
    return el("li", { class: one.error ? "bad" : one.done ? "good" : "going" },
      el("span", { class: "title" }, name(one.file.name)), el("span", { class: "state" }, said),
      !one.done && !one.error && el("progress", { max: "1", value: one.share < 1 ? String(one.share) : null, "aria-label": one.file.name }),
      one.error && el("p", {}, one.error instanceof api.Offline ? t("offline") : [one.error.message, one.error.hint].filter(Boolean).join(" ")));
  }));
}

function watchDrops() {
  const veil = byId("drop");
  let inside = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    inside += 1;
    veil.hidden = false;
  });
  addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    inside = Math.max(0, inside - 1);
    veil.hidden = inside === 0;
  });
  addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    inside = 0;
    veil.hidden = true;
    closeSource({ focus: false });
    add(await filesOf(event.dataTransfer));
  });
}

/** The files that were dropped, those of folders included. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  return (await Promise.all(entries.map(walk))).flat();
}

function walk(entry) {
  if (entry.isFile) return new Promise((done) => entry.file((file) => done([file]), () => done([])));
  const reader = entry.createReader();
  const some = () => new Promise((done) => reader.readEntries(done, () => done([])));
  return (async () => {
    const found = [];
    for (let part = await some(); part.length; part = await some()) found.push(...(await Promise.all(part.map(walk))));
    return found.flat();
  })();
}

