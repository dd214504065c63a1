// The test label: every key of a scan is kept as it came and sent to the server, which says what it tells about the scanner.
const box = document.querySelector("[data-trial]"), answer = document.querySelector("[data-trial-answer]"), field = document.querySelector("[data-trial-field]");
const QUIET_MS = 700, FEWEST = 4, MOST = 2000;
let strokes = [], timer;

const caps = (event) => Boolean(event.getModifierState?.("CapsLock"));
const keep = (kind, event) => {
  if (strokes.length < MOST) strokes.push({ at: event.timeStamp, kind, key: event.key ?? "", code: event.code ?? "", data: event.data ?? "", alt: Boolean(event.altKey), ctrl: Boolean(event.ctrlKey), caps: caps(event) });
  clearTimeout(timer);
  timer = setTimeout(send, QUIET_MS);
};

async function send() {
  const body = JSON.stringify(strokes), many = strokes.filter(({ kind }) => kind !== "up").length;
  strokes = [];
  field.value = "";
  if (many < FEWEST) return;
  const headers = { "Content-Type": "application/json", Accept: "text/html", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
  const reply = await fetch(box.dataset.trial, { method: "POST", body, headers });
  answer.innerHTML = await reply.text();
}

addEventListener("keydown", (event) => {
  if (event.target.closest?.("form, dialog") || event.metaKey) return;
  keep("down", event);
  if (["Enter", "Tab"].includes(event.key) && strokes.length > FEWEST) event.preventDefault();
}, true);
field.addEventListener("input", (event) => { if (!event.isComposing) keep("input", event); });
field.addEventListener("compositionend", (event) => keep("input", event));
