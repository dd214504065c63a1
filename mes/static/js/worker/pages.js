// Pages come from the network; where that is out of reach, the copy that the tablet kept, marked with its time.
import { isLeftAlone, out, person, reach, ROOT, settle, stand, touched } from "./contact.js";
import { stateOf } from "./gate.js";
import { lock as lockTablet } from "./people.js";
import { entries, noteIfRoom, recall } from "./store.js";

const PAGES = "mes-pages", PICTURES = "mes-pictures", ASSETS = "mes-assets";
const KEPT_AT = "X-Kept-At", MOST_PICTURES = 300;
const PAGE_PATIENCE_MS = 3000, OLDEST_MS = 7 * 24 * 60 * 60 * 1000;
const STATIC = new URL("static/", new URL("..", self.registration.scope.replace(/\/?$/, "/"))).pathname;
// A disk that is full or broken keeps nothing, and hinders nothing.
const NOTHING = { match: async () => undefined, put: async () => {}, keys: async () => [], delete: async () => false };
const opened = (name) => caches.open(name).catch(() => NOTHING);
const assetsName = () => `${ASSETS}-${self.mesVersion}`;

export const isAsset = (path) => path.startsWith(STATIC);
export const isPicture = (request) => request.destination === "image" || request.destination === "embed" || request.destination === "object";

export async function forgetOldAssets() {
  for (const name of await caches.keys()) if (name.startsWith(ASSETS) && name !== assetsName()) await caches.delete(name);
}

// Scripts, styles and icons stay what they are for one version of this program.
export async function asset(request) {
  const kept = await opened(assetsName()), found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request, { cache: "no-cache" });
  if (answer.ok) await kept.put(request, answer.clone()).catch(() => {}); // a full disk: it is fetched again
  return answer;
}

export async function keepAssets(addresses) {
  const kept = await opened(assetsName());
  for (const address of addresses) {
    if (await kept.match(address)) continue;
    const answer = await fetch(address, { cache: "no-cache" });
    if (answer.ok) await kept.put(address, answer);
  }
}

// Photos of items, defects and steps: the newest from the network, or the one kept.
export async function picture(request) {
  const kept = await opened(PICTURES), found = await kept.match(request.url);
  if (found && (out() || new URL(request.url).searchParams.has("v"))) return found;
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request.url, answer.clone()).catch(() => {});
    return answer;
  } catch (lost) {
    if (found) return found;
    throw lost;
  }
}

async function keepPictures(html) {
  const kept = await opened(PICTURES);
  for (const [, address] of html.matchAll(/<img[^>]* src="([^"#]+)"/g)) {
    const full = new URL(address.replaceAll("&amp;", "&"), location.origin);
    if (full.origin !== location.origin || isAsset(full.pathname) || (await kept.match(full.href))) continue;
    const answer = await fetch(full.href).catch(() => null);
    if (answer?.ok) await kept.put(full.href, answer).catch(() => {});
  }
  const all = await kept.keys();
  for (const old of all.slice(0, Math.max(0, all.length - MOST_PICTURES))) await kept.delete(old);
}

function place(address, who) {
  const url = new URL(address, location.origin);
  url.searchParams.delete("names");
  url.searchParams.delete("made");
  url.searchParams.set("kept-for", who ?? "nobody");
  return url.href;
}

// Keeps a page as it came, for the person for whom it was made.
export async function keepPage(address, answer, withPictures = false) {
  const html = await answer.text(), headers = new Headers(answer.headers), who = answer.headers.get("X-Station-Person");
  headers.set(KEPT_AT, String(Date.now()));
  for (const name of ["X-Station-Ticket", "X-Station-Contact"]) headers.delete(name); // a copy speaks for nobody
  const kept = await opened(PAGES);
  await kept.put(place(address, who), new Response(html, { status: 200, headers })).catch(() => {});
  if (withPictures) await keepPictures(html);
  return { html, headers };
}

export const keptAt = async (address, who) => Number((await (await opened(PAGES)).match(place(address, who)))?.headers.get(KEPT_AT) ?? 0);

export async function page(event) {
  const { request } = event, url = new URL(request.url);
  await settle();
  const answer = out() ? null : await reach(request, {}, PAGE_PATIENCE_MS);
  const isOpened = request.mode === "navigate";
  if ((isOpened || !answer) && (await isLeftAlone())) { // it slept for longer than that
    const who = await person(), job = /\/jobs\/([^/]+)/.exec(url.pathname)?.[1];
    await lockTablet(job);
    if (answer && isOpened) return lockedWith(who, job);
  }
  if (isOpened) await touched();
  if (!answer) return copyOf(url);
  if (answer.type === "opaqueredirect" || !answer.ok || answer.redirected || !/html/.test(answer.headers.get("Content-Type") ?? "")) return answer;
  if (url.pathname === ROOT && !url.searchParams.has("names")) await stand(null); // the server shows the names: nobody is signed in
  try {
    const { html, headers } = await keepPage(url.href, answer);
    event.waitUntil(keepPictures(html));
    return await shown(html, headers, {});
  } catch { // it was cut off in the middle
    return copyOf(url);
  }
}

// With the connection the server is told first; then the same person is asked for the PIN, as when it locks awake.
async function lockedWith(who, job) {
  await touched();
  await settle();
  return Response.redirect(who?.code ? `${ROOT}/people/${encodeURIComponent(who.code)}${job ? `?job=${job}` : ""}` : ROOT, 303);
}

// What nobody opened for a week is not kept: the room is needed for entries.
export async function forgetOldPages() {
  const kept = await opened(PAGES);
  for (const key of await kept.keys()) {
    const at = Number((await kept.match(key))?.headers.get(KEPT_AT) ?? 0);
    if (Date.now() - at > OLDEST_MS) await kept.delete(key);
  }
}

export const copyIsKept = async (path) => Boolean(await ofAnybody(await opened(PAGES), path));

// What the tablet kept of a page: for this person, else as it was for another one.
async function copyOf(url) {
  const who = await person(), kept = await opened(PAGES);
  if (!who && url.pathname !== ROOT && !url.pathname.startsWith(`${ROOT}/people/`)) return Response.redirect(ROOT, 303);
  if (who && url.pathname === ROOT && !url.searchParams.has("names")) return Response.redirect(`${ROOT}/queue`, 303);
  const bare = new URL(url.pathname, location.origin), exact = (address, id) => kept.match(place(address, id));
  const asked = url.searchParams.has("job") ? `${url.pathname}?job=${encodeURIComponent(url.searchParams.get("job"))}` : bare;
  const other = await otherState(url.pathname);
  const found = (other && (await exact(other, who?.id))) ?? (await exact(url, who?.id)) ?? (await exact(asked, who?.id)) ?? (await exact(bare, who?.id)) ?? (await ofAnybody(kept, url.pathname));
  if (!found) return missing(url);
  const at = Number(found.headers.get(KEPT_AT));
  return shown(crewNow(await found.text(), url.pathname, await entries().catch(() => [])), found.headers, { keptAt: at, fill: Object.fromEntries(url.searchParams), forOther: String(who?.id ?? "") !== (found.headers.get("X-Station-Person") ?? "") });
}

// Who works on a job: whoever joined or left since the copy was made, and that waits here, does the other one next.
function crewNow(html, path, all) {
  const mine = all.filter(({ address, state }) => state === "waiting" && address === path).map(({ fields }) => Object.fromEntries(fields));
  const meant = new Map(mine.filter(({ joins }) => joins).map(({ person: one, joins }) => [one, joins]));
  const next = (whole, begin, one) => (meant.has(one) ? begin + (meant.get(one) === "1" ? 0 : 1) : whole);
  return html.replace(/(name="person" value="([^"]*)"><input type="hidden" name="joins" value=")[01]/g, next);
}

// A job that was started or paused while the server could not be asked: its page as it looks in that state.
async function otherState(path) {
  const code = /\/jobs\/([^/]+)$/.exec(path)?.[1], job = code && (await recall("snapshot"))?.jobs.find((one) => one.code === code);
  const state = job && stateOf({ before: (await entries()).filter((one) => one.state === "waiting") }, job);
  return job && state !== job.state ? `${path}?as=${state}` : null;
}

async function ofAnybody(kept, path) {
  const key = (await kept.keys()).find((one) => new URL(one.url).pathname === path);
  return key && kept.match(key);
}

async function missing(url) {
  const words = await recall("words"), who = await person();
  await noteIfRoom("notice", { kind: "no", sentence: words?.said.not_kept_page ?? "", hint: words?.refusals.NeedsConnection.hint ?? "" });
  const first = who ? `${ROOT}/queue` : ROOT;
  if (url.pathname !== first && (await ofAnybody(await opened(PAGES), first))) return Response.redirect(first, 303);
  const sentence = (words?.said.not_kept_page ?? "…").replaceAll("<", "&lt;"); // looks again by itself: nobody has to touch it
  const again = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5"><title>MES</title><h1>${sentence}</h1>`;
  return new Response(again, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

const FRESH = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// A page with what the tablet alone knows: what waits, what was done last, and how old the page is. A kept copy gets
// fresh one-time keys, so that each showing of it is another entry.
async function shown(html, headers, { keptAt: at = 0, fill = null, forOther = false }) {
  const waits = await entries().catch(() => []), notice = await recall("notice"), who = await person();
  if (notice) await noteIfRoom("notice", undefined);
  let text = html;
  if (at) text = text.replace(/(<input[^>]*name="once"[^>]*value=")[^"]*"/g, (_all, begin) => `${begin}${FRESH()}"`);
  if (!at && !notice && !waits.length) return new Response(text, { status: 200, headers });
  const lock = at ? ((await recall("snapshot"))?.people.find((one) => String(one.id) === who?.id)?.lock ?? 0) : undefined;
  const runs = at ? (await recall("words"))?.words.end : undefined;
  const told = { keptAt: at, fill, notice, lock, runs, person: forOther ? who?.name ?? "" : "", nobody: at > 0 && !who, waits: waits.map(({ fields, ticket, badge, contact, ...one }) => one) };
  const data = JSON.stringify(told).replaceAll("<", "\\u003c");
  return new Response(text.replace("</body>", () => `<script type="application/json" id="outbox-told">${data}</script></body>`), { status: 200, headers });
}
