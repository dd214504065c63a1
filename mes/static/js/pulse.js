// The tablet says now and then that it is there, and is given what its leader has for it: messages, answers.
const EVERY_MS = 20000, WAIT_MS = 8000;
let skew; // seconds by which this tablet's clock is ahead of the server's

async function beat() {
  const box = document.getElementById("pulse");
  if (!box) return;
  const said = new URLSearchParams(JSON.parse(box.dataset.pulse));
  if (skew !== undefined) said.set("skew", skew);
  try {
    const answer = await fetch(box.dataset.address, { method: "POST", body: said, signal: AbortSignal.timeout(WAIT_MS) });
    const date = Date.parse(answer.headers.get("Date"));
    if (date) skew = Math.round((Date.now() - date) / 1000);
    if (answer.status !== 200 || box.querySelector("form[aria-busy]")) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("pulse");
    if (!fresh) return;
    // minutes are counted on from when the page was opened (page.js)
    for (const one of fresh.querySelectorAll("[data-minutes]")) one.dataset.minutes -= performance.now() / 60000;
    box.replaceWith(fresh);
    document.dispatchEvent(new CustomEvent("renewed", { detail: fresh }));
    if ("news" in fresh.dataset) import("./feedback.js").then(({ feedback }) => feedback("ask"));
  } catch { /* the connection's own sign tells it */ }
}

beat();
setInterval(beat, EVERY_MS);
