// A form is sent once, says that it works, and never loses what was typed.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  const offline = document.documentElement.dataset.connection === "offline" && !isKept(form);
  if (offline || sent.has(form) || isTooLarge(form)) { // the second tap of a double tap goes nowhere
    event.preventDefault();
    event.stopImmediatePropagation();
    if (offline) sayOffline();
    return;
  }
  sent.add(form);
  form.setAttribute("aria-busy", "true");
  document.body.classList.add("working");
  keep(form);
  if ("keepsOthers" in form.dataset) document.querySelectorAll("form[data-keep]").forEach((other) => keep(other, true));
  if (form.target === "_blank") setTimeout(readyAgain, 2000, form);
}, true);

// A paper opens beside the page, which stays as it is: a later press is another print, with a key of its own.
function readyAgain(form) {
  const key = crypto.getRandomValues(new Uint8Array(16));
  form.elements.once.value = [...key].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  release(form);
}

export function release(form) {
  sent.delete(form);
  form.removeAttribute("aria-busy");
  document.body.classList.remove("working");
}

// What goes to the station itself is kept by the tablet's worker until it can be sent.
function isKept(form) {
  const place = navigator.serviceWorker?.controller && document.querySelector("[data-worker]");
  return Boolean(place) && new URL(form.action).pathname.startsWith(place.dataset.worker.replace(/worker\.js$/, ""));
}

document.addEventListener("htmx:afterRequest", (event) => release(event.target.closest?.("form") ?? event.target));
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(release);
});

function sayOffline() {
  import("./feedback.js").then(({ feedback }) => feedback("no"));
  document.getElementById("not-sent")?.showModal();
}

// A file that the server would refuse is named before it is sent, at its field.
function isTooLarge(form) {
  const most = document.querySelector("meta[name=largest-upload]");
  const chosen = [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
  const size = chosen.flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);
  if (!chosen.length || size < Number(most.content)) return false;
  const sentence = Object.assign(document.createElement("span"), { className: "error", textContent: most.dataset.words });
  sentence.setAttribute("role", "alert");
  const place = chosen[0].closest(".field") ?? chosen[0].parentElement;
  place.querySelector(".error")?.remove();
  place.append(sentence);
  chosen[0].addEventListener("change", () => sentence.remove(), { once: true });
  return true;
}

// What was typed outlives a lost reply, a reload, another language and a sign-in that ended meanwhile; it is forgotten
// when the server answers with another page, after half an hour, and as soon as somebody else signs in.
const person = document.querySelector("meta[name=person]")?.content ?? "";
const LAST = "last-typed", HALF_AN_HOUR = 30 * 60 * 1000;
const place = (form) => `typed:${location.pathname}:${form.id}:${form.getAttribute("action") ?? ""}`;
const stored = (key) => JSON.parse(sessionStorage.getItem(key) ?? "{}");

function keep(form, again = false) {
  if (!("keep" in form.dataset)) return;
  const typed = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token" && !isSecret(form, name));
  sessionStorage.setItem(place(form), JSON.stringify({ again, typed, person, at: Date.now() }));
  sessionStorage.setItem(LAST, place(form));
}

const isSecret = (form, name) => form.elements.namedItem(name)?.type === "password";

function bringBack(form) {
  const { again, typed, person: by, at } = stored(place(form));
  sessionStorage.removeItem(place(form));
  const lost = performance.getEntriesByType("navigation")[0]?.type;
  if (!typed || by !== person || Date.now() - at > HALF_AN_HOUR) return;
  if (!again && lost !== "reload" && lost !== "back_forward") return;
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false; // those ticked are among what was typed
  for (const [name, value] of typed) putBack(form.elements.namedItem(name), value);
}

function putBack(field, value) {
  if (!field || field.type === "file") return;
  const isChoice = (one) => one.type === "checkbox" || one.type === "radio";
  if (field instanceof RadioNodeList) [...field].filter(isChoice).forEach((one) => putBack(one, value));
  else if (isChoice(field)) field.checked ||= field.value === value;
  else field.value = value; // the one-time key too: if the first sending did arrive, it is not recorded again
}

// Signed out in the middle of a form: its page brings it back after the same person has signed in again.
function keepForNextSignIn(sentence) {
  const key = sessionStorage.getItem(LAST), last = stored(key);
  if (!last.typed || !last.person) return;
  sessionStorage.setItem(key, JSON.stringify({ ...last, again: true }));
  sentence.hidden = false;
}

function forgetOthers() {
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith("typed:"));
  for (const key of keys) if (stored(key).person !== person) sessionStorage.removeItem(key);
}

// Who types on a page that is not sent yet uses the desk: it is not locked meanwhile.
const { here } = document.querySelector("meta[name=person]")?.dataset ?? {}, TOLD_MS = 5 * 60 * 1000;
let told = Date.now();
if (here) document.addEventListener("input", () => {
  if (Date.now() - told < TOLD_MS) return;
  told = Date.now();
  fetch(here, { headers: { Accept: "text/html" } }).catch(() => {}); // without a connection the next page asks
}, { capture: true, passive: true });

if (person) forgetOthers();
document.querySelectorAll("[data-signed-out]").forEach(keepForNextSignIn);
document.querySelectorAll("form[data-keep]").forEach(bringBack);

// After a refusal the eye and the keyboard are at the first wrong field.
document.querySelector("[aria-invalid='true']")?.focus();
