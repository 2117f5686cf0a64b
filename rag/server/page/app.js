// The page: one question at a time, its answer as it is verified, and where it came from.

import { actions } from "./actions.js";
import { called } from "./alike.js";
import { closing, refusal, statementBlock } from "./answer.js";
import * as api from "./api.js";
import { byId, el, name } from "./dom.js";
import { documents, loadDocuments, openLibrary, renderLibrary, watchLibrary } from "./library.js";
import { hideQuote, watchQuote } from "./quote.js";
import { keep, link, narrowing, readLink, renderNarrowing } from "./question.js";
import { closeSource, openSource } from "./source.js";
import { count, language, speak, stageWords, t, translate } from "./words.js";

const BEAT = 3000;
const SAMPLE = 4;
/** The question in hand: what was heard of its answer so far, and how it ended. */
let asked = null;
let offline = false;

/** Whether a focus in the field would bring up a keyboard over half of the page. */
const touch = () => matchMedia("(hover: none)").matches;

async function submit(question, { remember = true } = {}) {
  const text = question.trim();
  if (!text) {
    byId("question").focus();
    return;
  }
  asked?.control.abort();
  const mine = { request: { question: text, ...narrowing() }, heard: [], receipt: null, error: null, control: new AbortController() };
  asked = mine;
  closeSource({ focus: false });
  if (remember) keep(mine.request);
  document.title = `${text} — Beleg`;
  if (touch()) byId("question").blur();
  running(true, "connect");
  renderAnswer();
  try {
    mine.receipt = await api.ask(mine.request, (event, data) => mine === asked && heard(event, data), mine.control.signal);
  } catch (error) {
    mine.error = error;
  }
  if (mine !== asked) return;
  running(false);
  if (mine.error instanceof api.Offline) setOffline(true);
  renderAnswer({ keepStatements: !mine.receipt || saysTheSame(mine.heard, mine.receipt) });
}

function heard(event, data) {
  if (event === "stage") byId("progress").textContent = stageWords(data.stage);
  if (event !== "statement") return;
  asked.heard.push(data);
  byId("answer").append(statementBlock(data.statement, data.citations, openCitation));
}

function running(now, stage) {
  byId("go").hidden = now;
  byId("stop").hidden = !now;
  byId("answer").setAttribute("aria-busy", String(now));
  byId("progress").textContent = now ? stageWords(stage) : "";
  document.body.classList.toggle("asking", now);
}

/** Draw what is known of the answer; statements that stand there already may stay as they are, with the focus in them. */
function renderAnswer({ keepStatements = false } = {}) {
  const section = byId("answer");
  const title = byId("answer-title");
  if (!keepStatements) hideQuote();
  document.body.classList.toggle("asked", asked !== null);
  section.hidden = asked === null;
  renderWelcome();
  if (!keepStatements) section.replaceChildren(title);
  if (!asked) return;
  const { receipt, error } = asked;
  if (!keepStatements) for (const one of statements()) section.append(statementBlock(one.statement, one.citations, openCitation));
  if (receipt) section.append(receipt.status === "answered" ? closing(receipt, openCitation) : refusal(receipt, openNearest), actions(receipt, link(asked.request)));
  if (error) section.append(failure(error));
}

/** The statements to show: those of the receipt once it is there, else those heard so far. */
function statements() {
  const { receipt } = asked;
  if (!receipt) return asked.heard;
  return receipt.statements.map((statement) => ({
    statement,
    citations: statement.citations.map((index) => ({ ...receipt.citations[index], index })),
  }));
}

const saysTheSame = (heard, receipt) =>
  heard.length === receipt.statements.length && heard.every((one, at) => one.statement.text === receipt.statements[at].text);

function openCitation(citation, opener) {
  hideQuote();
  const all = new Map(statements().flatMap((one) => one.citations).map((one) => [one.index, one]));
  const places = [...all.values()].sort((a, b) => a.index - b.index);
  openSource(places.find((one) => one.index === citation.index), places, opener);
}

const openNearest = (place, opener) => openSource(place, [], opener);

function failure(error) {
  const again = () => submit(asked.request.question, { remember: false });
  if (error.name === "AbortError") return el("p", { class: "note" }, t("stopped"));
  if (error.status === 401) return askForKey(again);
  if (error.kind === "add-documents") return empty();
  const cut = error instanceof api.CutOff;
  const title = error instanceof api.Offline ? t("offlineTitle") : cut ? t("cutOff") : t("failedTitle");
  const text = error instanceof api.Offline ? t("offline") : cut ? t("cutOffHint") : [error.message, ...(error.fields ?? [])].join(" ");
  const wait = error.retryAfter && el("p", { class: "note" }, t("retryIn", String(error.retryAfter)));
  if (wait) setTimeout(() => asked?.error === error && again(), error.retryAfter * 1000);
  return el("section", { class: "failure", role: "alert" }, el("h3", {}, title), el("p", {}, text),
    error.hint && el("p", {}, error.hint), wait,
    el("button", { type: "button", class: "plain", onclick: again }, t("again")),
    error.request && el("p", { class: "note" }, t("request", error.request)));
}

function askForKey(again) {
  const field = el("input", { type: "password", id: "key", autocomplete: "off", spellcheck: "false" });
  const use = (event) => {
    event.preventDefault();
    api.setKey(field.value.trim());
    loadDocuments().catch(() => undefined);
    again();
  };
  return el("form", { class: "failure calm", onsubmit: use }, el("h3", {}, t("keyTitle")), el("p", {}, t("keyHint")),
    el("div", { class: "row" }, el("label", { class: "hidden", for: "key" }, t("key")), field,
      el("button", { type: "submit", class: "plain" }, t("useKey"))));
}

const empty = () => el("section", { class: "empty" }, el("h3", {}, t("nothingYet")), el("p", {}, t("nothingYetHint")),
  el("button", { type: "button", class: "plain", onclick: () => byId("files").click() }, t("addFiles")));

function renderWelcome() {
  const all = documents();
  byId("library-open").replaceChildren(all.length || loaded ? count("documents", all.length) : t("library"));
  byId("hero").hidden = asked !== null;
  const welcome = byId("welcome");
  welcome.hidden = asked !== null;
  if (!loaded || asked) return welcome.replaceChildren();
  if (!all.length) return welcome.replaceChildren(empty());
  const titles = all.slice(0, SAMPLE).map((one) => el("li", {}, name(called(one))));
  if (all.length > SAMPLE)
    titles.push(el("li", {}, el("button", { type: "button", class: "link", onclick: openLibrary }, t("andMore", String(all.length - SAMPLE)))));
  welcome.replaceChildren(el("h2", {}, t("yourDocuments")), el("ul", {}, ...titles), el("p", { class: "note tips" }, t("tips")));
}

let loaded = false;

async function load() {
  try {
    await loadDocuments();
    loaded = true;
    setOffline(false);
  } catch (error) {
    if (error instanceof api.Offline) setOffline(true);
    if (error.status === 409) loaded = true;
    if (error.status === 401 && !asked) byId("welcome").replaceChildren(askForKey(load));
    else renderWelcome();
    return;
  }
  renderWelcome();
}

function setOffline(now) {
  const banner = byId("banner");
  if (now === offline) return;
  offline = now;
  banner.hidden = !now;
  banner.textContent = now ? t("offline") : "";
  if (now) setTimeout(beat, BEAT);
}

/** While the server is away, look for it; what was asked then is asked again. */
async function beat() {
  if (!offline) return;
  if (!(await api.alive())) {
    setTimeout(beat, BEAT);
    return;
  }
  setOffline(false);
  await load();
  if (asked?.error instanceof api.Offline) submit(asked.request.question, { remember: false });
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.setItem("beleg-theme", name);
  renderTools();
}

const dark = () =>
  (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function renderTools() {
  byId("theme").textContent = dark() ? "☀" : "☾";
  byId("theme").setAttribute("aria-label", t(dark() ? "toLight" : "toDark"));
  byId("theme").title = t(dark() ? "light" : "dark");
  byId("language").textContent = t("other");
  byId("language").setAttribute("lang", language() === "de" ? "en" : "de");
  byId("language").setAttribute("aria-label", `${t("other")}: ${t("toOther")}`);
}

function render() {
  translate(document);
  renderTools();
  renderNarrowing();
  renderAnswer();
  if (byId("library").open) renderLibrary();
}

function changeLanguage() {
  speak(language() === "de" ? "en" : "de");
  localStorage.setItem("beleg-language", language());
  closeSource({ focus: false });
  render();
}

/** Follow the address: a link to a question asks it. */
function follow() {
  const question = readLink();
  byId("question").value = question;
  grow();
  if (question) return void submit(question, { remember: false });
  asked?.control.abort();
  asked = null;
  document.title = "Beleg";
  closeSource({ focus: false });
  running(false);
  renderAnswer();
}

function grow() {
  const field = byId("question");
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function watchKeys() {
  byId("question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("ask").requestSubmit();
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input, textarea, select");
    if (event.key === "Escape" && !byId("library").open) hideQuote() || closeSource();
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !byId("library").open) {
      event.preventDefault();
      closeSource({ focus: false });
      byId("question").focus();
      byId("question").select();
    }
  });
}

function start() {
  const theme = localStorage.getItem("beleg-theme");
  if (theme) document.documentElement.dataset.theme = theme;
  speak(localStorage.getItem("beleg-language") ?? (navigator.language.startsWith("de") ? "de" : "en"));
  watchLibrary(() => {
    loaded = true;
    renderWelcome();
    renderNarrowing();
  });
  watchQuote();
  watchKeys();
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(byId("question").value);
  });
  byId("ask").addEventListener("change", renderNarrowing);
  byId("stop").addEventListener("click", () => asked?.control.abort());
  byId("question").addEventListener("input", grow);
  byId("language").addEventListener("click", changeLanguage);
  byId("theme").addEventListener("click", () => setTheme(dark() ? "light" : "dark"));
  byId("home").addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState(null, "", location.pathname);
    follow();
    byId("question").focus();
  });
  addEventListener("popstate", follow);
  addEventListener("offline", () => setOffline(true));
  addEventListener("online", () => beat());
  render();
  load();
  follow();
  if (!byId("question").value && !touch()) byId("question").focus();
}

start();
