// What the tablet keeps for itself: entries that wait to be sent, and what it knows of the server and of its people.
const NAME = "mes-station", VERSION = 1;
let opening;

function open() {
  opening ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      const base = asked.result;
      if (!base.objectStoreNames.contains("entries")) base.createObjectStore("entries", { keyPath: "seq", autoIncrement: true }).createIndex("key", "key", { unique: true });
      if (!base.objectStoreNames.contains("known")) base.createObjectStore("known");
    };
    asked.onsuccess = () => {
      asked.result.onclose = () => { opening = undefined; }; // the browser closed it: it is opened again
      asked.result.onversionchange = () => { asked.result.close(); opening = undefined; };
      done(asked.result);
    };
    asked.onerror = () => failed(asked.error);
  });
  opening.catch(() => { opening = undefined; });
  return opening;
}

// One transaction; strict: it is on the disk when it is done. (A mark or a removal that is lost only sends once more.)
async function within(store, mode, deed, durability = "relaxed") {
  const base = await open();
  return new Promise((done, failed) => {
    const act = base.transaction(store, mode, { durability });
    const asked = deed(act.objectStore(store));
    act.oncomplete = () => done(asked?.result);
    act.onabort = act.onerror = () => failed(act.error ?? asked?.error);
  });
}

// An entry as it is understood now: one that an earlier version of this program kept lacks what came later.
const understood = (kept) => ({ v: 1, state: "waiting", sent: false, fields: [], told: { deed: "entry", text: "" }, job: "", ...kept });

export const entries = async () => (await within("entries", "readonly", (all) => all.getAll())).map(understood);
export const waiting = async () => (await entries()).filter((one) => one.state === "waiting");
export const drop = (seq) => within("entries", "readwrite", (all) => all.delete(seq));
export const change = (entry) => within("entries", "readwrite", (all) => all.put(entry));

// One entry is looked at and changed in one go, so that nothing comes between: what one part of this program takes
// back is not put down again by another. The deed gives the entry as it shall be, null to drop it, or nothing.
// settled: one that is dropped in the same go.
async function amend(seq, deed, settled = null) {
  const base = await open();
  return new Promise((done, failed) => {
    const act = base.transaction("entries", "readwrite"), all = act.objectStore("entries"), asked = all.get(seq);
    let found = null;
    if (settled) all.delete(settled);
    asked.onsuccess = () => {
      const now = asked.result && understood(asked.result), then = now && deed(now);
      if (then === undefined || !now) return;
      found = then ?? now;
      if (then) all.put(then);
      else all.delete(seq);
    };
    act.oncomplete = () => done(found);
    act.onabort = act.onerror = () => failed(act.error ?? asked.error);
  });
}
const ifWaiting = (deed) => (now) => (now.state === "waiting" ? deed(now) : undefined);
// Gives the entry as it stands now, or null where it waits no more.
export const markSent = (seq, settled) => amend(seq, ifWaiting((now) => ({ ...now, sent: true })), settled);
export const dropUnsent = (seq) => amend(seq, ifWaiting((now) => (now.sent ? undefined : null)));
export const note = (seq, what) => amend(seq, (now) => ({ ...now, ...what }));

// What an entry says, whatever its key.
const saying = ({ address, fields }) => JSON.stringify([address, fields.filter(([name]) => name !== "once").map(([name, value]) => [name, typeof value === "string" ? value : [value.name, value.size, value.type]])]);

// Puts an entry down. The same key once more is the same entry: a form that was sent twice. Where it says something
// else it is another one, with a key of its own (form: the key that its page has).
export async function keep(made) {
  const before = (await entries()).filter((one) => one.key === made.key || one.form === made.key);
  const same = before.find((one) => saying(one) === saying(made));
  if (same) return same;
  const entry = before.length ? anew(made) : made;
  const seq = await within("entries", "readwrite", (all) => all.add(entry), "strict");
  return { ...entry, seq };
}

function anew(made) {
  const key = crypto.randomUUID();
  return { ...made, key, form: made.key, fields: made.fields.map(([name, value]) => [name, name === "once" ? key : value]) };
}

// A disk that is full or broken: what cannot be read is not known, and where it does not matter, nothing is noted.
export const recall = (name) => within("known", "readonly", (all) => all.get(name)).catch(() => undefined);
export const noteIfRoom = (name, value) => remember(name, value).catch(() => {});
export const remember = (name, value) => within("known", "readwrite", (all) => (value === undefined ? all.delete(name) : all.put(value, name)));
