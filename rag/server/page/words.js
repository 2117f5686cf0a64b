// The page's own words, in German and in English, and values as each language writes them.

const ENGLISH = {
  skip: "Skip to the question", tools: "Tools", question: "Question", answer: "Answer",
  headline: "Answers with evidence.",
  promise: "Every statement rests on a verbatim quote from your documents. What they do not say is not said here.",
  placeholder: "Your question …", ask: "Ask", stop: "Stop",
  narrow: "Narrow down", since: "From", until: "Until", inLanguage: "Language", nameLike: "Name like",
  undatedToo: "Undated documents too", anyLanguage: "Any", narrowed: "· {} in force",
  stages: { connect: "Asking …", embed: "Searching the documents …", retrieve: "Weighing what was found …",
            judge: "Reading …", read: "Verifying every quote …", verify: "Finishing …" },
  evidence: "Evidence {}: {}", openSource: "Open {} at the quote", undated: "undated", unknownLanguage: "language unknown",
  page: "p. {}", pages: "pp. {}–{}", slide: "slide {}", slides: "slides {}–{}", row: "row {}", rows: "rows {}–{}",
  characters: "characters {}–{}", ofLength: "{} characters",
  sources: ["1 independent source", "{} independent sources"], documents: ["1 document", "{} documents"],
  source: "Source {}", sameStory: "Tell the same story and count as one source.",
  refused: "The documents do not say.",
  refusedWhy: ["The one document was searched. What comes nearest does not answer the question.",
               "{} documents were searched. What comes nearest does not answer the question."],
  refusedFar: ["The one document was searched. Nothing in it comes near the question.",
               "{} documents were searched. Nothing in them comes near the question."],
  showNearest: "Show what comes nearest", notAnAnswer: "Near, but not an answer",
  dropped: ["1 sentence was held back because it could not be backed.", "{} sentences were held back because they could not be backed."],
  conflict: "The documents disagree:",
  undatedLeftOut: ["1 undated document was left out.", "{} undated documents were left out."],
  unknownLanguageLeftOut: ["1 document of unknown language was left out.", "{} documents of unknown language were left out."],
  otherLanguage: "The question is in neither German nor English; the quotes are in the documents’ own language.",
  verified: "Every quote checked against the documents in {} s", looked: "Looked through in {} s",
  copy: "Copy with citations", copyRefusal: "Copy", copied: "Copied", save: "Save receipt", link: "Copy link", check: "Check again",
  wording: { verbatim: "Wording: every statement is one of its quotes.",
             "without the model": "Wording: checked without the model, by figures, names and words; not by meaning.",
             "not checked": "Wording: not checked where statement and quotes are of two languages, but for figures, names and dates." },
  holds: "All quotes still hold.", broken: "No longer holds: {}", renamed: "{}, now {}",
  fileChanged: "Changed since it was taken in: {}", copyFailed: "The browser did not allow copying.",
  close: "Close", loading: "Loading …", moreAbove: "Earlier text", moreBelow: "Later text", previous: "Previous quote", next: "Next quote",
  quoteOf: "Quote {} of {}", exact: "verbatim, at this place", changed: "This document has changed since the answer; the quote no longer stands here.",
  goneSince: "This document is no longer stored in the version that was quoted.", sourceOf: "Source text",
  library: "Documents", findDocument: "Find a document", addFiles: "Add files", addHint: "or drop files anywhere on this page",
  nothingYet: "There are no documents yet.", nothingYetHint: "Drop files here to begin: text, PDF, web pages, office documents. They stay where this server runs.",
  noMatch: "No document of that name.", dropHere: "Drop the files to add them",
  uploading: "Sending …", reading: "Reading and indexing …", added: "Added", failed: "Not added", folder: "A folder cannot be added; drop its files.",
  addedAll: ["1 file added.", "{} files added."], shown: "{} of {} are shown.", showMore: "Show more",
  remove: "Remove", removeNamed: "Remove {}", keep: "Keep", removed: "Removed: {}", removeAsk: "Remove from every later answer?",
  removeHint: "A file that it came from stays where it is, and is not taken in again by itself. What was attached to a mail goes with it.",
  offline: "The server cannot be reached. It is tried again by itself.", offlineTitle: "Not connected", back: "Connected again.",
  failedTitle: "That did not work", again: "Try again", retryIn: "Trying again in {} s …", request: "Request {}",
  cutOff: "The answer broke off before it was complete.", cutOffHint: "What is shown was verified. Ask again for the whole.",
  stopped: "Stopped.", keyTitle: "This server asks for a key", keyHint: "Whoever runs it can give you one. It is kept until you close this tab.",
  key: "Key", useKey: "Use key", light: "Light", dark: "Dark", toLight: "Change to light colours", toDark: "Change to dark colours",
  other: "Deutsch", toOther: "Seite auf Deutsch", openQuote: "“", closeQuote: "”", copiedFrom: "Checked by Beleg",
  tips: "Enter asks · / comes back here · Esc closes", yourDocuments: "Your documents", andMore: "and {} more",
};

const GERMAN = {
  skip: "Zur Frage springen", tools: "Werkzeuge", question: "Frage", answer: "Antwort",
  headline: "Antworten mit Beleg.",
  promise: "Jede Aussage stützt sich auf ein wörtliches Zitat aus Ihren Dokumenten. Was dort nicht steht, wird hier nicht gesagt.",
  placeholder: "Ihre Frage …", ask: "Fragen", stop: "Halt",
  narrow: "Eingrenzen", since: "Von", until: "Bis", inLanguage: "Sprache", nameLike: "Name wie",
  undatedToo: "Auch Dokumente ohne Datum", anyLanguage: "Alle", narrowed: "· {} wirksam",
  stages: { connect: "Frage wird gestellt …", embed: "Dokumente werden durchsucht …", retrieve: "Fundstellen werden gewogen …",
            judge: "Wird gelesen …", read: "Jedes Zitat wird geprüft …", verify: "Gleich fertig …" },
  evidence: "Beleg {}: {}", openSource: "{} an der Stelle des Zitats öffnen", undated: "ohne Datum", unknownLanguage: "Sprache unbekannt",
  page: "S. {}", pages: "S. {}–{}", slide: "Folie {}", slides: "Folien {}–{}", row: "Zeile {}", rows: "Zeilen {}–{}",
  characters: "Zeichen {}–{}", ofLength: "{} Zeichen",
  sources: ["1 unabhängige Quelle", "{} unabhängige Quellen"], documents: ["1 Dokument", "{} Dokumente"],
  source: "Quelle {}", sameStory: "Erzählen dieselbe Geschichte und zählen als eine Quelle.",
  refused: "Das steht nicht in den Dokumenten.",
  refusedWhy: ["Das eine Dokument wurde durchsucht. Was am nächsten kommt, beantwortet die Frage nicht.",
               "{} Dokumente wurden durchsucht. Was am nächsten kommt, beantwortet die Frage nicht."],
  refusedFar: ["Das eine Dokument wurde durchsucht. Nichts darin kommt der Frage nahe.",
               "{} Dokumente wurden durchsucht. Nichts darin kommt der Frage nahe."],
  showNearest: "Zeigen, was am nächsten kommt", notAnAnswer: "Nahe, aber keine Antwort",
  dropped: ["1 Satz wurde zurückgehalten, weil er sich nicht belegen ließ.", "{} Sätze wurden zurückgehalten, weil sie sich nicht belegen ließen."],
  conflict: "Die Dokumente widersprechen sich:",
  undatedLeftOut: ["1 Dokument ohne Datum blieb außen vor.", "{} Dokumente ohne Datum blieben außen vor."],
  unknownLanguageLeftOut: ["1 Dokument unbekannter Sprache blieb außen vor.", "{} Dokumente unbekannter Sprache blieben außen vor."],
  otherLanguage: "Die Frage ist weder deutsch noch englisch; die Zitate stehen in der Sprache der Dokumente.",
  verified: "Jedes Zitat an den Dokumenten geprüft, in {} s", looked: "Durchgesehen in {} s",
  copy: "Mit Belegen kopieren", copyRefusal: "Kopieren", copied: "Kopiert", save: "Beleg sichern", link: "Link kopieren", check: "Nachprüfen",
  wording: { verbatim: "Wortlaut: jede Aussage ist eines ihrer Zitate.",
             "without the model": "Wortlaut: ohne das Modell geprüft, an Zahlen, Namen und Wörtern; nicht am Sinn.",
             "not checked": "Wortlaut: nicht geprüft, wo Aussage und Zitate in zwei Sprachen sind, außer an Zahlen, Namen und Daten." },
  holds: "Alle Zitate stehen noch.", broken: "Steht nicht mehr: {}", renamed: "{}, jetzt {}",
  fileChanged: "Seit der Aufnahme geändert: {}", copyFailed: "Der Browser hat das Kopieren nicht erlaubt.",
  close: "Schließen", loading: "Wird geladen …", moreAbove: "Text davor", moreBelow: "Text danach", previous: "Voriges Zitat", next: "Nächstes Zitat",
  quoteOf: "Zitat {} von {}", exact: "wörtlich, an dieser Stelle", changed: "Das Dokument hat sich seit der Antwort geändert; das Zitat steht hier nicht mehr.",
  goneSince: "Das Dokument ist in der zitierten Fassung nicht mehr gespeichert.", sourceOf: "Quelltext",
  library: "Dokumente", findDocument: "Dokument suchen", addFiles: "Dateien hinzufügen", addHint: "oder Dateien irgendwo auf diese Seite ziehen",
  nothingYet: "Noch gibt es keine Dokumente.", nothingYetHint: "Ziehen Sie Dateien hierher: Text, PDF, Webseiten, Office-Dokumente. Sie bleiben dort, wo dieser Server läuft.",
  noMatch: "Kein Dokument heißt so.", dropHere: "Loslassen, um die Dateien hinzuzufügen",
  uploading: "Wird gesendet …", reading: "Wird gelesen und eingeordnet …", added: "Hinzugefügt", failed: "Nicht hinzugefügt", folder: "Ein Ordner geht nicht; ziehen Sie seine Dateien hierher.",
  addedAll: ["1 Datei hinzugefügt.", "{} Dateien hinzugefügt."], shown: "{} von {} sind zu sehen.", showMore: "Mehr zeigen",
  remove: "Entfernen", removeNamed: "{} entfernen", keep: "Behalten", removed: "Entfernt: {}", removeAsk: "Aus allen späteren Antworten entfernen?",
  removeHint: "Eine Datei, aus der es kam, bleibt, wo sie ist, und wird nicht von selbst wieder aufgenommen. Was an einer Mail hing, geht mit ihr.",
  offline: "Der Server ist nicht zu erreichen. Es wird von selbst weiter versucht.", offlineTitle: "Keine Verbindung", back: "Wieder verbunden.",
  failedTitle: "Das hat nicht geklappt", again: "Noch einmal", retryIn: "Neuer Versuch in {} s …", request: "Anfrage {}",
  cutOff: "Die Antwort brach ab, bevor sie vollständig war.", cutOffHint: "Was zu sehen ist, wurde geprüft. Fragen Sie für das Ganze noch einmal.",
  stopped: "Angehalten.", keyTitle: "Dieser Server verlangt einen Schlüssel", keyHint: "Wer ihn betreibt, kann Ihnen einen geben. Er wird behalten, bis Sie diesen Tab schließen.",
  key: "Schlüssel", useKey: "Verwenden", light: "Hell", dark: "Dunkel", toLight: "Zu hellen Farben wechseln", toDark: "Zu dunklen Farben wechseln",
  other: "English", toOther: "This page in English", openQuote: "„", closeQuote: "“", copiedFrom: "Geprüft von Beleg",
  tips: "Enter fragt · / führt hierher zurück · Esc schließt", yourDocuments: "Ihre Dokumente", andMore: "und {} weitere",
};

export const WORDS = { en: ENGLISH, de: GERMAN };
let spoken = "en";

export const language = () => spoken;

export function speak(code) {
  spoken = code in WORDS ? code : "en";
  document.documentElement.lang = spoken;
}

/** A word or sentence; each {} is filled in turn. */
export function t(name, ...values) {
  return fill(WORDS[spoken][name], values);
}

/** A sentence about a number of things. */
export function count(name, number) {
  const [one, many] = WORDS[spoken][name];
  return number === 1 ? one : fill(many, [formatNumber(number)]);
}

export const stageWords = (stage) => WORDS[spoken].stages[stage] ?? WORDS[spoken].stages.judge;

/** How far the wording of statements was checked, as `rag verify` says it; "" where that is not known here. */
export const wordingWords = (how) => WORDS[spoken].wording[how] ?? "";

function fill(text, values) {
  let at = 0;
  return text.replaceAll("{}", () => values[at++]);
}

/** The reader's own way of writing dates and numbers, where it is one of the page's language. */
const locale = () => navigator.languages.find((one) => one.split("-")[0] === spoken) ?? spoken;

export const formatNumber = (number) => new Intl.NumberFormat(locale()).format(number);

export const formatSeconds = (seconds) =>
  new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(seconds);

export const formatDate = (day) =>
  day ? new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(day)) : t("undated");

export function languageName(code) {
  if (!code) return t("unknownLanguage");
  try {
    return new Intl.DisplayNames([spoken], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

/** Fill every element that names a word: data-t, data-t-label, data-t-placeholder. */
export function translate(root) {
  for (const one of root.querySelectorAll("[data-t]")) one.textContent = t(one.dataset.t);
  for (const one of root.querySelectorAll("[data-t-label]")) one.setAttribute("aria-label", t(one.dataset.tLabel));
  for (const one of root.querySelectorAll("[data-t-placeholder]")) one.placeholder = t(one.dataset.tPlaceholder);
}
