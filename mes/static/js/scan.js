// Wedge scanners: keyboards that type fast and end with Enter, Tab, CR+LF or nothing. They are heard at document level,
// wherever the focus is. A person who types in a field is left alone.
import { feedback } from "./feedback.js";

const MEAN_MS = 50; // people type slower than this per character
const PAUSE_MS = 120; // in a field where people type, a pause this long begins a new reading
const HICCUP_MS = 300; // a slow radio may hold a character up: where nobody types it still belongs to the reading; a longer silence ends one without suffix
const PATIENT_MS = 1000; // and longer, where the scanner is known to say when it has finished
const SHORTEST = 4;
const SHORTEST_WITHOUT_SUFFIX = 6;
const REPEAT_MS = 1500; // the same code again within this time is one scan
const ECHO_MS = 60; // the LF that follows a CR
const TEXTS = ["text", "search", "textarea"]; // fields that a code may be written into

let reading = null;
let last = { text: "", at: -Infinity };
let endedAt = -Infinity;

// A scanner that has once ended a code with a key will do so again: a pause in the middle tears no code of its.
const SUFFIX = "mes.scanner-ends-with-a-key";
let saysWhenDone = false;
try { saysWhenDone = Boolean(localStorage.getItem(SUFFIX)); } catch { /* a private window remembers nothing */ }

function learnSuffix() {
  saysWhenDone = true;
  try { localStorage.setItem(SUFFIX, "1"); } catch { /* as above */ }
}

// Secrets are typed, pasted and filled in by password managers, never scanned.
const secret = (node) => node?.type === "password";
const editable = (node) => node?.matches?.("input:not([type=checkbox],[type=radio],[type=button],[type=submit],[type=file]), textarea") ? node : null;

// One reading: keys as they came, and what they put into the focused field (Hangul input, Android's unnamed keys).
function begin(at, field) {
  return { began: at, at, count: 0, inputs: 0, keys: "", field, before: field?.value ?? "", start: field?.selectionStart ?? 0, end: field?.selectionEnd ?? 0 };
}

// One key comes as keydown, beforeinput, input; only the first of them may begin a new reading (on a busy tablet they come far apart).
function touch(at, field, first) {
  if (!reading || reading.field !== field || (first && at - reading.at > longestGap(field))) reading = begin(at, field);
  if (first) reading.at = at;
  clearTimeout(reading.timer);
  const mine = reading;
  reading.timer = setTimeout(() => mine === reading && finish(false), saysWhenDone ? PATIENT_MS : HICCUP_MS);
}

function inserted({ field, before, start, end }) {
  if (!field) return "";
  const tail = before.length - (end ?? before.length);
  return field.value.slice(start ?? 0, field.value.length - tail);
}

const isScanBox = (node) => Boolean(node?.closest?.("form[data-scan]"));
const longestGap = (field) => (field && !isScanBox(field) ? PAUSE_MS : saysWhenDone ? PATIENT_MS : HICCUP_MS);
const text = (mine) => [inserted(mine), mine.keys].reduce((a, b) => (b.length > a.length ? b : a)).trim();
const isFast = (mine) => mine.count >= SHORTEST && (mine.at - mine.began) / (mine.count - 1) <= MEAN_MS;

function finish(withSuffix, composing = false) {
  const mine = reading;
  if (withSuffix) reading = null;
  if (!mine || !isFast(mine)) return false;
  if (!withSuffix && text(mine).length < SHORTEST_WITHOUT_SUFFIX) return false; // perhaps more follows
  reading = null;
  clearTimeout(mine.timer);
  endedAt = performance.now();
  if (withSuffix) learnSuffix();
  if (composing) setTimeout(() => deliver(mine)); // lets the last Hangul syllable be committed first
  else deliver(mine);
  return true;
}

function deliver(mine) {
  const code = text(mine);
  if (mine.field) {
    mine.field.value = mine.before; // what a person had typed there stays as it was
    mine.field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  if (code.length >= SHORTEST) scanned(code, formAtWork(mine));
}

// Somebody who fills in a form at a desk scans into it: the page is not left, and nothing that was typed is lost.
function formAtWork({ field, start, end }) {
  if (!document.body.matches(".desk") || isScanBox(field)) return null;
  const form = (field ?? document.activeElement)?.closest?.("main form");
  const lines = (form ?? document).querySelector("main [data-scan-lines]");
  if (lines) return (code) => write(lines, [...lines.value.split("\n").filter((line) => line.trim()), code, ""].join("\n"));
  if (field && form?.method === "get") return (code) => { write(field, code); form.requestSubmit(); };
  if (form?.method !== "post" || !("keep" in form.dataset)) return null;
  const takesText = field && !["decimal", "numeric"].includes(field.inputMode) && TEXTS.includes(field.type);
  return takesText ? (code) => write(field, field.value.slice(0, start ?? 0) + code + field.value.slice(end ?? 0)) : () => feedback("no");
}

function write(field, value) {
  field.value = value;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

export function scanned(code, into = null) {
  const now = performance.now();
  if (code === last.text && now - last.at < REPEAT_MS) return;
  last = { text: code, at: now };
  feedback("heard");
  if (into) {
    into(code);
    return;
  }
  const event = new CustomEvent("scan", { detail: { text: code }, bubbles: true, cancelable: true });
  if (document.dispatchEvent(event)) send(code);
}

function send(code) {
  const form = document.querySelector("dialog[open] form[data-scan]") ?? document.querySelector("main form[data-scan]") ?? document.querySelector("form[data-scan]");
  if (!form) return;
  form.elements.text.value = code;
  form.requestSubmit();
}

// What a key says: firmware may set alt or ctrl on every key, so modifiers count only for the separator GS (ctrl + ]).
function character(event) {
  if (event.ctrlKey && event.key === "]") return "\x1d";
  if (event.key.length === 1) return event.key;
  const plain = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/.exec(event.code);
  if (plain && event.key === "Process") return plain[1] ? (event.shiftKey ? plain[1] : plain[1].toLowerCase()) : (plain[2] ?? plain[3]);
  return event.key === "Process" && event.code === "Minus" ? "-" : "";
}

addEventListener("keydown", (event) => {
  const at = event.timeStamp, field = editable(event.target); // when the key went down, however busy the page is
  if (event.repeat || secret(field)) return; // a finger that rests on a key
  if (event.key === "Enter" || event.key === "Tab" || (event.ctrlKey && ["j", "m"].includes(event.key.toLowerCase()))) {
    if (at - endedAt < ECHO_MS || finish(true, event.isComposing)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    return;
  }
  const typed = character(event);
  if (!typed && event.key !== "Unidentified") return;
  touch(at, field, true);
  reading.named = true;
  if (typed) {
    reading.keys += typed;
    reading.count += 1;
  }
}, true);

// Unnamed keys (Android) show only here; each one puts the end of the reading off.
addEventListener("beforeinput", (event) => {
  const field = editable(event.target);
  if (field && event.isTrusted && !secret(field)) touch(event.timeStamp, field, !reading?.named);
}, true);
addEventListener("input", (event) => {
  const field = editable(event.target);
  if (!field || !event.isTrusted || secret(field)) return;
  touch(event.timeStamp, field, false);
  reading.named = false;
  reading.inputs += 1;
  // A word that is pasted, filled in or chosen from a phone's suggestions arrives at once; only in the scan box is that a reading.
  reading.count = Math.max(reading.count, isScanBox(field) ? [...inserted(reading)].length : reading.inputs);
}, true);

// Unnamed keys reach a page only through a focused field: on a station the hidden scan field holds the focus when nothing else does.
const rest = () => {
  const sink = document.querySelector("body.station form[data-scan] input[name=text]");
  if (sink && (document.activeElement === document.body || !document.activeElement)) sink.focus({ preventScroll: true });
};
document.addEventListener("focusout", () => setTimeout(rest, 50));
document.addEventListener("htmx:afterSwap", () => setTimeout(rest, 50));
rest();

// At a desk "/" goes to the scan box.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || editable(event.target) || event.ctrlKey || event.metaKey) return;
  const box = document.querySelector(".desk form[data-scan] input[name=text]");
  if (!box) return;
  setTimeout(() => (reading?.keys ?? "/") === "/" && box.focus(), PAUSE_MS + 20); // unless it was the first character of a scan
});
