// Documents that are called the same: what tells one of them from the others.

const SHOWN = 8;
let known = new Map();

/** Take note of all documents: which of them are called the same depends on the others. */
export function learn(documents) {
  known = new Map();
  for (const one of documents) {
    const same = known.get(one.title ?? one.name);
    if (same) same.push(one);
    else known.set(one.title ?? one.name, [one]);
  }
}

/**
 * What is said beside the title of a document, or its name where it has none, if another one is called so: the name of its
 * file, or the beginning of its id, by which `rag show` knows it; else null. `one` is a document, or a place in one.
 */
export function apart(one) {
  const { id, file, title } = identity(one);
  const others = (known.get(title ?? file) ?? []).filter((other) => other.id !== id);
  if (!others.length) return null;
  return title && others.every((other) => other.name !== file) ? file : id.slice(0, SHOWN);
}

/** The same, where the name of the file is told anyhow. */
export function idApart(one) {
  const told = apart(one);
  return told === identity(one).file ? null : told;
}

/** What a document is called, and which of those called so it is, as one text. */
export function called(one) {
  const { file, title } = identity(one);
  const which = apart(one);
  return which ? `${title ?? file} (${which})` : title ?? file;
}

const identity = (one) => ({ id: one.document_id ?? one.id, file: one.document ?? one.name, title: one.title });
