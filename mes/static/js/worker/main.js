// The station's worker: it stands between the tablet's pages and the network, so that a gap in it stops nobody.
import { entries, recall, remember } from "./store.js";
import { out, reach, ROOT, settle, state, tellState, touched } from "./contact.js";
import { again, drain, forgetSettled, withdraw } from "./sending.js";
import { asset, forgetOldAssets, isAsset, isPicture, page, picture } from "./pages.js";
import { keepFresh } from "./fresh.js";
import { direct, DIRECT, post } from "./acts.js";

const OWN = ["/worker.js", "/contact", "/snapshot", "/manifest.webmanifest"].map((end) => ROOT + end);
const ofStation = (path) => path === ROOT || path.startsWith(`${ROOT}/`);

addEventListener("install", () => self.skipWaiting());
addEventListener("activate", (event) => event.waitUntil(forgetOldAssets().then(() => self.clients.claim())));

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || OWN.includes(pathname) || pathname.includes("/training/")) return; // practice is not kept
  if (request.method === "POST" && request.mode === "navigate" && ofStation(pathname)) event.respondWith((DIRECT.test(pathname) ? direct : post)(event));
  else if (request.method !== "GET") return;
  else if (isAsset(pathname)) event.respondWith(asset(request));
  else if (isPicture(request)) event.respondWith(picture(request));
  else if (ofStation(pathname)) event.respondWith(page(event));
});

// The page asks every few seconds; that is also when what waits is sent, and what is kept is renewed.
const ASKED = {
  state: async ({ probe }) => {
    if (probe) await look();
    return state();
  },
  list: async () => {
    const here = await recall("place"); // what another station's leader has to decide is shown by this tablet alone
    const stuck = (one) => one.state === "refused" && (!one.known || Boolean(one.at && here && one.at !== here));
    return (await entries()).map(({ fields, ticket, badge, contact, ...one }) => ({ ...one, stuck: stuck(one) }));
  },
  touched,
  withdraw: ({ key }) => withdraw(key),
  again: async ({ key, yes }) => {
    const found = (await entries()).find((one) => one.key === key);
    if (found) await again(found, yes);
    return Boolean(found);
  },
};

addEventListener("message", (event) => {
  const answer = ASKED[event.data?.ask];
  if (answer) event.waitUntil(answer(event.data).catch(() => null).then((said) => event.ports[0]?.postMessage(said)).then(() => event.data.probe && upkeep()));
});
addEventListener("sync", (event) => event.waitUntil(upkeep()));

async function look() {
  const before = await entries().catch(() => []); // what is refused after this the answer does not know yet
  const places = [...new Set(before.map(({ at }) => at).filter(Boolean))].map((at) => `of=${at}`).join("&");
  const answer = await reach(`${ROOT}/contact${places && `?${places}`}`, { cache: "no-store" }, 5000);
  const said = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!said?.station) return;
  if (String(said.id) !== (await recall("place"))) await remember("place", String(said.id));
  await forgetSettled(before, said);
}

async function upkeep() {
  if (out()) return;
  await settle();
  await drain();
  await keepFresh();
  await tellState();
}
