// While the tablet is connected and nothing waits, it keeps what it will need: codes and lots, and the pages of the
// first jobs of its queue, one after another, so that fifty tablets are no burden.
import { out, person, reach, ROOT, stand } from "./contact.js";
import { forgetOldPages, keepAssets, keepPage, keptAt } from "./pages.js";
import { recall, remember, waiting } from "./store.js";

const EVERY_MS = 30000, OLD_MS = 30 * 60 * 1000, BREATH_MS = 120, AT_ONCE = 25;
const isOld = (at) => Math.abs(Date.now() - at) > OLD_MS; // or kept before the clock was set back
let busy = false, lastAt = -Infinity, lastFor = null;

export async function keepFresh() {
  const who = await person();
  if (busy || out() || !who || (lastFor === who.id && performance.now() - lastAt < EVERY_MS) || (await waiting()).length) return;
  busy = true;
  try {
    const known = await renewSnapshot();
    if (known) await keepAssets(known.shell);
    if (known) await renewPages(known, who);
    if (known) await forgetOldPages();
    [lastAt, lastFor] = [performance.now(), who.id];
  } catch { /* the next time */ } finally {
    busy = false;
  }
}

async function renewSnapshot() {
  const tag = await recall("snapshot-tag"), known = await recall("snapshot"), who = await person();
  const same = tag && known && tag.person === who.id;
  const answer = await reach(`${ROOT}/snapshot`, { cache: "no-store", headers: same ? { "If-None-Match": tag.etag } : {} }, 15000);
  if (answer?.status === 304) return known;
  if (!answer?.ok) return null;
  const fresh = await answer.json();
  await remember("snapshot", fresh);
  await remember("snapshot-tag", { etag: answer.headers.get("ETag"), person: who.id });
  await remember("words", { language: fresh.language, said: fresh.said, refusals: fresh.refusals, words: fresh.words });
  await remember(`words ${fresh.language}`, await recall("words"));
  const here = fresh.people.find((one) => String(one.id) === who.id), still = await person();
  if (here && still?.id === who.id) await stand({ ...still, name: here.name, code: here.code });
  return fresh;
}

async function renewPages(known, who) {
  const before = (await recall(`pages ${who.id}`)) ?? {}, now = {};
  let left = AT_ONCE;
  if (isOld(await keptAt(ROOT, who.id))) await renew(`${ROOT}?names=1`, ROOT);
  for (const [code, addresses] of Object.entries(known.pages)) {
    const looks = code ? JSON.stringify(known.jobs.find((job) => job.code === code)) : JSON.stringify(known.jobs.map((job) => [job.code, job.state, job.good]));
    now[code] = before[code];
    let all = true;
    for (const address of addresses) {
      if (before[code] === looks && !isOld(await keptAt(address, who.id))) continue;
      if (left-- <= 0 || !(await renew(address))) all = false;
      if (left < 0) break;
    }
    if (all) now[code] = looks;
  }
  await remember(`pages ${who.id}`, now);
  for (const code of Object.keys((await recall("sealed")) ?? {})) {
    const address = `${ROOT}/people/${encodeURIComponent(code)}`;
    if (left-- > 0 && isOld(await keptAt(address, who.id))) await renew(address);
  }
}

async function renew(address, as = address) {
  await new Promise((done) => setTimeout(done, BREATH_MS));
  const answer = await reach(address, { cache: "no-store" }, 15000);
  if (!answer?.ok || answer.redirected) return false;
  await keepPage(as, answer, true);
  return true;
}
