// What is sent from a page: put down first, then sent. Without an answer it waits here, and one goes on with the work.
import { meaningOf } from "./codes.js";
import { out, PATIENCE_MS, reach, ROOT, stand, tell, tellState, tooLarge, touched } from "./contact.js";
import { decide, fill } from "./gate.js";
import { comeByPin, leave, lock, lockedJob, seal } from "./people.js";
import { copyIsKept } from "./pages.js";
import { drop, dropUnsent, keep, note, noteIfRoom, recall } from "./store.js";
import { makeEntry, sendNow, sendUnkept } from "./sending.js";

// Signing in and out and pairing are no entries: they are done at once or not at all.
export const DIRECT = new RegExp(`^${ROOT}/(people/.+|leader|pair/.+|sign-out|resume|entries/.+)$`);
// Of these the server said yes to: another person stands at the tablet now, or nobody. The next page says who.
const HANDS = new RegExp(`^${ROOT}/(people/.+|leader|pair/.+|sign-out)$`);
const go = (address) => Response.redirect(new URL(address, location.origin).href, 303);
const stay = () => new Response(null, { status: 204 }); // the page remains as it is, with everything typed into it

export async function post(event) {
  const { request } = event, url = new URL(request.url), form = await request.formData();
  await touched();
  let entry = await makeEntry(url.pathname + url.search, form);
  try {
    entry = await keep(entry);
  } catch {
    return unkept(entry);
  }
  const answer = await sendNow(entry);
  if (answer) return answered(entry, answer);
  event.waitUntil(tellState());
  return waits(entry);
}

async function answered(entry, answer) {
  if (tooLarge(answer)) return refuse(entry, { code: "PhotosTooLarge", values: {} });
  const to = answer.headers.get("X-Entry-Go");
  if (to && (await mayBeBadge(entry))) await stand(null);
  return to ? go(to) : answer;
}

// A scan that went through and is no code that the tablet knows may be the badge of somebody new.
async function mayBeBadge({ address, fields }) {
  if (address.split("?")[0] !== `${ROOT}/scan`) return false;
  const known = await recall("snapshot"), text = String(fields.find(([name]) => name === "text")?.[1] ?? "");
  const found = known && (await meaningOf(text, known));
  return !found || found.kind === "badge";
}

async function unkept(entry) {
  const answer = await sendUnkept(entry);
  if (answer) return answered(entry, answer);
  return refuse(entry, { code: "TabletFull", values: {} });
}

// Without the server the tablet judges by what it kept. What was sent already may be recorded: only the server takes
// that back.
async function waits(entry) {
  const found = await decide(entry);
  if (found.refusal && (await dropUnsent(entry.seq))) {
    await tellState();
    return refuse(entry, found.refusal);
  }
  if (found.only) await drop(entry.seq); // it only led somewhere
  else if (!found.refusal) await note(entry.seq, { told: found.told ?? entry.told, took: found.took, counts: found.counts, job: found.job ?? entry.job }).catch(() => {}); // it is kept all the same
  await tellState();
  const words = await recall("words");
  if (!found.only) await noteIfRoom("notice", { kind: "kept", sentence: found.said ?? words?.said.kept ?? "", hint: found.said ? words?.said.kept ?? "" : "" });
  return go(found.go ?? (entry.job ? `${ROOT}/jobs/${entry.job}` : `${ROOT}/queue`));
}

async function refuse(entry, { code, values }) {
  const words = await recall("words"), told = words?.refusals[code] ?? { message: code, hint: "" };
  tell({ kind: "refused", key: entry.form ?? entry.key, code, message: fill(told.message, values), hint: fill(told.hint, values), asks: told.asks, yes: fill(told.yes ?? "", values), no: fill(told.no ?? "", values) });
  return stay();
}

export async function direct(event) {
  const { request } = event, { pathname } = new URL(request.url), copy = request.clone();
  const form = await copy.formData();
  await touched();
  const leaves = pathname.endsWith("/sign-out");
  const answer = out() ? null : await reach(request, {}, leaves ? PATIENCE_MS : 15000); // a PIN takes the server a moment
  const tile = /\/people\/([^/]+)$/.exec(pathname)?.[1];
  if (answer) {
    if (HANDS.test(pathname) && (answer.type === "opaqueredirect" || (answer.ok && leaves))) {
      await noteIfRoom("owed", undefined); // the server knows who is there
      await stand(null);
    }
    if (tile && answer.type === "opaqueredirect") seal(decodeURIComponent(tile), String(form.get("pin")));
    return answer;
  }
  const entry = { key: String(form.get("once") ?? "") };
  if (leaves) return go(form.has("lock") ? await locked(String(form.get("job") ?? "")) : (await leave(), ROOT));
  if (!tile) return refuse(entry, { code: "NeedsConnection", values: {} });
  const refused = await comeByPin(decodeURIComponent(tile), String(form.get("pin")));
  if (refused) return refuse(entry, refused);
  const job = await lockedJob();
  return go(job ? `${ROOT}/jobs/${job}` : `${ROOT}/queue`);
}

// Where a tablet waits that has locked itself without the server.
async function locked(job) {
  const code = await lock(job), place = code && `${ROOT}/people/${encodeURIComponent(code)}`;
  return place && (await copyIsKept(place)) ? place : ROOT;
}
