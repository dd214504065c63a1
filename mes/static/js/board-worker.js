// The worker of a board on the wall: when it is opened again without a connection, it shows the last figures with their
// age, or, where there are none, a calm page that tries again. It never shows old figures while the server answers.
const PLACE = new URL(self.registration.scope).pathname.replace(/\/$/, ""), NOW = `${PLACE}/now`, AWAY = `${PLACE}/away`;
const KEPT = "mes-board", AT = "X-Kept-At", PATIENCE_MS = 10000, PARTS = ["script", "style", "image", "font"];
const open = () => caches.open(KEPT);

addEventListener("install", (event) => event.waitUntil(keepAway().then(() => self.skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate" && pathname === PLACE) event.respondWith(board(request));
  else if (pathname === NOW) event.respondWith(figures(request));
  else if (PARTS.includes(request.destination)) event.respondWith(part(request));
});

// The calm page, with what it looks like and what lets it try again.
async function keepAway() {
  const answer = await fetch(AWAY, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const store = await open(), text = await answer.clone().text();
  await store.put(AWAY, answer);
  const parts = [...text.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, address]) => new URL(address, location).href);
  await Promise.all(parts.map((one) => store.add(one).catch(() => {})));
}

const put = async (place, text, headers, at = Date.now()) => (await open()).put(place, new Response(text, { headers: { "Content-Type": headers.get("Content-Type") ?? "text/html", [AT]: String(at) } })).catch(() => {});

// A proxy that answers for a server which is being renewed says nothing about the plant.
const isLost = (answer) => answer.status >= 500;

async function board(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (isLost(answer)) throw new Error("the server is away");
    if (answer.type === "opaqueredirect" || answer.redirected) return answer;
    const text = await answer.text(), shows = answer.ok && text.includes("data-live=");
    if (shows) await put(PLACE, text, answer.headers);
    else for (const place of [PLACE, NOW]) await (await open()).delete(place); // it is a board no more
    return new Response(text, { status: answer.status, headers: answer.headers });
  } catch {
    return kept();
  }
}

async function figures(request) {
  const answer = await fetch(request), store = await open();
  if (answer.status === 200 && !answer.redirected) await put(NOW, await answer.clone().text(), answer.headers);
  const before = answer.status === 304 && ((await store.match(NOW)) ?? (await store.match(PLACE)));
  if (before) await put((await store.match(NOW)) ? NOW : PLACE, await before.text(), before.headers); // as new as the answer
  return answer;
}

async function kept() {
  const store = await open(), page = await store.match(PLACE), now = await store.match(NOW);
  if (!page) return (await store.match(AWAY)) ?? Response.error();
  const timeOf = (one) => Number(one?.headers.get(AT) ?? 0), fresh = timeOf(now) > timeOf(page) ? await now.text() : null;
  let text = (await page.text()).replace("data-live=", () => `data-live-at="${Math.max(timeOf(now), timeOf(page))}" data-live=`);
  if (fresh !== null) text = text.replace(/data-live-mark="[^"]*"/, 'data-live-mark=""').replace(/(<div id="board"[^>]*>)[^]*?(<\/div>\s*<template data-figures-end>)/, (_all, begin, end) => begin + fresh + end);
  return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

// Scripts, styles and icons: the newest, or the ones kept.
async function part(request) {
  const store = await open();
  try {
    const answer = await fetch(request);
    if (answer.ok) await store.put(request.url, answer.clone()).catch(() => {});
    return answer;
  } catch (lost) {
    const found = await store.match(request.url);
    if (found) return found;
    throw lost;
  }
}
