// Entries go to the server one after another, in the order in which they were made. Each carries its own key, so that
// one whose answer was lost is not recorded twice.
import { isOurs, out, person, reach, ROOT, sending, settle, tell, tellState, tooLarge, PATIENCE_MS } from "./contact.js";
import { fitting, sizeOf } from "./photos.js";
import { drop, dropUnsent, entries, markSent, note, noteIfRoom, recall, waiting } from "./store.js";

const LATE_PATIENCE_MS = 20000; // nobody waits for these
const SLOWEST = 8, LONGEST_PATIENCE_MS = 4 * 60 * 1000; // bytes in a millisecond: photos take their time on a poor Wi-Fi
const LOCK = "mes-outbox";
const REST_MS = 2000, LONGEST_REST_MS = 60000; // a server that is there but busy is left alone for a while
let restUntil = -Infinity; // by a clock that nobody sets
const MOST_TRIES = 5, LONG_REST_MS = 5 * 60 * 1000; // a fault that comes back so often rests long; what was made later goes on
const LONGEST_TOLD = 500, MOST_TOLD = 100; // of a field, and of fields, where only what it was is told
// Within so much time of a moment that was noted; where the tablet's clock was set since, that says nothing.
const isNear = (at, ms) => Math.abs(at - Date.now()) <= ms;
const due = async () => (await waiting()).filter(({ rest }) => !(rest > Date.now() && isNear(rest, LONG_REST_MS)));

export async function makeEntry(address, form) {
  const who = await person(), most = (await recall("snapshot"))?.largest ?? Infinity;
  const fields = await fitting([...form].filter(([name]) => name !== "csrf_token"), most);
  return {
    v: 2, key: form.get("once") || crypto.randomUUID(), address, fields, made: Date.now(), sent: false, state: "waiting",
    person: who?.id ?? null, name: who?.name ?? "", ticket: who?.ticket ?? null, badge: who?.badge ?? null,
    contact: (await recall("contact")) ?? "", job: jobOf(address, form), told: { deed: "entry", text: "" },
  };
}

export const jobOf = (address, form) => /\/jobs\/([^/?]+)/.exec(address)?.[1] ?? form.get("job") ?? "";

// Without a file an entry is sent in the short form, which a server reads in a tenth of the time. One that an earlier
// version of this program put down, and may have sent, is sent as that did: it must say the same, byte for byte.
function bodyOf(entry) {
  const isFile = (value) => typeof value !== "string", has = (value) => isFile(value) && value.size;
  if (entry.v > 1 && !entry.fields.some(([, value]) => has(value))) return new URLSearchParams(entry.fields.filter(([, value]) => !isFile(value)));
  const body = new FormData();
  for (const [name, value] of entry.fields) {
    if (typeof value === "string") body.append(name, value);
    else body.append(name, value, value.name);
  }
  return body;
}

const headersOf = (entry) => ({
  "X-Entry": entry.key, "X-Entry-Sequence": String(entry.seq ?? 0), "X-Entry-Made": String(entry.made), "X-Entry-Sent": String(Date.now()),
  "X-Entry-Contact": entry.contact, ...(entry.badge ? { "X-Entry-Badge": entry.badge } : { "X-Entry-Ticket": entry.ticket ?? "" }),
});

const post = (entry, late) => reach(entry.address, {
  method: "POST", body: bodyOf(entry), redirect: "manual", headers: { ...headersOf(entry), ...(late ? { "X-Entry-Late": "1" } : {}) },
}, late ? Math.min(LATE_PATIENCE_MS + sizeOf(entry.fields) / SLOWEST, LONGEST_PATIENCE_MS) : PATIENCE_MS);

// Sends it; where its photos are too large, once more with smaller ones. What was too large was not recorded.
async function deliver(entry, late) {
  for (let now = entry; ;) {
    const answer = await post(now, late);
    if (!answer || !tooLarge(answer)) return { answer, now };
    const size = sizeOf(now.fields), fields = await fitting(now.fields, size / 2);
    if (sizeOf(fields) >= size) return { answer, now };
    now = { ...now, fields };
    if (now.seq) await note(now.seq, { fields }).catch(() => {});
  }
}

// At once, while nothing waits before it: the answer is the page's. Null: it waits on the tablet.
export function sendNow(entry) {
  return navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock || out() || (await due()).some((one) => one.seq !== entry.seq)) return null;
    await settle();
    if (out()) return null;
    await markSent(entry.seq).catch(() => {}); // a disk without room for a mark: it is sent all the same
    const answer = await whole((await deliver(entry, false)).answer);
    if (!answer || answer.status >= 500) return null;
    if (answer.status === 401 && (entry.ticket || entry.badge) && !(await isSignedIn())) return null; // it goes late, in the person's name
    await drop(entry.seq).catch(() => {}); // then it is sent once more, and is known
    return answer;
  });
}

// The answer with all of its page: one that is cut off on the way is no answer, and what was sent stays on the tablet.
async function whole(answer) {
  if (!answer || answer.type === "opaqueredirect") return null;
  const { status, headers } = answer;
  try {
    return new Response(status === 204 ? null : await answer.blob(), { status, headers });
  } catch {
    return null;
  }
}

// A wrong PIN of a leader who allows something is refused with the same number as a sign-in that ended.
const isSignedIn = async () => Boolean((await reach(`${ROOT}/queue`, { redirect: "manual", cache: "no-store" }))?.ok);

// Without having been put down: where the tablet has no room left, the server may still be there.
export async function sendUnkept(entry) {
  await settle();
  const answer = await whole((await deliver(entry, false)).answer);
  return answer && answer.status < 500 ? answer : null;
}

// Everything that waits, one at a time; one that is refused is put aside and the next is tried: the server judges it.
export function drain() {
  return navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock || performance.now() < restUntil) return;
    const left = await due(), many = left.length;
    let settled = null;
    for (const [at, before] of left.entries()) {
      sending(many - at);
      const { seq } = before, entry = await markSent(seq, settled).catch(() => before); // as above
      settled = null;
      const answered = entry ? await sendLate(entry) : ASIDE; // else it was taken back meanwhile
      if (answered === OPENED) await sayOpened(before.made);
      if (answered === RECORDED || answered === OPENED) settled = seq; // dropped together with the mark of the next
      if (answered === STOP) break;
    }
    if (settled) await drop(settled);
    if (!out()) await reportStuck();
    if (!many) return;
    await sending(0);
    tell({ kind: "sent" });
  });
}

// It was kept and sent, and nothing was recorded by it: the next page says so.
async function sayOpened(made) {
  const words = await recall("words"), time = new Date(made).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: (await recall("snapshot"))?.zone });
  if (words?.said.opened) await noteIfRoom("notice", { kind: "no", sentence: words.said.opened.replace("%(time)s", time) });
}

// What became of one: it is recorded; it only opened a page; it is put aside and the next is tried; nothing more is sent for now.
const RECORDED = "recorded", OPENED = "opened", ASIDE = "aside", STOP = "stop";

async function sendLate(entry) {
  const { seq } = entry, { answer, now } = await deliver(entry, true);
  if (!answer || answer.type === "opaqueredirect" || !(isOurs(answer) || tooLarge(answer))) return STOP;
  const tries = (now.tries ?? 0) + 1;
  if (answer.status === 503 || (answer.status >= 500 && tries < MOST_TRIES)) {
    await note(seq, { tries });
    restUntil = performance.now() + Math.min(REST_MS * 2 ** tries, LONGEST_REST_MS);
    return STOP;
  }
  if (answer.status >= 500) {
    await note(seq, { tries, rest: Date.now() + LONG_REST_MS, refusal: await refusalIn(answer) });
    return ASIDE;
  }
  if (answer.ok) return (await answer.json().catch(() => ({}))).recorded === false ? OPENED : RECORDED;
  const refusal = await refusalIn(answer);
  if (refusal.code === "NotAStation" || refusal.code === "DeviceRevoked") return STOP; // the device was taken away from its station: nothing is lost, nothing goes on
  await note(seq, { state: "refused", refusal, ...placeOf(answer) });
  return ASIDE;
}

// known: the server shows it to leaders, who may give it up there. at: at which station it stands there.
const placeOf = (answer) => ({ known: answer.headers.get("X-Entry-Answer") === "person", at: answer.headers.get("X-Entry-Station") });

// What the server could not even look at (too large, an address of an earlier version) it is told of without the
// photos, so that it stands before a leader like everything else that was refused.
async function reportStuck() {
  const stuck = (await entries()).filter((one) => one.state === "refused" && !one.known && !isNear(one.reported, LONG_REST_MS));
  for (const entry of stuck) {
    const photos = entry.fields.filter(([, value]) => typeof value !== "string" && value.size).length;
    const fields = entry.fields.filter(([name, value]) => typeof value === "string" && name !== "once").map(([name, value]) => [name, value.slice(0, LONGEST_TOLD)]);
    const body = bodyOf({ fields: [...fields.slice(0, MOST_TOLD), ["once", entry.key]] });
    const headers = { ...headersOf(entry), "X-Entry-Late": "1", "X-Entry-Unfit": entry.refusal?.code ?? "", "X-Entry-Photos": String(photos) };
    const answer = await reach(entry.address, { method: "POST", body, redirect: "manual", headers }, LATE_PATIENCE_MS);
    if (!answer) return;
    if (answer.ok) await drop(entry.seq); // it is settled already
    else await note(entry.seq, { reported: Date.now(), ...placeOf(answer), refusal: await refusalIn(answer) });
  }
}

const refusalIn = (answer) => answer.json().catch(() => ({ code: tooLarge(answer) ? "PhotosTooLarge" : "NotUnderstood", message: "" }));

// A refused entry once more, or with yes to what it asked. Where who made it stands here again, it goes with what the
// tablet holds as the proof of that person by now: the one that it was made with may be worth nothing any more.
export async function again(entry, yes) {
  const who = await person(), proof = who && entry.person && String(who.id) === String(entry.person) && (who.ticket || who.badge);
  if (proof) await note(entry.seq, { ticket: who.ticket, badge: who.badge });
  const fields = yes ? [...entry.fields.filter(([name]) => name !== "confirmed"), ["confirmed", "1"]] : entry.fields;
  await note(entry.seq, { fields, state: "waiting", tries: 0, rest: 0, refusal: null });
  restUntil = -Infinity; // somebody asks for it now
  await drain();
  await tellState();
}

// An entry that was never sent may be taken back; of one that was, only the server knows whether it is recorded.
export async function withdraw(key) {
  const found = (await waiting()).find((one) => one.key === key), gone = found && (await dropUnsent(found.seq));
  await tellState();
  return Boolean(gone);
}

// What a leader gave up at a desk, or what was recorded meanwhile, is forgotten here too: by what the server says of
// the station at which it was refused, which may not be the one that this tablet is now.
export async function forgetSettled(all, said) {
  for (const one of all) {
    if (one.state !== "refused" || !one.known) continue;
    const open = !one.at || one.at === String(said.id) ? said.refused : said.elsewhere?.[one.at];
    if (open && !open.includes(one.key)) await drop(one.seq);
  }
}
