// What every page does: open and close things, theme, clock, connection. Loads the rest only where it is used.
import "./forms.js";
import "./commands.js";
import { listen } from "./scan.js";

const PATIENCE_MS = 2000; // for what hears a scan: a page that waits for longer hears it without
const parsed = new Promise((done) => ["DOMContentLoaded", "load"].forEach((one) => addEventListener(one, done)));
const $$ = (selector, root = document) => root.querySelectorAll(selector);

// What scrolls and holds nothing that the Tab key stops at is a stop itself, so that the arrow keys scroll it.
function reachScrollers() {
  for (const box of $$(".table-scroll, .station > main")) {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (scrolls && !box.querySelector("a[href], button, input:not([type=hidden]), select, textarea")) box.tabIndex = 0;
  }
}

// A page on which nobody does anything comes afresh by itself, so that it never grows too old to be used.
function comeAfresh() {
  const asked = document.querySelector("[data-afresh]");
  if (asked) setTimeout(() => location.reload(), asked.dataset.afresh * 1000);
}

// Gives a promise that all of it is there.
function openLater(root) {
  for (const dialog of $$("dialog[data-open-now]", root)) if (!dialog.open) dialog.showModal();
  const needed = NEEDED.filter(([where]) => root.querySelector(where)).map(([, file]) => file);
  if (root.dataset?.feedback) needed.push("./feedback.js");
  return Promise.allSettled(needed.map((file) => import(file)));
}
const NEEDED = [
  ["[data-feedback]", "./feedback.js"], ["[data-pad]", "./pad.js"], ["[data-summary]", "./ways.js"], ["[data-lock]", "./lock.js"], ["[data-paper]", "./zoom.js"],
  ["a[data-row], [data-pick-all]", "./rows.js"], ["[data-photo]", "./photo.js"], ["[data-mark]", "./mark.js"], ["[data-measure]", "./measure.js"],
  ["[data-more-word]", "./calm.js"], ["[data-teach]", "./teach.js"],
];

// A question that was answered with no: scanning the code of the deed once more must ask again, not answer yes.
function dismiss(box) {
  box.remove();
  for (const field of $$("form[data-scan] [name=asked], form[data-scan] [name=entry]")) field.remove();
}

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  for (const menu of $$("details.menu[open], details.more[open]")) if (!menu.contains(event.target)) menu.open = false;
  const opener = on("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (on("[data-close]")) on("dialog")?.close();
  if (on("[data-dismiss]")) dismiss(on(".flash, .refusal"));
  if (on("[data-print]")) window.print();
  if (on("[data-back]") && history.length > 1) { // one step back brings what was typed; its address alone does not
    event.preventDefault();
    history.back();
  }
  if (on("[data-send-scan]")) on("dialog").querySelector("form[data-scan]").requestSubmit();
  const camera = on("[data-camera]");
  if (camera) import("./camera.js").then(({ open }) => open(JSON.parse(camera.dataset.camera || document.querySelector("[data-camera^='{']").dataset.camera)));
  const theme = on("[data-theme-value]");
  if (theme) chooseTheme(theme.dataset.themeValue);
  if (event.target.nodeName === "DIALOG") event.target.close(); // a touch beside it
});

// A menu whose button stands at the left would begin beyond the edge of the screen.
const EDGE = 8;
document.addEventListener("toggle", (event) => {
  const panel = event.target.matches?.("details.menu[open]") && event.target.querySelector(".panel");
  if (!panel) return;
  panel.style.translate = "";
  panel.style.translate = `${Math.max(0, EDGE - panel.getBoundingClientRect().left)}px 0`;
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open], details.more[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// The server reads the cookie, so that the next page comes in the right theme without a flash.
function chooseTheme(name) {
  const root = document.documentElement;
  document.cookie = `theme=${name}; path=/; max-age=${name ? 31536000 : 0}; samesite=lax`;
  if (name) root.dataset.theme = name;
  else delete root.dataset.theme;
  for (const button of $$("[data-theme-value]")) button.setAttribute("aria-pressed", String(button.dataset.themeValue === name));
}

// Plant time, 24 h, whatever the tablet's own zone. A page comes with the time in it: what knows the zones takes a tablet
// long to make, so that is left until the next minute, unless the page is older than it looks.
const MINUTE_MS = 60000, minuteOf = (at) => Math.floor(at / MINUTE_MS), clocks = new Map();
function clockIn(zone) {
  if (!clocks.has(zone)) clocks.set(zone, new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }));
  return clocks.get(zone);
}
function tick() {
  for (const clock of $$("[data-clock]")) {
    const now = new Date();
    clock.textContent = clockIn(clock.dataset.clock).format(now);
    clock.dateTime = now.toISOString();
  }
}

// Minutes that a stop or a call lasts go on counting while the page is open.
const opened = performance.now();
function countMinutes() {
  for (const box of $$("[data-minutes]")) box.textContent = Math.floor(Number(box.dataset.minutes) + (performance.now() - opened) / 60000);
}

// At a station over https a worker keeps what is entered until the server has answered.
let outbox = null;
const station = document.querySelector("[data-worker]");
if (station && navigator.serviceWorker) import("./outbox.js").then((module) => { outbox = module; });
else for (const box of $$("[data-outbox] [data-without-outbox], [data-outbox] [data-with-outbox]")) box.hidden = "withOutbox" in box.dataset;

// A list that renews itself: the same page is asked for, and only its part exchanged.
function renewLater() {
  const part = document.querySelector("[data-renew]");
  if (part) setInterval(() => document.hidden || renew(part.id, part.dataset.from), part.dataset.renew * 1000);
}
async function renew(id, from) {
  try {
    const answer = await fetch(from);
    const fresh = answer.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
    if (!fresh) return;
    document.getElementById(id).replaceWith(fresh);
    document.dispatchEvent(new CustomEvent("renewed", { detail: fresh }));
  } catch { /* the next time */ }
}

// Only after the page is there, so that its first load stays small.
if (document.getElementById("pulse")) setTimeout(() => import("./pulse.js"), 15000);

// The true state: what a real request says, not what the network card says.
const SLOW_MS = 1500, LOST_MS = 5000, EVERY_MS = 10000;
async function checkConnection() {
  const shown = document.querySelector("[data-check]");
  if (!shown || document.hidden) return;
  if (outbox) { // the worker knows more: it has sent what waits, too
    outbox.ask();
    return;
  }
  let state = "offline";
  const began = performance.now();
  try {
    const answer = await fetch(shown.dataset.check, { cache: "no-store", signal: AbortSignal.timeout(LOST_MS) });
    if (answer.ok) state = performance.now() - began > SLOW_MS ? "slow" : "online";
  } catch { /* no answer in time: offline */ }
  showConnection(state);
}

export function showConnection(state) {
  if (document.documentElement.dataset.connection === state) return;
  document.documentElement.dataset.connection = state;
  for (const box of $$("[data-check]")) box.className = `connection is-${{ online: "running", slow: "held", offline: "stopped" }[state]}`;
  for (const word of $$("[data-check] [data-when], [data-outbox] [data-when]")) word.hidden = word.dataset.when !== state;
}

addEventListener("load", () => {
  if ([...$$("[data-clock]")].some(({ dateTime }) => minuteOf(Date.parse(dateTime)) !== minuteOf(Date.now()))) tick();
  setTimeout(() => { tick(); setInterval(tick, 1000); }, MINUTE_MS - (Date.now() % MINUTE_MS));
});
setInterval(checkConnection, EVERY_MS);
setInterval(countMinutes, 10000);
addEventListener("offline", () => outbox ? outbox.ask() : showConnection("offline"));
addEventListener("online", checkConnection);
document.addEventListener("visibilitychange", checkConnection);
document.addEventListener("htmx:afterSwap", (event) => openLater(event.target));
document.addEventListener("htmx:sendError", checkConnection);
addEventListener("resize", reachScrollers);
document.addEventListener("htmx:afterSwap", reachScrollers);
Promise.race([Promise.all([openLater(document), parsed]), new Promise((done) => setTimeout(done, PATIENCE_MS))]).then(listen);
reachScrollers();
comeAfresh();
renewLater();
