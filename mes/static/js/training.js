// In training: when nobody has touched the screen for a while it leads back to the plant by itself, so that the next one
// does not believe to have reported what was only practised. A reload is no touch, so the last one is remembered.
const form = document.querySelector("[data-leave]"), wait = form.dataset.leave * 60000;
const TOUCHED = "mes.training-touched", MARK = /^t::/i;

const remember = () => { try { sessionStorage[TOUCHED] = Date.now(); } catch { /* then each page counts anew */ } };
const opened = Date.now();
const touched = () => { try { return Number(sessionStorage[TOUCHED] ?? opened); } catch { return opened; } };

function look() {
  if (Date.now() - touched() < wait || !navigator.onLine || form.dataset.sure) return;
  form.dataset.sure = "1";
  try { delete sessionStorage[TOUCHED]; } catch { /* as above */ }
  form.requestSubmit();
}

for (const act of ["pointerdown", "keydown", "input", "touchstart", "wheel"]) document.addEventListener(act, remember, { capture: true, passive: true });
form.addEventListener("submit", () => { try { delete sessionStorage[TOUCHED]; } catch { /* as above */ } });
const came = performance.getEntriesByType("navigation")[0]?.type === "navigate";
if (came && !(document.referrer && new URL(document.referrer).pathname.includes("/training/"))) remember(); // somebody has just come in
look();
setInterval(look, 5000);
document.addEventListener("visibilitychange", look);
addEventListener("pageshow", look);

// Labels of the copy carry its mark; keys that a scan touches on this page know the code alone.
addEventListener("scan", ({ detail }) => { detail.text = detail.text.replace(MARK, ""); }, true);
