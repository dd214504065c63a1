// Whether the server is there, as its own answers say; who stands at the tablet; what time it is.
import { entries, noteIfRoom, recall, remember } from "./store.js";

export const PATIENCE_MS = 4000; // an answer that takes longer counts as none: one goes on, and asks again later
const TRIED_MS = 8000; // so long nobody is kept waiting for what was out of reach a moment ago
const TOUCHED_MS = 10000, TOLD_MS = 500, SLOW_MS = 1500, FAR_OFF_MS = 2 * 60 * 1000;
const CLOCK = "X-Station-Clock";
export const ROOT = new URL(self.registration.scope).pathname.replace(/\/$/, "");
const channel = new BroadcastChannel("mes-station");
const now = { reached: null, lostAt: -Infinity, slow: false, sending: 0, skew: 0, owner: undefined, hands: 0, told: null };

export const out = () => now.reached === false && performance.now() - now.lostAt < TRIED_MS;
// A proxy before the server may take less than the server does; no hotel's login page answers so.
export const tooLarge = (answer) => answer.status === 413;
export const isOurs = (answer) => answer.headers.has(CLOCK);
export const tell = (said) => channel.postMessage(said);
export const serverTime = () => Date.now() + now.skew;

export async function state() {
  const all = await entries().catch(() => []);
  const many = (which) => all.filter((one) => one.state === which).length;
  now.told = { kind: "state", online: now.reached !== false, slow: now.slow, waiting: many("waiting"), person: many("refused"), sending: now.sending, skew: Math.abs(now.skew) > FAR_OFF_MS ? Math.round(now.skew / 60000) : 0 };
  return now.told;
}
export const tellState = async () => tell(await state());

function set(reached, slow = false) {
  const changed = now.reached !== reached || now.slow !== slow;
  Object.assign(now, { reached, slow });
  if (!reached) now.lostAt = performance.now(); // by a clock that nobody sets
  if (changed) tellState();
}

// How many are still to be sent; hundreds are not counted anew for each that goes.
let toldAt = -Infinity;
export async function sending(many) {
  now.sending = many;
  if (!many) return tellState();
  if (performance.now() - toldAt < TOLD_MS) return;
  toldAt = performance.now();
  tell({ ...(now.told ?? (await state())), sending: many });
}

// Asks the server. Null: there was no answer of its own in time, whatever the network card says.
export async function reach(asked, options = {}, patience = PATIENCE_MS) {
  const began = performance.now(), { hands } = now;
  try {
    const answer = await fetch(asked, { ...options, signal: AbortSignal.timeout(patience) });
    if (answer.type === "opaqueredirect") return answer; // whose it is shows where it leads
    if (!isOurs(answer) && !tooLarge(answer)) throw new Error("not the server");
    if (!isOurs(answer)) return answer;
    now.skew = Number(answer.headers.get(CLOCK)) - Date.now();
    set(true, performance.now() - began > SLOW_MS);
    await heardOf(answer.headers, hands).catch(() => {}); // what cannot be noted makes no answer of the server less
    return answer;
  } catch {
    set(false);
    return null;
  }
}

// A page says for whom it was made, with what the tablet may write in that person's name later.
async function heardOf(headers, hands) {
  const contact = headers.get("X-Station-Contact"), ticket = headers.get("X-Station-Ticket");
  if (contact) await noteIfRoom("contact", contact);
  if (!ticket || (await recall("owed"))) return; // somebody else has come since that page was asked for
  const id = headers.get("X-Station-Person"), same = (await person())?.id === id;
  const known = same ? null : (await recall("snapshot"))?.people.find((one) => String(one.id) === id);
  const before = await person();
  if (hands !== now.hands || (before?.id === id && before.ticket === ticket)) return;
  await stand(before?.id === id ? { ...before, ticket, badge: null } : { id, name: known?.name, code: known?.code, ticket, badge: null });
}

export async function person() {
  if (now.owner === undefined) now.owner = (await recall("person")) ?? null;
  return now.owner;
}
// Somebody is at the tablet: told by each page that is opened, and by the pages while they are touched.
let touchedAt = 0;
export async function touched() {
  if (Math.abs(Date.now() - touchedAt) < TOUCHED_MS) return; // it may have been set back
  touchedAt = Date.now();
  await noteIfRoom("touched", touchedAt);
}
// Whether nobody has touched it for as long as this person's role allows (0: it never locks).
export async function isLeftAlone() {
  const who = await person(), minutes = (await recall("snapshot"))?.people.find((one) => String(one.id) === who?.id)?.lock;
  const last = Math.max(touchedAt, (await recall("touched")) ?? 0);
  return Boolean(who && minutes && last && Math.abs(Date.now() - last) > minutes * 60000 + TOUCHED_MS);
}

export async function stand(who) {
  if (!who || who.id !== now.owner?.id) now.hands += 1; // what was asked for before speaks of who was there before
  now.owner = who;
  await remember("person", who).catch(() => noteIfRoom("person", undefined)); // without room for it nobody, rather than the one before
}

// Somebody came while the server could not be asked: it is told before anything else, so that nothing is written in
// the name of who was there before.
let settling = null;
export function settle() {
  settling ??= tellWhoCame().finally(() => { settling = null; });
  return settling;
}

async function tellWhoCame() {
  const owed = await recall("owed");
  if (out() || !owed) return;
  const who = await person(), key = crypto.randomUUID();
  const proof = who?.badge ? { "X-Entry-Badge": who.badge } : who?.ticket ? { "X-Entry-Ticket": who.ticket } : {};
  const answer = await reach(`${ROOT}/resume`, { method: "POST", headers: { "X-Entry": key, "Idempotency-Key": key, ...proof } });
  if (!answer || answer.status >= 500) return;
  if ((await recall("owed")) !== owed) return tellWhoCame(); // somebody else came meanwhile: the server is told of them too
  await noteIfRoom("owed", undefined);
  if (who && !answer.ok) await stand(null);
}
