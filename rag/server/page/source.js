// The source beside the answer: the stored text around a citation, its span marked to the character.
// A document is shown in windows, so that one of any length opens at once.

import { idApart } from "./alike.js";
import * as api from "./api.js";
import { byId, el, name, narrow } from "./dom.js";
import { about, originBadge, standsAt } from "./parts.js";
import { pieces, points } from "./text.js";
import { t } from "./words.js";

const WINDOW = 12_000;
const AROUND = 4_000;
const KEPT = 6;

let shown = null;

/** What is shown, or null: {place, places, opener}. */
export const shownSource = () => shown;

/** Show a place: {document_id, version, document, title, start, end, quote, marks}; `places` are the answer's. */
export async function openSource(place, places, opener) {
  closeSource({ focus: false });
  const control = new AbortController();
  shown = { place, places, opener, control };
  const panel = byId("source-panel");
  const body = el("div", { class: "text", tabindex: "0", role: "document", "aria-label": t("sourceOf") });
  panel.replaceChildren(head(place, places), body);
  panel.hidden = false;
  panel.classList.toggle("whole", !place.quote);
  document.body.classList.add("with-source");
  for (const one of cited(place)) one.setAttribute("aria-current", "true");
  if (narrow()) {
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-modal", "true");
    byId("main").inert = true;
  }
  panel.querySelector("h2").focus({ preventScroll: true });
  body.append(el("p", { class: "wait" }, t("loading")));
  try {
    await fill(body, place, control.signal);
  } catch (error) {
    if (error.name !== "AbortError") body.replaceChildren(trouble(error, () => openSource(place, places, opener)));
  }
}

/** Put the source away and give the focus back to what opened it. */
export function closeSource({ focus = true } = {}) {
  if (!shown) return false;
  const { opener, control, place } = shown;
  for (const one of cited(place)) one.removeAttribute("aria-current");
  control.abort();
  shown = null;
  const panel = byId("source-panel");
  panel.hidden = true;
  panel.replaceChildren();
  panel.removeAttribute("role");
  panel.removeAttribute("aria-modal");
  byId("main").inert = false;
  document.body.classList.remove("with-source");
  if (focus && opener?.isConnected) opener.focus();
  return true;
}

/** Markers and lines of the answer that stand for a place. */
const cited = (place) => (place.index === undefined ? [] : document.querySelectorAll(`#answer [data-citation="${place.index}"]`));

function head(place, places) {
  const title = el("h2", { id: "source-title", tabindex: "-1" }, name(place.title ?? place.document));
  const close = el("button", { type: "button", class: "quiet icon", "aria-label": t("close"), onclick: () => closeSource() }, "✕");
  const at = places.indexOf(place);
  const step = (by, label, sign) => {
    const other = places[at + by];
    return el("button", {
      type: "button", class: "quiet icon", "aria-label": label, disabled: !other,
      onclick: () => openSource(other, places, shown?.opener),
    }, sign);
  };
  const known = place.quote !== undefined && place.quote !== null;
  const which = idApart(place);
  return el("header", {},
    el("div", { class: "source-top" }, place.origin !== undefined && known && places.length > 0 && originBadge(place.origin), title, close),
    el("p", { class: "about" }, place.title && el("span", { class: "file" }, name(place.document), " · "), which && `${which} · `, about(place),
      known && ` · ${standsAt(place)}`),
    places.length > 1 && el("div", { class: "steps" }, step(-1, t("previous"), "↑"), step(1, t("next"), "↓"),
      el("span", {}, t("quoteOf", at + 1, places.length))),
    known && el("p", { class: "exact", hidden: true }, t("exact")));
}

/** Load the window around the place, mark it, scroll there, and load more at either end when it is neared. */
async function fill(body, place, signal) {
  const start = Math.max(0, place.start - AROUND);
  const first = await api.text(place.document_id, { start, end: place.end + AROUND, version: place.version }, signal);
  const run = { segments: [], first: first.start, last: first.end, length: first.length, place, signal, busy: false };
  const top = el("p", { class: "edge" }, t("moreAbove"));
  const bottom = el("p", { class: "edge" }, t("moreBelow"));
  const column = el("div", { class: "column", lang: place.language, dir: "auto" });
  body.replaceChildren(top, column, bottom);
  put(run, column, first, "append");
  edges(run, top, bottom);
  const mark = body.querySelector("mark");
  // Only what the store itself holds at these offsets is shown as the quote.
  if (place.quote && mark?.textContent === place.quote) byId("source-panel").querySelector(".exact").hidden = false;
  else if (place.quote) body.prepend(el("p", { class: "trouble", role: "alert" }, t("changed")));
  if (mark) body.scrollTop = mark.offsetTop - body.clientHeight / 3;
  const watcher = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) more(run, body, column, one.target === top ? -1 : 1, top, bottom);
  }, { root: body, rootMargin: "600px" });
  watcher.observe(top);
  watcher.observe(bottom);
  signal.addEventListener("abort", () => watcher.disconnect());
}

async function more(run, body, column, by, top, bottom) {
  if (run.busy || (by < 0 ? run.first === 0 : run.last >= run.length)) return;
  run.busy = true;
  const start = by < 0 ? Math.max(0, run.first - WINDOW) : run.last;
  const end = by < 0 ? run.first : run.last + WINDOW;
  try {
    const part = await api.text(run.place.document_id, { start, end, version: run.place.version }, run.signal);
    const height = body.scrollHeight;
    put(run, column, part, by < 0 ? "prepend" : "append");
    if (by < 0) body.scrollTop += body.scrollHeight - height;
    trim(run, body, by);
    edges(run, top, bottom);
  } catch (error) {
    if (error.name !== "AbortError") (by < 0 ? top : bottom).textContent = t("offline");
  } finally {
    run.busy = false;
  }
  // What has come may not fill the view: an edge that is still near asks again.
  requestAnimationFrame(() => {
    const edge = by < 0 ? top : bottom;
    const near = edge.getBoundingClientRect();
    const view = body.getBoundingClientRect();
    if (!run.signal.aborted && near.bottom > view.top - 600 && near.top < view.bottom + 600) more(run, body, column, by, top, bottom);
  });
}

/** Add a part of the text, with the place in it marked. */
function put(run, column, part, how) {
  const { place } = run;
  const list = points(part.text);
  const segment = el("span", { class: "segment" });
  const within = { start: place.start - part.start, end: place.end - part.start };
  const quoted = place.quote ? [within] : [];
  for (const piece of pieces(list, quoted)) {
    segment.append(piece.marked ? el("mark", { "data-hue": (place.origin ?? 0) % 5 }, ...hits(piece.text, place)) : piece.text);
  }
  column[how](segment);
  run.segments[how === "append" ? "push" : "unshift"]({ segment, start: part.start, end: part.end });
  run.first = run.segments[0].start;
  run.last = run.segments.at(-1).end;
}

function hits(text, place) {
  const marks = (place.marks ?? []).map((m) => ({ start: m.start - place.start, end: m.end - place.start }));
  return pieces(points(text), marks).map((one) => (one.marked ? el("b", {}, one.text) : one.text));
}

/** Keep a bounded number of parts: what is far away is loaded again when it is neared. */
function trim(run, body, by) {
  while (run.segments.length > KEPT) {
    const gone = by < 0 ? run.segments.pop() : run.segments.shift();
    const height = body.scrollHeight;
    gone.segment.remove();
    if (by > 0) body.scrollTop -= height - body.scrollHeight;
  }
  run.first = run.segments[0].start;
  run.last = run.segments.at(-1).end;
}

function edges(run, top, bottom) {
  top.classList.toggle("end", run.first === 0);
  bottom.classList.toggle("end", run.last >= run.length);
}

function trouble(error, again) {
  const gone = error instanceof api.Problem && error.status === 404;
  const text = error instanceof api.Offline ? t("offline") : gone ? t("goneSince") : error.message;
  return el("div", { class: "trouble", role: "alert" }, el("p", {}, text),
    !gone && el("button", { type: "button", class: "plain", onclick: again }, t("again")));
}

