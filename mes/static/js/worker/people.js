// Who stands at the tablet while the server cannot be asked: known by the badge, or by the PIN with which this person
// signed in here before. A PIN is never kept: it opens what was sealed with it.
import { person, serverTime, stand } from "./contact.js";
import { recall, remember } from "./store.js";

const ROUNDS = 310000, FREE_TRIES = 3, FIRST_WAIT_MS = 5000, LONGEST_WAIT_MS = 5 * 60 * 1000;
const bytes = (text) => new TextEncoder().encode(text);
const hex = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");

export async function ofBadge(text) {
  const known = await recall("snapshot"), mark = hex(await crypto.subtle.digest("SHA-256", bytes(`badge ${text}`)));
  return known?.people.find((one) => one.badge === mark);
}

async function come(who, proof) {
  await stand({ id: String(who.id), name: who.name, code: who.code, ticket: null, badge: null, ...proof });
  await remember("owed", crypto.randomUUID());
  const words = await recall(`words ${who.language}`);
  if (words) await remember("words", words);
}
export const comeByBadge = (who, badge) => come(who, { badge });

export async function leave() {
  await stand(null);
  await remember("owed", crypto.randomUUID());
}

// The tablet locks itself: the same person comes back to the same job, by PIN where it is known here, else by badge.
export async function lock(job) {
  const who = await person(), known = who && (await recall("sealed"))?.[who.code];
  await leave();
  await remember("locked", job || undefined);
  return known ? who.code : null;
}
// The job that was open when it locked, once.
export async function lockedJob() {
  const job = await recall("locked");
  if (job) await remember("locked", undefined);
  return job ?? "";
}

async function keyOf(pin, salt) {
  const raw = await crypto.subtle.importKey("raw", bytes(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

// After a PIN was right: what the next page lets this person write is sealed with it, for the next gap.
export async function seal(code, pin) {
  const before = (await person())?.ticket;
  for (let tries = 0; tries < 40; tries += 1) {
    await new Promise((done) => setTimeout(done, 250));
    const who = await person();
    if (!who?.ticket || who.ticket === before) continue;
    const known = (await recall("snapshot"))?.people.find((one) => String(one.id) === who.id);
    if ((who.code ?? known?.code ?? code) !== code) return; // somebody else came in between
    const salt = crypto.getRandomValues(new Uint8Array(16)), iv = crypto.getRandomValues(new Uint8Array(12));
    const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(pin, salt), bytes(JSON.stringify({ id: who.id, ticket: who.ticket })));
    await remember("sealed", { ...((await recall("sealed")) ?? {}), [code]: { salt, iv, box, at: serverTime(), tries: 0, until: 0 } });
    return;
  }
}

// Gives what refuses it, or nothing: somebody is signed in.
export async function comeByPin(code, pin) {
  const all = (await recall("sealed")) ?? {}, kept = all[code];
  const now = (await recall("snapshot"))?.people.find((one) => one.code === code);
  if (!kept || (kept.at ?? 0) < (now?.since ?? 0)) return { code: "WrongPinHere", values: {} }; // the PIN was changed meanwhile
  if (kept.until > Date.now()) return { code: "WaitWithPin", values: { seconds: Math.ceil((kept.until - Date.now()) / 1000) } };
  try {
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, await keyOf(pin, kept.salt), kept.box);
    const { id, ticket } = JSON.parse(new TextDecoder().decode(opened));
    const who = (await recall("snapshot"))?.people.find((one) => String(one.id) === String(id)) ?? { id, name: code, code };
    await remember("sealed", { ...all, [code]: { ...kept, tries: 0, until: 0 } });
    await come(who, { ticket });
    return null;
  } catch {
    const tries = kept.tries + 1, wait = tries < FREE_TRIES ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (tries - FREE_TRIES), LONGEST_WAIT_MS);
    await remember("sealed", { ...all, [code]: { ...kept, tries, until: Date.now() + wait } });
    return { code: "WrongPinHere", values: {} };
  }
}
