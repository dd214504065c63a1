// A part of a page that keeps itself fresh: it asks with the mark of what it shows, and nothing new costs no more than
// that question. Without an answer it keeps the last picture and says how old that is, by this screen's own clock.
const box = document.querySelector("[data-live]");
const WAIT_MS = 8000, OLD_S = 30, VERY_OLD_S = 120;
// figures that this screen kept (board-worker.js) are as old as they were when the connection went
const keptFor = box.dataset.liveAt ? Math.max(0, Date.now() - Number(box.dataset.liveAt)) : 0;
let mark = box.dataset.liveMark, arrived = performance.now() - keptFor, asking = false;

// Nobody's hands are moved: an open dialog, a field with the focus or a dragged line is not exchanged.
const busy = () => document.hidden || box.dataset.dragging || box.querySelector("dialog[open], form[aria-busy], input:focus, textarea:focus");

async function ask() {
  if (asking || busy()) return;
  asking = true;
  try {
    const answer = await fetch(box.dataset.live, { cache: "no-store", headers: { "If-None-Match": mark }, signal: AbortSignal.timeout(WAIT_MS) });
    if (answer.status === 200 && !answer.redirected && !busy()) show(await answer.text(), answer.headers.get("ETag"));
    if (answer.status === 200 || answer.status === 304) arrived = performance.now();
    if ([401, 403].includes(answer.status) || answer.redirected) location.reload();
  } catch { /* the age tells it */ } finally {
    asking = false;
    performance.clearResourceTimings?.(); // the browser's own notes of what was fetched: nobody reads them here
    showAge();
  }
}

function show(html, fresh) {
  const within = document.activeElement?.closest?.("[data-live]") && document.activeElement;
  const again = within?.getAttribute("href") ?? within?.closest("form")?.getAttribute("action");
  box.innerHTML = html;
  mark = fresh ?? "";
  if (again) box.querySelector(`a[href="${CSS.escape(again)}"], form[action="${CSS.escape(again)}"] button`)?.focus({ preventScroll: true });
  box.dispatchEvent(new Event("live:fresh", { bubbles: true }));
}

function showAge() {
  const shown = document.querySelector("[data-live-age]");
  if (!shown) return;
  const seconds = Math.floor((performance.now() - arrived) / 1000);
  shown.textContent = (seconds < 120 ? shown.dataset.liveAge : shown.dataset.liveAgeMinutes).replace("{n}", seconds < 120 ? seconds : Math.floor(seconds / 60));
  if (seconds > OLD_S) shown.dataset.liveOld = seconds > VERY_OLD_S ? "very" : "some";
  else delete shown.dataset.liveOld;
}

// Minutes in the exchanged part begin anew with it; page.js counts from when the page was opened.
let since = performance.now();
box.addEventListener("live:fresh", () => {
  const shift = (performance.now() - since) / 60000;
  for (const one of box.querySelectorAll("[data-minutes]")) one.dataset.minutes = Number(one.dataset.minutes) - shift;
});

showAge();
setInterval(ask, Number(box.dataset.every));
setInterval(showAge, 1000);
document.addEventListener("visibilitychange", ask);
addEventListener("online", ask);
