// The card with the quote that a marker stands for: on hover, on focus, and gone with Escape.

import { called } from "./alike.js";
import { byId, el, name } from "./dom.js";
import { about, originBadge, quoteText, standsAt } from "./parts.js";

const GAP = 8;
const LINGER = 160;
let leaving;
let shownFor = null;

/** Show the quote while the marker is pointed at or holds the focus. */
export function attachQuote(marker, citation) {
  marker.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && show(marker, citation));
  marker.addEventListener("focus", () => marker.matches(":focus-visible") && show(marker, citation));
  marker.addEventListener("pointerleave", leave);
  marker.addEventListener("blur", hideQuote);
}

export function watchQuote() {
  const card = byId("quote");
  // The card may be pointed at too, so that a long quote can be read and copied.
  card.addEventListener("pointerenter", () => clearTimeout(leaving));
  card.addEventListener("pointerleave", leave);
  addEventListener("scroll", (event) => event.target !== card && hideQuote(), { capture: true, passive: true });
}

/** Put the card away; say whether one was shown. */
export function hideQuote() {
  clearTimeout(leaving);
  const card = byId("quote");
  const shown = shownFor !== null;
  shownFor?.removeAttribute("aria-describedby");
  shownFor = null;
  if (card.matches(":popover-open")) card.hidePopover();
  return shown;
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(hideQuote, LINGER);
}

function show(marker, citation) {
  hideQuote();
  const card = byId("quote");
  card.replaceChildren(
    el("blockquote", { lang: citation.language, dir: "auto" }, ...quoteText(citation)),
    el("p", { class: "card-foot" }, originBadge(citation.origin),
      el("span", {}, name(called(citation)), el("br"), about(citation), " · ",
        standsAt(citation))),
  );
  card.showPopover();
  place(card, marker.getBoundingClientRect());
  marker.setAttribute("aria-describedby", card.id);
  shownFor = marker;
}

function place(card, at) {
  const { width, height } = card.getBoundingClientRect();
  const left = Math.max(GAP, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - GAP));
  const below = at.bottom + GAP;
  const top = below + height > innerHeight - GAP && at.top - GAP - height > GAP ? at.top - GAP - height : below;
  card.style.left = `${left}px`;
  card.style.top = `${top}px`;
}
