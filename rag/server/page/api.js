// What the page asks the server for, and what can go wrong with it.

const KEY = "beleg-key";
const HEARTBEAT = 45_000;

/** The server's refusal, as its problem+json says it. */
export class Problem extends Error {
  constructor(values, retryAfter) {
    super(values.detail || values.title || `HTTP ${values.status}`);
    this.status = values.status ?? 0;
    this.title = values.title;
    this.hint = values.hint ?? "";
    this.kind = String(values.type ?? "").replace("urn:beleg:problem:", "");
    this.request = values.request_id ?? "";
    this.fields = (values.errors ?? []).map((one) => `${one.field}: ${one.message}`);
    this.retryAfter = retryAfter;
  }
}

/** There is no server at the other end. */
export class Offline extends Error {}

/** A stream that ended before the answer did. */
export class CutOff extends Error {}

export const key = () => sessionStorage.getItem(KEY) ?? "";
export const setKey = (value) => sessionStorage.setItem(KEY, value);

export const headers = (more = {}) => (key() ? { ...more, Authorization: `Bearer ${key()}` } : more);

export async function problemOf(status, text, retryAfter) {
  let values = {};
  try {
    values = JSON.parse(text);
  } catch {
    values = { title: text.slice(0, 200) };
  }
  return new Problem({ status, ...values }, Number(retryAfter) || undefined);
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: headers(options.headers) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Offline();
  }
  if (!response.ok) throw await problemOf(response.status, await response.text(), response.headers.get("Retry-After"));
  return response;
}

const json = (value) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(value),
});

export const documents = async () => (await (await call("/v1/documents")).json()).documents;

export const remove = async (id) => (await call(`/v1/documents/${encodeURIComponent(id)}`, { method: "DELETE" })).json();

export const verify = async (receipt) => (await call("/v1/verify", json(receipt))).json();

export async function text(id, { start, end, version }, signal) {
  const query = new URLSearchParams({ start, end });
  if (version) query.set("version", version);
  return (await call(`/v1/documents/${encodeURIComponent(id)}/text?${query}`, { signal })).json();
}

export async function alive() {
  try {
    return (await fetch("/healthz", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/** Ask; give each event to `heard(name, data)` as it comes, and return the receipt. */
export async function ask(question, heard, signal) {
  const request = json(question);
  request.headers.Accept = "text/event-stream";
  const response = await call("/v1/ask", { ...request, signal });
  for await (const { event, data } of events(response.body, signal)) {
    if (event === "done") return data;
    if (event === "error") throw new Problem(data);
    heard(event, data);
  }
  throw new CutOff();
}

/** The events of a stream; comments keep it alive, and a long silence ends it. */
async function* events(body, signal) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  try {
    while (true) {
      const { value, done } = await quietFor(HEARTBEAT, reader.read());
      if (done) return;
      held += value.replaceAll("\r", "");
      for (let cut = held.indexOf("\n\n"); cut >= 0; cut = held.indexOf("\n\n")) {
        const found = parse(held.slice(0, cut));
        held = held.slice(cut + 2);
        if (found) yield found;
      }
    }
  } catch (error) {
    if (signal.aborted || error instanceof CutOff) throw error;
    throw new CutOff();
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function quietFor(milliseconds, promise) {
  let timer;
  const silence = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new CutOff()), milliseconds);
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}

function parse(block) {
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}

/** Send a file; `progressed(share)` is told how much has gone, 1 when the server has it all. */
export function upload(file, progressed) {
  return new Promise((done, refuse) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/v1/documents/${encodeURIComponent(file.name)}`);
    for (const [header, value] of Object.entries(headers())) request.setRequestHeader(header, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => progressed(event.total ? event.loaded / event.total : 0));
    request.upload.addEventListener("load", () => progressed(1));
    request.addEventListener("load", async () => {
      if (request.status < 300) done();
      else refuse(await problemOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    });
    request.addEventListener("error", () => refuse(new Offline()));
    request.send(file);
  });
}
