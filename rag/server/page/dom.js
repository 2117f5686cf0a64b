// Elements are made of text nodes only: nothing that stands in a document is ever read as markup.

/** Make an element; `given` holds attributes, `on…` listeners and `class`; children are nodes or text. */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Text of a document on one line, shut off from the direction of what stands around it. */
export const name = (text) => el("bdi", {}, text);

/** What a document is, in a line of small parts: date, language, and more. */
export function facts(...parts) {
  const line = el("span", { class: "facts" });
  parts.filter(Boolean).forEach((part, at) => {
    if (at) line.append(el("span", { class: "dot", "aria-hidden": "true" }, " · "));
    line.append(el("span", {}, part));
  });
  return line;
}

/** Whether the window is so narrow that the source covers the page. */
export const narrow = () => matchMedia("(max-width: 60rem)").matches;
