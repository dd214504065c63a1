// A drawing or photo in its frame: larger by two fingers, by the keys below it, by Ctrl and the wheel, by + and -.
// It is the frame that scrolls, so that one finger pushes the paper about as everywhere else.
const LARGEST = 8, STEP = 1.6;

function enlarge(frame, times, x = frame.clientWidth / 2, y = frame.clientHeight / 2) {
  const before = Number(frame.dataset.times || 1), now = Math.min(LARGEST, Math.max(1, times));
  const left = (frame.scrollLeft + x) / before, top = (frame.scrollTop + y) / before;
  frame.dataset.times = now;
  frame.style.setProperty("--times", now);
  frame.scrollTo(left * now - x, top * now - y);
}

const paper = () => document.querySelector("[data-paper]");
const by = (frame, times, x, y) => enlarge(frame, Number(frame.dataset.times || 1) * times, x, y);

document.addEventListener("click", (event) => {
  const key = event.target.closest("button[data-times]"), frame = key && paper();
  if (frame) key.dataset.times === "1" ? enlarge(frame, 1) : by(frame, key.dataset.times === "+" ? STEP : 1 / STEP);
});
document.addEventListener("keydown", (event) => {
  const frame = paper();
  if (!frame || event.target.closest("input, textarea, dialog")) return;
  if (event.key === "+" || event.key === "-") by(frame, event.key === "+" ? STEP : 1 / STEP);
  if (event.key === "0") enlarge(frame, 1);
});

let apart = 0;
const spread = ([one, two]) => Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
for (const frame of document.querySelectorAll("[data-paper]")) {
  frame.addEventListener("touchstart", (event) => { if (event.touches.length === 2) apart = spread(event.touches); }, { passive: true });
  frame.addEventListener("touchmove", (event) => {
    if (event.touches.length !== 2 || !apart) return;
    event.preventDefault();
    const now = spread(event.touches), box = frame.getBoundingClientRect(), [one, two] = event.touches;
    by(frame, now / apart, (one.clientX + two.clientX) / 2 - box.left, (one.clientY + two.clientY) / 2 - box.top);
    apart = now;
  }, { passive: false });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = frame.getBoundingClientRect();
    by(frame, event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
}
