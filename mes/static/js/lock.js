// A tablet that nobody touches locks itself: the next one signs in by badge or PIN, and comes back to the same job.
// Without a connection the tablet's worker locks it and knows who may open it again; where there is no worker it stays
// open until the connection is back: nobody could come back.
const form = document.querySelector("[data-lock]"), TOLD_MS = 10000;
let touched = Date.now(), told = 0;

for (const act of ["pointerdown", "keydown", "input", "touchstart", "wheel"]) {
  document.addEventListener(act, () => {
    touched = Date.now();
    if (touched - told < TOLD_MS) return;
    told = touched;
    navigator.serviceWorker?.controller?.postMessage({ ask: "touched" });
  }, { capture: true, passive: true });
}
function look() {
  const online = document.documentElement.dataset.connection !== "offline" && navigator.onLine;
  const can = online || navigator.serviceWorker?.controller, wait = form.dataset.lock * 60000;
  if (!wait || Date.now() - touched < wait || !can || form.dataset.sure) return;
  form.dataset.sure = "1";
  document.querySelectorAll("dialog[open]").forEach((one) => one.close());
  form.requestSubmit();
}
setInterval(look, 5000);
document.addEventListener("visibilitychange", look);
