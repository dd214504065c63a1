// The scan gate of the server, as far as the tablet can judge by what it kept. The server judges again later.
import { person, ROOT, serverTime } from "./contact.js";
import { isOfTraining, meaningOf, nameOf, oldCode } from "./codes.js";
import { exact, isPlain, least, shown } from "../exact.js";
import { comeByBadge, lockedJob } from "./people.js";
import { recall, waiting } from "./store.js";

export const fill = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "-").replaceAll("%%", "%");
const field = (entry, name) => entry.fields.find(([one]) => one === name)?.[1] ?? "";
const jobPage = (job) => `${ROOT}/jobs/${job}`;
export const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
// Digits that stood on the report sheet when something was scanned from it: one comes back to them.
const isSheet = (entry) => entry.fields.some(([name]) => name === "sheet");
const typedOn = (entry) => new URLSearchParams(entry.fields.filter(([name, value]) => name.startsWith("typed-") && value).map(([name, value]) => [name.slice(6), value]));
const backTo = (entry, job) => (isSheet(entry) ? `${jobPage(job)}/report?${typedOn(entry)}` : jobPage(job));
const refused = (code, values = {}) => ({ refusal: { code, values } });

// What becomes of an entry that cannot be sent now: where one goes on and what is said, or why it is refused.
// only: it was no entry, it only opened something.
export async function decide(entry) {
  const known = await recall("snapshot"), words = await recall("words");
  if (!known || !words) return {};
  if (!entry.person && !entry.address.startsWith(`${ROOT}/scan`)) return refused("SignInHere"); // a page from before it was locked
  const before = (await waiting()).filter((one) => one.seq !== entry.seq);
  const path = entry.address.split("?")[0].slice(ROOT.length), at = { entry, known, words, before };
  if (path === "/scan") return scanned(at);
  const take = /^\/jobs\/([^/]+)\/take\/([^/]+)$/.exec(path);
  if (take) return taken(at, take[1], known.lots.find((one) => [one.code, ...(one.old ?? [])].includes(decoded(take[2]))), take[2], field(entry, "quantity"));
  const act = /^\/jobs\/([^/]+)\/(\w+)$/.exec(path);
  if (act) return ofJob(at, act[1], act[2]);
  if (path.endsWith("/undo")) return plain(at, "undo", path.split("/")[2]);
  if (path === "/stop") return plain(at, "stop", field(entry, "job"), known.stops[field(entry, "reason")]);
  if (path === "/call") return plain(at, "call", field(entry, "job"), known.calls[field(entry, "kind")]);
  if (path === "/shift-end") return refused("ShiftEndLater");
  if (path === "/hand-over") return { ...plain(at, "note", "", field(entry, "text").slice(0, 60)), go: `${ROOT}/shift` };
  if (/^\/notes\/\d+\/read$/.test(path)) return { ...plain(at, "read", ""), go: `${ROOT}/shift` };
  const sheet = /^\/checks\/(.+)$/.exec(path);
  if (sheet) return checked(at, known.checks[decoded(sheet[1])]);
  if (/^\/stops\/.*end$/.test(path)) return plain(at, "end", field(entry, "job"));
  if (/^\/calls\/.*solve$/.test(path)) return plain(at, "solve", field(entry, "job"));
  const reading = /^(\/inspections\/[^/]+)\//.exec(path);
  if (reading) return { ...plain(at, "reading", ""), told: { deed: "reading", text: field(entry, "value") }, go: ROOT + reading[1] };
  return plain(at, "entry", entry.job);
}

function plain({ words, entry }, deed, job, text = "") {
  const photos = entry.fields.filter(([, value]) => typeof value !== "string" && value.size).length;
  return { told: { deed, text, photos, word: words.words[deed] ?? words.words.entry }, job, go: job ? jobPage(job) : `${ROOT}/queue` };
}

// Every line of a check sheet has its answer; where a photo is asked for, the photo too.
function checked(at, sheet) {
  const sent = (name) => { const value = field(at.entry, name); return typeof value === "string" ? value.trim() : value.size; };
  const open = sheet?.lines.find(([id, kind]) => (kind === "value" ? !sent(`value-${id}`) : !sent(`ok-${id}`) || (kind === "photo" && !sent(`photo-${id}`))));
  if (open) return refused("Unanswered", { name: open[2] });
  return { ...plain(at, "check", "", sheet?.name), go: `${ROOT}/checks` };
}

function ofJob(at, code, deed) {
  const job = at.known.jobs.find((one) => one.code === code);
  if (deed === "report" || deed === "defect") return reported(at, job, code, deed);
  const found = plain(at, deed, code);
  return deed === "finish" ? { ...found, go: `${ROOT}/queue` } : found;
}

const COUNTS = ["good", "quantity", "gross", "tare", "now", "before"];
function reported(at, job, code, deed) {
  const { entry, words } = at, unit = job?.unit ?? "", counts = entry.fields.filter(([name]) => COUNTS.includes(name) || name.startsWith("defect-"));
  if (counts.some(([, value]) => !isPlain(value))) return plain(at, deed, code); // what it means only a person knows
  const good = exact(field(entry, "good"));
  const bad = deed === "defect" ? exact(field(entry, "quantity")) : entry.fields.filter(([name]) => name.startsWith("defect-")).reduce((sum, [, value]) => sum + exact(value), 0n);
  if (good <= 0n && bad <= 0n && deed === "report") return refused("NothingToReport");
  if (job && stateOf(at, job) === "waiting") return refused("JobNotStarted", { job: job.name });
  const most = job ? (exact(job.plan) * BigInt(Math.round(1000 * (100 + Number(at.known.over_production))))) / 100000n : 0n;
  const total = job ? exact(job.good) + sum(at.before, code, "good") + good : 0n;
  if (job && good > 0n && total > most && field(entry, "confirmed") !== "1") return refused("OverPlan", { planned: shown(exact(job.plan)), total: shown(total), unit });
  const parts = [good > 0n && `${words.words.good} ${shown(good)}`, bad > 0n && `${words.words.defect} ${shown(bad)}`].filter(Boolean);
  const photos = entry.fields.filter(([, value]) => typeof value !== "string" && value.size).length;
  return { told: { deed, text: parts.join(" · "), photos }, counts: { good: String(good), bad: String(bad) }, job: code, said: `${parts.join(" · ")} ${unit}`, go: jobPage(code) };
}

const sum = (before, code, which) => before.filter((one) => one.job === code && one.counts).reduce((all, one) => all + BigInt(one.counts[which]), 0n);

// The state in which a job is when everything that waits is done.
const STATES = { start: "running", pause: "paused", finish: "done" };
export function stateOf({ before }, job) {
  const last = before.filter((one) => one.job === job.code && STATES[one.told.deed]).at(-1);
  return last ? STATES[last.told.deed] : job.state;
}

async function scanned(at) {
  const { entry, known, words } = at, job = field(entry, "job");
  const text = field(entry, "meant").split(":").slice(1).join(":") || field(entry, "text"); // what was chosen among several
  if (isOfTraining(text)) return refused("FromTraining");
  const who = await person(), found = await meaningOf(text, known, Boolean(job)), code = nameOf(text).slice(0, 60);
  if (!found || found.kind === "item") return refused(who ? "NotKnownHere" : "UnknownBadge", { code });
  if (found.kind === "several") return refused(who ? "SeveralLots" : "UnknownBadge", { code: found.code });
  const crew = job && entry.fields.some(([name]) => name === "crew");
  if (found.kind === "badge" && who && crew) return { ...plain(at, "crew", job, found.thing.name), go: `${jobPage(job)}/crew` }; // joins, or leaves
  if (found.kind === "badge") {
    await comeByBadge(found.thing, found.code);
    const open = job || (await lockedJob());
    return { only: true, go: open ? jobPage(open) : `${ROOT}/queue` };
  }
  if (!who) return refused("UnknownBadge", { code });
  if (found.kind === "job") return { only: true, go: jobPage(found.thing.code) };
  if (found.kind === "command") return commanded(at, found.code, job);
  const meant = job || onlyRunning(at);
  if (!meant) return refused("WhichJob", { code: found.code });
  if (found.kind === "defect") return { only: true, go: `${jobPage(meant)}/defect?type=${encodeURIComponent(found.code)}` };
  if (found.kind === "machine") return { ...plain(at, "start", meant, found.thing.name), told: { deed: "start", text: found.thing.name } };
  const done = taken(at, meant, found.thing, found.code, ""), old = done.said ? oldCode(text, found.thing) : "";
  return old ? { ...done, said: `${done.said} ${fill(words.said.anew, { old, new: found.thing.code })}` } : done;
}

function onlyRunning(at) {
  const running = at.known.jobs.filter((job) => stateOf(at, job) === "running");
  return running.length === 1 ? running[0].code : "";
}

const OPENS = { report: "report", defect: "defect" }, DOES = { start: "start", pause: "pause", finish: "finish", resume: "end" };
function commanded(at, command, job) {
  const meant = job || onlyRunning(at), with_ = meant ? `?job=${encodeURIComponent(meant)}` : "";
  if (command === "back") return { only: true, go: `${ROOT}/queue` };
  if (command === "stop" || command === "call") return { only: true, go: `${ROOT}/${command}${with_}` };
  if (command === "resume") return plain(at, "end", meant);
  if (!meant) return refused("WhichJob", { code: command });
  if (OPENS[command]) return { only: true, go: `${jobPage(meant)}/${OPENS[command]}` };
  if (DOES[command]) return ofJob(at, meant, DOES[command]);
  const pieces = { "good-1": "1", "good-10": "10" }[command], digits = typedOn(at.entry), before = digits.get("good") ?? "";
  if (pieces && isSheet(at.entry)) {
    digits.set("good", String((/^\d{1,12}$/.test(before) ? Number(before) : 0) + Number(pieces)));
    return { only: true, go: `${jobPage(meant)}/report?${digits}` };
  }
  if (pieces) return reported({ ...at, entry: { ...at.entry, fields: [["good", pieces]] } }, at.known.jobs.find((one) => one.code === meant), meant, "report");
  const digit = /^digit-(\d)$/.exec(command);
  if (!digit) return refused("NeedsConnection");
  digits.set("good", `${before}${digit[1]}`.slice(0, 12));
  return { only: true, go: `${jobPage(meant)}/report?${digits}` };
}

// Is any left, is it the right material, is it held, rejected, waiting for inspection, expired, in the right place,
// and is it the one to use first: the first no is the answer.
function taken(at, code, lot, text, typed) {
  if (typed && !isPlain(typed)) return plain(at, "taken", code);
  const { known, before } = at, job = known.jobs.find((one) => one.code === code);
  if (!lot || !job) return refused("NotKnownHere", { code: decoded(text) });
  const state = stateOf(at, job);
  if (state === "waiting") return refused("JobNotStarted", { job: job.name });
  if (state === "paused") return refused("JobIsPaused", { job: job.name });
  const leftOf = (one) => exact(one.left) - before.filter((other) => other.took?.lot === one.code).reduce((all, other) => all + BigInt(other.took.quantity), 0n);
  const left = leftOf(lot), values = { lot: lot.code, item: lot.name };
  if (left <= 0n) return refused("LotEmpty", values);
  const material = job.materials.find((one) => one.items[0] === lot.item) ?? job.materials.find((one) => one.items.includes(lot.item));
  if (!material) return refused("NotNeededHere", { ...values, wanted: job.materials.map((one) => one.item).join(", ") || "-" });
  const today = new Date(serverTime()).toLocaleDateString("sv-SE", { timeZone: known.zone });
  const no = barred(known, lot, today);
  if (no) return no;
  const first = firstOf(known, lot, leftOf, today);
  if (known.first_out === "refuse" && first) return refused("NotFirstOut", { ...values, first: first.code, why: first.expires || first.made });
  const missing = exact(material.missing) - before.filter((one) => one.job === code && one.took?.material === material.items[0]).reduce((all, one) => all + BigInt(one.took.quantity), 0n);
  if (!typed && missing <= 0n) return refused("EnoughAlready", { item: material.item, needed: shown(exact(material.required)), unit: material.unit });
  const quantity = typed ? exact(typed) : lot.serial ? 1000000n : least(missing, left);
  if (quantity > left) return refused("NotEnough", { ...values, left: shown(left), wanted: shown(quantity), unit: lot.unit });
  const said = fill(at.words.said.taken, { ...values, quantity: shown(quantity), unit: lot.unit });
  return { told: { deed: "taken", text: `${lot.name} ${shown(quantity)} ${lot.unit} · ${lot.code}` }, took: { lot: lot.code, quantity: String(quantity), material: material.items[0] }, job: code, said, go: backTo(at.entry, code) };
}

function barred(known, lot, today) {
  const values = { lot: lot.code };
  if (lot.status === "retained") return refused("LotRetained", values);
  if (lot.held) return refused("LotOnHold", { ...values, reason: lot.held });
  if (lot.status === "rejected") return refused("LotRejected", values);
  if (lot.status === "inspection") return refused("LotNotInspected", values);
  if (lot.expires && lot.expires < today) return refused("LotExpired", { ...values, day: lot.expires });
  if (known.right_place !== "off" && !lot.here) return refused("WrongPlace", { ...values, place: lot.place });
  return null;
}

const orderOf = (lot) => `${lot.expires || "9999-12-31"} ${lot.made}`;
function firstOf(known, lot, leftOf, today) {
  const free = known.lots.filter((one) => one.item === lot.item && one.status === "available" && !one.held && leftOf(one) > 0n && (!one.expires || one.expires >= today));
  const first = free.sort((one, other) => orderOf(one).localeCompare(orderOf(other)) || one.id - other.id)[0];
  return first && orderOf(first) < orderOf(lot) ? first : null;
}
