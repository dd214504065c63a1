// Wedge scanners: keyboards that type fast and end with Enter, Tab, CR+LF or nothing. They are heard at document level,
// wherever the focus is. A person who types in a field is left alone, even while somebody scans.
import { isChecked } from "./commands.js";

const feedback = (answer) => import("./feedback.js").then((one) => one.feedback(answer)); // not among what a page needs first

const MEAN_MS = 50; // people type slower than this per character
const SLOW_MEAN_MS = 100; // a slow radio, where nobody types
const EVEN_MS = 75, EVEN_SPREAD_MS = 30, EVEN_COUNT = 8; // a slow scanner is at least even; no person is
const BURST_MS = 35, CALM = 4; // within a code no gap is this much longer than the others ...
const HICCUP_MS = 300; // ... but for a hiccup of the radio; a longer silence ends a code that has no suffix
const PATIENT_MS = 1000; // and longer, where the scanner is known to say when it has finished
const WHOLE_MS = 60; // a code whose check character is right needs no more waiting
const SHORTEST = 4;
const SHORTEST_WITHOUT_SUFFIX = 6;
const REPEAT_MS = 1500; // the same code again within this time is one scan
const COUNTED = /^.-(DIGIT|GOOD|야햤|야햣|[햬해][ㅒㅐ]ㅇ)/i, COUNTED_MS = 400; // digits, "one more" and readings are meant twice: 1, 1 is eleven
const READING = /^[-+—–\s\d.,]+\D{0,8}$/; // what a gauge types; whether it can be read says measure.js
const ECHO_MS = 60; // the LF that follows a CR
const LATE_MS = 200; // a suffix that comes after the code was taken already
const LEAVING_MS = 8000; // an answer that takes longer than this will not come
const CARRIED_MS = 3000; // keys of a code that began on the page before
const TEXTS = ["text", "search", "textarea"]; // fields that a code may be written into
const OURS = /^(?:[A-Z]\d{6}-[A-Z]{0,2}\d{4,}[0-9A-Z])(?:\.\d{1,3})?$/;

let keys = []; // one after another into one field: { at, letter, field, before, start, end, many, carried }
let carried = null; // the beginning of a code that the page before heard
let timer;
let endedAt = -Infinity;
let leavingAt = -Infinity;
let underWay = null; // the code that was sent and is not answered yet

const kept = {
  get: (where, name) => { try { return where()[name]; } catch { return undefined; } }, // a private window remembers nothing
  set: (where, name, value) => { try { where()[name] = value; } catch { /* as above */ } },
  drop: (where, name) => { try { delete where()[name]; } catch { /* as above */ } },
};
const LASTING = () => localStorage, PASSING = () => sessionStorage;

// A scanner that has once ended a code with a key will do so again: a pause in the middle tears no code of its.
// What is carried on from page to page stays in the plant, or in the copy in which one practises.
const ROOT = new URL("../..", import.meta.url).pathname;
const SUFFIX = "mes.scanner-ends-with-a-key", LEFT = `mes.scan-begun ${ROOT}`, WAITING = `mes.scans-waiting ${ROOT}`, LAST = `mes.scanned ${ROOT}`;
let last = lastScan(); // a repeat is none on the next page either
let saysWhenDone; // asked of the browser with the first key: that takes a tablet a moment

function lastScan() {
  const { text = "", at = 0 } = JSON.parse(kept.get(PASSING, LAST) ?? "{}"), ago = Date.now() - at;
  return { text, at: ago < 0 ? -Infinity : performance.now() - ago };
}

// Secrets are typed, pasted and filled in by password managers, never scanned.
const secret = (node) => node?.type === "password";
const editable = (node) => node?.matches?.("input:not([type=checkbox],[type=radio],[type=button],[type=submit],[type=file]), textarea") ? node : null;
const isScanBox = (node) => Boolean(node?.closest?.("form[data-scan]"));
const isUnseen = (node) => node?.inputMode === "none";
const peopleType = (field) => Boolean(field) && !isScanBox(field);
function patience() {
  saysWhenDone ??= Boolean(kept.get(LASTING, SUFFIX));
  return saysWhenDone ? PATIENT_MS : HICCUP_MS;
}

const isWhole = (text) => OURS.test(text.toUpperCase()) && isChecked(text.split(".")[0]);

function hear(at, field, letter) {
  const before = keys.at(-1);
  if (before && (typedInto(before.field) !== typedInto(field) || at - before.at > Math.max(patience(), HICCUP_MS))) settle();
  const begun = keys.length || !carried || peopleType(field) ? "" : carried;
  keys.push({ at, letter, field, before: field?.value ?? "", start: field?.selectionStart ?? 0, end: field?.selectionEnd ?? 0, many: 1 + begun.length, carried: begun });
  if (begun) carried = null;
  wait();
}

const typedInto = (field) => (peopleType(field) ? field : null); // a scan box and no field at all are one: nobody types there

function wait() {
  clearTimeout(timer);
  const mine = keys;
  const whole = keys.length > SHORTEST_WITHOUT_SUFFIX && isWhole(textOf(keys));
  if (!whole && performance.now() - leavingAt < LEAVING_MS) return; // the next page goes on with it
  timer = setTimeout(() => mine === keys && settle(), whole ? Math.max(WHOLE_MS, CALM * meanGap(keys)) : patience());
}

// What stood there is over: a scan in it is taken, even if a person typed before it and after it.
function settle() {
  const all = keys;
  keys = [];
  clearTimeout(timer);
  const found = findScan(all, false);
  if (found) take(all, found, false);
}

const gaps = (some) => some.slice(1).map((key, place) => key.at - some[place].at);
const meanGap = (some) => (some.length > 1 ? (some.at(-1).at - some[0].at) / (some.length - 1) : 0);
const howMany = (some) => some.reduce((sum, key) => sum + key.many, 0);

// Where the scan is among the keys: [first, last]. With a suffix it ends where they end.
export function findScan(all, withSuffix) {
  const least = withSuffix ? SHORTEST : SHORTEST_WITHOUT_SUFFIX;
  if (!peopleType(all[0]?.field)) {
    const { field, before, carried: begun } = all[0] ?? {};
    // what ends with a key in the unseen field is a code, by whom and however slowly it was typed
    const slowest = withSuffix && isUnseen(field) && (begun || !before) ? Infinity : withSuffix || !field || isUnseen(field) ? SLOW_MEAN_MS : MEAN_MS;
    return howMany(all) >= least && (all.length === 1 || meanOfMost(all) <= slowest) ? [0, all.length - 1] : null;
  }
  for (let first = 0; first < all.length; first += 1) { // a code of ours is known by itself, however slowly it comes
    if (all.length - first > SHORTEST_WITHOUT_SUFFIX && meanGap(all.slice(first)) <= SLOW_MEAN_MS && isWhole(textOf(all.slice(first)))) return [first, all.length - 1];
  }
  const bursts = burstsOf(all);
  const fits = (burst) => burst && burst[1] - burst[0] + 1 >= least && isFast(all.slice(burst[0], burst[1] + 1));
  const tail = bursts.at(-1);
  if (fits(tail)) return tail;
  return withSuffix ? null : bursts.findLast(fits) ?? null;
}

// A hiccup is no slowness.
function meanOfMost(all) {
  const some = gaps(all).filter((gap) => gap <= HICCUP_MS / 2);
  return some.length ? some.reduce((sum, gap) => sum + gap, 0) / some.length : Infinity;
}

function isFast(some) {
  const each = gaps(some).filter((gap) => gap <= HICCUP_MS / 2), mean = each.reduce((sum, gap) => sum + gap, 0) / (each.length || 1);
  if (mean <= MEAN_MS) return true;
  return mean <= EVEN_MS && some.length >= EVEN_COUNT && Math.max(...each) - Math.min(...each) <= EVEN_SPREAD_MS;
}

// Runs of keys without a pause, by the pace of each; a run that a hiccup tore is one again.
function burstsOf(all) {
  const found = [];
  let first = all.length - 1;
  for (let last_ = all.length - 1; last_ >= 0; last_ = first - 1) {
    first = last_;
    while (first > 0 && all[first].at - all[first - 1].at <= allowed(all.slice(first - 1, Math.min(last_, first + 8) + 1))) first -= 1;
    found.unshift([first, last_]);
    const next = found[1], torn = next && all[next[0]].at - all[last_].at <= patience();
    if (torn && last_ - first >= 2 && next[1] - next[0] >= 2 && isFast(all.slice(first, last_ + 1)) && isFast(all.slice(...next))) found.splice(0, 2, [first, next[1]]);
  }
  return found;
}

// The longest gap that belongs to a run of this pace: that of its later keys.
function allowed(some) {
  const later = gaps(some).slice(1).sort((a, b) => a - b);
  const pace = later.length ? later[Math.floor(later.length / 2)] : BURST_MS;
  return Math.min(Math.max(BURST_MS, CALM * pace), EVEN_MS + EVEN_SPREAD_MS);
}

// What was typed: by the names of the keys, or by what they put into the field (Hangul input, Android's unnamed keys).
function textOf(some, after = null) {
  const named = some.map((key) => key.letter).join("");
  const shown = inserted(some.find((key) => key.field) ?? some[0], after);
  return ((some[0].carried ?? "") + (named.length >= shown.length ? named : shown)).trim();
}

function inserted({ field, before, start, end }, after) {
  if (!field) return "";
  const value = after ? after.before : field.value, tail = before.length - (end ?? before.length);
  return value.slice(start ?? 0, value.length - tail);
}

function take(all, [first, last_], composing) {
  const some = all.slice(first, last_ + 1), after = all[last_ + 1] ?? null;
  endedAt = performance.now();
  if (composing) setTimeout(() => deliver(some, after)); // lets the last Hangul syllable be committed first
  else deliver(some, after);
}

function deliver(some, after) {
  const code = textOf(some, after), { field, before, start, end } = some[0];
  if (field) {
    const scanned_ = inserted(some[0], after), now = field.value, from = start ?? 0;
    // what a person had typed there stays as it was, before it and after it
    field.value = after && now.startsWith(scanned_, from) ? now.slice(0, from) + now.slice(from + scanned_.length) : before;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  const box = some.find((key) => key.field !== field && isScanBox(key.field));
  if (box) box.field.value = box.before; // the first keys came before the scan box had the focus
  if (code.length >= SHORTEST) scanned(code, formAtWork({ field, start, end }));
}

// Somebody who fills in a form at a desk scans into it: the page is not left, and nothing that was typed is lost.
function formAtWork({ field, start, end }) {
  const active = field ?? document.activeElement, form = active?.closest?.("main form");
  const filling = (form ?? document).querySelector("main form[data-scan-fill]") ?? (form?.matches("[data-scan-fill]") ? form : null);
  if (filling && !isScanBox(field)) return (code) => import("./fill.js").then(({ fill }) => fill(filling, code));
  if (!document.body.matches(".desk") || isScanBox(field)) return null;
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

// A code that was read, by a scanner or by the camera: to the form at work, to the page, or to the page's scan box.
export function scanned(code, into = null) {
  const now = performance.now(), before = last, counted = COUNTED.test(code) || isReading(code);
  if (code === before.text && now - before.at < (counted ? COUNTED_MS : REPEAT_MS)) return;
  last = { text: code, at: now };
  kept.set(PASSING, LAST, JSON.stringify({ text: code, at: Date.now() }));
  feedback("heard");
  if (into) into(code);
  else if (!isLeaving()) hand(code);
  else if (counted || code !== (waiting().at(-1)?.code ?? underWay)) putOff(code); // else somebody is impatient
}

export const scannedByCamera = (code) => scanned(code, formAtWork({ field: null, start: 0, end: 0 }));

// What a gauge types where something is measured: two pieces may well measure the same.
const isReading = (text) => READING.test(text) && Boolean(document.querySelector("form[data-measure]"));

// data-held: what is being saved waits for its photo
const isLeaving = () => performance.now() - leavingAt < LEAVING_MS || Boolean(document.querySelector("form[data-held]"));
const waiting = () => JSON.parse(kept.get(PASSING, WAITING) ?? "[]");

// The answer to what was sent before is not here yet: this one is for the next page.
function putOff(code) {
  kept.set(PASSING, WAITING, JSON.stringify([...waiting(), { code, at: Date.now() }]));
}

// Gives whether the page stays. waited: it was scanned on the page before.
let isListening = false;
const early = [];
function hand(code, waited = false) {
  if (!isListening) {
    early.push(code);
    return true;
  }
  const event = new CustomEvent("scan", { detail: { text: code, waited }, bubbles: true, cancelable: true });
  if (document.dispatchEvent(event)) send(code);
  if (isLeaving()) underWay = code;
  return !event.detail.leaves && !isLeaving();
}

// All that a page does with a scan by itself (page.js) is there: what came before that is heard now, and before it what
// the page before left, one after another as long as the page stays.
export function listen() {
  isListening = true;
  let stays = true;
  const left = waiting().filter(({ at }) => Date.now() - at < LEAVING_MS);
  kept.drop(PASSING, WAITING);
  while (stays && left.length) stays = hand(left.shift().code, true);
  if (left.length) kept.set(PASSING, WAITING, JSON.stringify(left));
  for (const code of early.splice(0)) {
    if (stays) stays = hand(code);
    else putOff(code);
  }
}

function send(code) {
  const form = document.querySelector("dialog[open] form[data-scan]") ?? document.querySelector("main form[data-scan]") ?? document.querySelector("form[data-scan]");
  if (!form) return;
  form.elements.text.value = code;
  form.requestSubmit();
}

// What a person put into the scan box and sends with a touch is sent: the next page does not hear it again.
function forget(form) {
  if (!keys.length || !form.matches("form[data-scan]") || textOf(keys) !== form.elements.text.value.trim()) return;
  last = { text: textOf(keys), at: performance.now() };
  keys = [];
  clearTimeout(timer);
}

document.addEventListener("submit", ({ target, defaultPrevented }) => {
  forget(target);
  if (!defaultPrevented && target.target !== "_blank" && !target.matches("[hx-get], [hx-post]")) [leavingAt, underWay] = [performance.now(), null];
});
addEventListener("pageshow", ({ persisted }) => { if (persisted) leavingAt = -Infinity; });

// What a key says: firmware may set alt or ctrl on every key, so modifiers count only for the separator GS (ctrl + ]).
const PLAIN = { Minus: "-_", Equal: "=+", Slash: "/?", Period: ".>", Comma: ",<", Semicolon: ";:", Quote: "'\"", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Backquote: "`~", Space: "  " };
function character(event) {
  if (event.ctrlKey && event.key === "]") return "\x1d";
  const foreign = event.key === "Process" || (event.key.length === 1 && event.altKey && event.key > "~"); // an alt that makes another letter of it
  if (!foreign) return event.key.length === 1 ? event.key : "";
  const plain = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/.exec(event.code);
  if (plain) return plain[1] ? (event.shiftKey ? plain[1] : plain[1].toLowerCase()) : (plain[2] ?? plain[3]);
  return PLAIN[event.code]?.[event.shiftKey ? 1 : 0] ?? "";
}

const ends = (event) => ["Enter", "Tab"].includes(event.key) || (event.key === "Process" && ["Enter", "NumpadEnter", "Tab"].includes(event.code)) || (event.ctrlKey && ["j", "m"].includes(event.key.toLowerCase()));

// Alt held while three digits are typed on the number pad is one character: 029 is the separator GS.
let altDigits = null;
function heldAlt(event) {
  if (event.key === "Alt") altDigits = "";
  else if (altDigits !== null && event.altKey && /^Numpad\d$/.test(event.code)) altDigits += event.code.at(-1);
  else return false;
  return true;
}
addEventListener("keyup", (event) => {
  if (event.key !== "Alt" || altDigits === null) return;
  const letter = altDigits.length > 1 ? String.fromCharCode(Number(altDigits)) : "";
  altDigits = null;
  if (letter && !secret(event.target)) hear(event.timeStamp, editable(event.target), letter);
}, true);

function finish(at, composing) {
  const all = keys, found = all.length && at - all.at(-1).at <= PATIENT_MS ? findScan(all, true) : null;
  if (!found) return false;
  keys = [];
  clearTimeout(timer);
  saysWhenDone = true;
  kept.set(LASTING, SUFFIX, "1");
  take(all, found, composing);
  return true;
}

let named = false; // the keydown of this key was heard already
const onTrial = Boolean(document.querySelector("[data-trial]")); // the page that tests a scanner listens by itself
function onKey(event) {
  if (onTrial) return;
  const at = event.timeStamp, field = editable(event.target); // when the key went down, however busy the page is
  if (event.repeat || secret(field) || heldAlt(event)) return; // repeat: a finger that rests on a key
  if (ends(event)) {
    const echo = at - endedAt < ECHO_MS || (at - endedAt < LATE_MS && !peopleType(field));
    if (finish(at, event.isComposing || event.key === "Process") || echo) {
      event.preventDefault?.();
      event.stopImmediatePropagation?.();
    }
    return;
  }
  const typed = character(event);
  if (!typed && event.key !== "Unidentified") return;
  hear(at, field, typed);
  named = true;
}
addEventListener("keydown", onKey, true);

// Unnamed keys (Android) show only here; each one puts the end of the code off.
addEventListener("beforeinput", (event) => {
  const field = editable(event.target);
  if (!field || !event.isTrusted || secret(field) || onTrial) return;
  if (!named) hear(event.timeStamp, field, "");
}, true);
addEventListener("input", (event) => {
  const field = editable(event.target);
  named = false;
  if (!field || !event.isTrusted || secret(field) || !keys.length) return;
  // A word that is pasted, filled in or chosen from a phone's suggestions arrives at once; only in the scan box is that a code.
  if (isScanBox(field)) keys.at(-1).many = Math.max(1, [...inserted(keys[0], null)].length - howMany(keys.slice(0, -1)));
  wait();
}, true);

// Unnamed keys reach a page only through a focused field: on a station the hidden scan field holds the focus when nothing else does.
const rest = () => {
  const sink = [...document.querySelectorAll("body.station form[data-scan] input[name=text]")].find((one) => !one.closest("dialog:not([open])"));
  if (sink && (document.activeElement === document.body || !document.activeElement)) sink.focus({ preventScroll: true });
};
document.addEventListener("focusout", () => setTimeout(rest, 50));
document.addEventListener("htmx:afterSwap", () => setTimeout(rest, 50));
requestAnimationFrame(rest); // after the page is drawn: until then keys are heard as well, and drawing it twice takes time

// At a desk "/" goes to the scan box.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || editable(event.target) || event.ctrlKey || event.metaKey) return;
  const box = document.querySelector(".desk form[data-scan] input[name=text]");
  if (!box) return;
  setTimeout(() => textOf(keys.length ? keys : [{ letter: "/", carried: "" }]) === "/" && box.focus(), HICCUP_MS / 2); // unless it was the first character of a scan
});

// A page that is left in the middle of a code hands on what it heard; the next one goes on with it.
addEventListener("pagehide", () => {
  const begun = keys.length && !peopleType(keys[0].field) ? textOf(keys) : carried;
  if (begun) kept.set(PASSING, LEFT, JSON.stringify({ begun, at: Date.now() }));
});

function goOn() {
  const left = JSON.parse(kept.get(PASSING, LEFT) ?? "null");
  kept.drop(PASSING, LEFT);
  if (left && Date.now() - left.at < CARRIED_MS) {
    carried = left.begun;
    setTimeout(() => {
      const code = carried;
      carried = null;
      if (code?.length >= SHORTEST_WITHOUT_SUFFIX) scanned(code); // nothing more came: it was whole
    }, isWhole(carried) ? WHOLE_MS : CARRIED_MS);
  }
  (window.mesEarlyKeys?.() ?? []).forEach(onKey);
}
goOn();
