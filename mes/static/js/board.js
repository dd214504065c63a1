// The board on the wall turns its pages by itself: each view, and of a long list as many lines as can be read from ten
// metres. The figures come by live.js; nothing here is kept from one picture to the next.
const MOST_ROWS = 12, LOWEST_ROW = 0.048, TURN_MS = 10000; // of the height of the screen: read from ten metres
const box = document.querySelector("[data-live]");
let turned = 0;

function pagesOf(view) {
  const list = view.querySelector(".wall-lines");
  if (!list) return [{ view }];
  list.style.removeProperty("--rows");
  for (const row of list.children) row.hidden = false;
  const room = list.clientHeight / (innerHeight * LOWEST_ROW);
  const fit = Math.max(1, Math.min(MOST_ROWS, Math.floor(room)));
  const count = Math.ceil(list.children.length / fit), each = Math.ceil(list.children.length / count);
  return Array.from({ length: count }, (_, n) => ({ view, list, each, n }));
}

function showPage() {
  const views = [...box.querySelectorAll("[data-view]")], words = box.querySelector(".wall-page");
  const single = matchMedia("(max-width: 639px)").matches; // a phone scrolls
  for (const view of views) view.hidden = !single;
  words.hidden = true;
  if (single) return;
  const pages = views.flatMap((view) => {
    view.hidden = false;
    const found = pagesOf(view);
    view.hidden = true;
    return found;
  });
  const { view, list, each, n } = pages[turned % pages.length];
  view.hidden = false;
  if (list) {
    [...list.children].forEach((row, place) => { row.hidden = Math.floor(place / each) !== n; });
    list.style.setProperty("--rows", Math.max(each, 4));
  }
  if (pages.length === 1) return;
  words.textContent = words.dataset.page.replace("{n}", (turned % pages.length) + 1).replace("{all}", pages.length);
  words.hidden = false;
}

// A paired screen keeps its last figures, for when it is switched on without a connection. What the page is made of is
// kept by loading it once more under the worker.
const worker = box.dataset.boardWorker, serving = navigator.serviceWorker;
if (worker && serving) {
  if (!serving.controller) serving.addEventListener("controllerchange", () => location.reload(), { once: true });
  serving.register(worker, { scope: worker.replace(/\/worker\.js$/, ""), updateViaCache: "none" }).catch(() => {});
}

showPage();
box.addEventListener("live:fresh", showPage);
addEventListener("resize", showPage);
setInterval(() => { turned += 1; showPage(); }, TURN_MS);
