// The page's side of the tablet's outbox: the worker keeps and sends what is entered; here its state is shown, what
// waits stands on the page, and what the tablet itself refuses is said.
import { isChecked } from "./commands.js";
import { release } from "./forms.js";
import { showConnection } from "./page.js";

const place = document.querySelector("[data-worker]"), words = JSON.parse(place.dataset.words);
const told = JSON.parse(document.getElementById("outbox-told")?.textContent ?? "null") ?? { waits: [] };
const channel = new BroadcastChannel("mes-station");
const say = (word, n) => words[word].replace("{n}", n);
const icon = (name) => document.getElementById("outbox-icons").content.querySelector(`[data-icon=${name}] svg`)?.cloneNode(true) ?? "";
const make = (tag, options = {}, ...inside) => {
  const node = Object.assign(document.createElement(tag), options);
  node.append(...inside.filter((one) => one !== null && one !== undefined));
  return node;
};
const zone = document.querySelector("[data-clock]")?.dataset.clock;
const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
const NEWEST = 2; // the job stays in view; all that waits stands in the dialog
let last = { waiting: 0, person: 0 };

// Asks the worker, which asks the server; the answer is shown.
export async function ask() {
  const said = await send({ ask: "state", probe: true });
  if (said) show(said);
}

function send(message) {
  const worker = navigator.serviceWorker.controller;
  if (!worker) return Promise.resolve(null);
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    worker.postMessage(message, [port2]);
  });
}

function show(said) {
  last = said;
  showConnection(said.online ? (said.slow ? "slow" : "online") : "offline");
  const count = place.querySelector("[data-outbox-count]");
  count.textContent = [said.sending ? say("sending", said.sending) : said.waiting ? say("waiting", said.waiting) : "", said.person ? say("person", said.person) : ""].filter(Boolean).join(" · ");
  place.classList.toggle("is-person", Boolean(said.person));
  document.querySelector("[data-person]").hidden = !said.person;
  const skew = document.querySelector("[data-skew]");
  skew.hidden = !said.skew;
  skew.textContent = said.skew ? say("skew", Math.abs(said.skew)) : "";
}

// What waits, with its time; what was not sent yet may be taken back. What the server refused without putting it before
// a person itself (known) only this tablet shows: it is tried again here.
async function list() {
  const all = (await send({ ask: "list" })) ?? [];
  fill("[data-outbox-list]", all.filter(({ state }) => state === "waiting"));
  const stuck = all.filter((one) => one.stuck);
  fill("[data-outbox-refused]", stuck);
  for (const nothing of document.querySelectorAll("[data-outbox-none]")) nothing.hidden = stuck.length > 0;
}

function fill(boxes, some) {
  for (const box of document.querySelectorAll(boxes)) {
    box.hidden = !some.length;
    box.querySelector("ul").replaceChildren(...some.map(line));
  }
}

function line(one) {
  const word = one.told.word ?? "", photos = one.told.photos ? say("photos", one.told.photos) : "";
  const text = [word, one.told.text, photos, one.name].filter(Boolean).join(" · ");
  const what = make("span", {}, make("time", { textContent: `${clock(one.made)} ` }), text);
  if (one.refusal) what.append(make("br"), one.refusal.message || words.refused);
  const back = one.refusal || !one.sent ? make("button", { className: "button", type: "button", textContent: one.refusal ? words.again : words.withdraw }) : make("small", { className: "soft", textContent: words.sent });
  if (one.refusal) back.dataset.entryAgain = one.key;
  else if (!one.sent) back.dataset.withdraw = one.key;
  const waits = one.state === "waiting";
  return make("li", { className: waits ? "is-waiting" : "is-person" }, icon(waits ? "clock" : "octagon-x"), what, one.key === stopped()?.key ? runsAgain(one) : null, back);
}

// A stop that only this tablet knows of yet: it may run again before the server has heard of it.
function stopped() {
  const last = told.waits.filter((one) => one.state === "waiting" && ["stop", "end"].includes(one.told.deed)).at(-1);
  return told.runs && last?.told.deed === "stop" ? last : null;
}

function runsAgain({ job }) {
  const button = make("button", { className: "button", type: "button", textContent: told.runs });
  button.addEventListener("click", () => {
    const form = document.querySelector("form[data-scan]"), command = "C-RESUME";
    form.elements.text.value = command + [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((one) => isChecked(command + one));
    if (job && !form.elements.job) form.append(make("input", { type: "hidden", name: "job", value: job }));
    form.requestSubmit();
  });
  return button;
}

// On a job's page its own entries stand at the top, and its figures say what is still to come.
function overlay() {
  const main = document.getElementById("main"), code = /\/jobs\/([^/?]+)/.exec(location.pathname)?.[1];
  if (told.keptAt) main.prepend(make("p", { className: "hint-line" }, icon("wifi-off"), make("span", { textContent: say("asOf", clock(told.keptAt)) })));
  if (told.notice) notice(told.notice);
  if (told.person) for (const box of document.querySelectorAll(".who, #me-title")) box.lastChild.textContent = told.person;
  if (told.nobody) document.querySelector("header .who")?.remove(); // the copy was made for who stood here then
  if (told.lock !== undefined) lockAfter(told.lock);
  const all = told.waits.filter((one) => one.state === "waiting"), mine = all.filter((one) => (code ? one.job === code : !one.job));
  if (mine.length && !document.querySelector("form[data-keep]")) {
    const box = make("section", { className: "lines waits" }, make("ul", {}, ...mine.slice(-NEWEST).map(line)));
    if (mine.length > NEWEST) box.append(opener(mine.length));
    (main.querySelector(".flashes") ?? main.firstElementChild).after(box);
  }
  if (code) count(mine);
  else for (const place of new Set(all.map(placeOf))) mark(place, all.filter((one) => placeOf(one) === place));
  for (const form of main.querySelectorAll("form[action]")) if (ONCE.test(form.action) && all.some(({ address }) => form.action === new URL(address, location).href)) form.replaceWith(waitsWord());
  for (const [name, value] of Object.entries(told.fill ?? {})) putIn(name, value);
}

const ONCE = /\/\d+\/(read|end|solve|seen|withdraw)$/; // what is done once: its key would only be touched again
const placeOf = ({ job, address }) => (job ? `/jobs/${job}` : address.split("?")[0]);
const waitsWord = (text = "") => make("span", { className: "status is-waiting" }, icon("clock"), text ? `${text} (${words.ofAnother})` : words.ofAnother);

// A page that was kept for another person locks as the role of this one asks.
function lockAfter(minutes) {
  const form = document.querySelector("[data-lock]");
  if (form) form.dataset.lock = minutes;
  else if (minutes) {
    const made = make("form", { hidden: true, method: "post", action: place.dataset.worker.replace(/worker\.js$/, "sign-out") }, ...[["once", crypto.randomUUID()], ["lock", "1"]].map(([name, value]) => make("input", { type: "hidden", name, value })));
    made.dataset.lock = minutes;
    document.body.append(made);
    import("./lock.js");
  }
}

function opener(many) {
  const button = make("button", { className: "button quiet", type: "button" }, icon("clock"), say("waiting", many));
  button.dataset.open = "outbox";
  return button;
}

const millionths = (some, which) => some.reduce((sum, one) => sum + BigInt(one.counts?.[which] ?? 0), 0n);
function count(mine) {
  const good = Number(millionths(mine, "good")) / 1e6;
  if (!good) return;
  document.querySelector(".count-line .done")?.append(make("small", { className: "waits", textContent: ` +${good.toLocaleString("en")}` }));
  const field = document.querySelector("[data-count=add] input[name=good]"), box = field?.closest("[data-count]");
  if (!box) return;
  box.dataset.soFar = String(Number(box.dataset.soFar) + good);
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function mark(where, some) {
  const row = document.querySelector(`.queue a[href$="${CSS.escape(where)}"] .row, .lines a.row[href$="${CSS.escape(where)}"]`);
  row?.prepend(waitsWord(some.map((one) => one.told.text || one.told.word || "").filter(Boolean).slice(-2).join(" · ")));
}

function putIn(name, value) {
  const field = document.querySelector("form[data-keep]")?.elements.namedItem(name);
  if (!field) return;
  if (field instanceof RadioNodeList || field.type === "radio") for (const one of field instanceof RadioNodeList ? field : [field]) one.checked = one.value === value;
  else field.value = value;
}

const feedback = (answer) => import("./feedback.js").then((one) => one.feedback(answer));
function notice({ kind, sentence, hint }) {
  const no = kind === "no";
  const more = hint ? make(no ? "span" : "small", { textContent: hint }) : null;
  const box = no ? make("div", { className: "refusal" }, icon("octagon-x"), make("strong", { textContent: sentence }), more)
    : make("div", { className: "flash is-done" }, icon("clock"), make("span", {}, make("b", { textContent: sentence }), " ", more));
  box.setAttribute("role", no ? "alert" : "status");
  box.dataset.feedback = no ? "no" : "yes";
  document.getElementById("flashes")?.replaceChildren(box);
  feedback(no ? "no" : "yes");
}

// The tablet says no, or asks: the page stays, with everything that was typed.
function refused(said) {
  const form = [...document.forms].find((one) => one.elements.once?.value === said.key);
  if (!form) return;
  release(form);
  document.querySelectorAll("dialog[open]").forEach((one) => one.close());
  const box = make("div", { className: said.asks ? "refusal is-held" : "refusal" }, icon(said.asks ? "circle-help" : "octagon-x"), make("strong", { textContent: said.message }), said.hint ? make("span", { textContent: said.hint }) : null);
  box.setAttribute("role", "alert");
  if (said.asks) box.append(answers(form, said));
  const flashes = document.getElementById("flashes");
  flashes?.replaceChildren(box);
  flashes?.scrollIntoView({ block: "nearest" });
  dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })); // scans are heard again
  feedback(said.asks ? "ask" : "no");
}

function answers(form, said) {
  const yes = make("button", { className: "button", type: "button", textContent: said.yes || words.yes }), no = make("button", { className: "button", type: "button", textContent: said.no || words.no });
  yes.dataset.command = "yes";
  no.dataset.command = "no";
  no.addEventListener("click", () => no.closest(".refusal").remove());
  yes.addEventListener("click", () => {
    form.append(make("input", { type: "hidden", name: "confirmed", value: "1" }));
    form.requestSubmit();
  });
  return make("div", { className: "row" }, yes, no);
}

// Signing out with entries that wait: they stay here and go in the name of who made them.
document.addEventListener("click", (event) => {
  const form = event.target.closest("form[action$='/sign-out']");
  if (!form || !last.waiting || form.dataset.sure) return;
  event.preventDefault();
  const dialog = make("dialog", {}, make("header", {}, make("h2", { textContent: words.waiting.replace("{n}", last.waiting) })), make("p", { textContent: say("leaving", last.waiting) }));
  const out = make("button", { className: "key primary", type: "button" }, icon("check"), make("span", { textContent: form.querySelector("button").textContent }));
  out.addEventListener("click", () => { form.dataset.sure = "1"; dialog.close(); form.requestSubmit(); });
  dialog.append(out);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (touched) => touched.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}, true);

document.addEventListener("click", async (event) => {
  const on = (selector) => event.target.closest(selector);
  if (on("[data-open=outbox]")) list().then(ask);
  const back = on("[data-withdraw]"), again = on("[data-entry-again]");
  if (back && (await send({ ask: "withdraw", key: back.dataset.withdraw }))) location.reload();
  if (again) {
    again.disabled = true;
    await send({ ask: "again", key: again.dataset.entryAgain, yes: "entryYes" in again.dataset });
    location.reload();
  }
});

const typing = () => Boolean(document.querySelector("form[data-keep], dialog[open]"));
channel.addEventListener("message", ({ data }) => {
  if (data.kind === "state") show(data);
  if (data.kind === "refused") refused(data);
  if (data.kind === "sent" && (told.keptAt || told.waits.length) && !typing()) location.reload(); // the server knows it all now
});

navigator.serviceWorker.addEventListener("controllerchange", ask);
overlay();
list();
navigator.serviceWorker.register(place.dataset.worker, { scope: place.dataset.worker.replace(/\/worker\.js$/, ""), type: "module", updateViaCache: "none" }).then(ask, () => {
  for (const box of document.querySelectorAll("[data-outbox] [data-without-outbox], [data-outbox] [data-with-outbox]")) box.hidden = "withOutbox" in box.dataset;
});
