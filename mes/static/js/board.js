// The board on the wall: how old its figures are, counted by this screen's own clock from their arrival, as clocks
// differ; and which work centres stand on it, when there are more than can be read from ten metres.
const OLD_SECONDS = 30;
let arrived = performance.now();

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "board") return;
  arrived = performance.now();
  showPage();
});

function showAge() {
  const shown = document.querySelector("[data-age]");
  const seconds = Math.floor((performance.now() - arrived) / 1000);
  const [words, number] = seconds < 120 ? [shown.dataset.age, seconds] : [shown.dataset.ageMinutes, Math.floor(seconds / 60)];
  shown.textContent = words.replace("{n}", number);
  shown.className = `age is-${seconds > OLD_SECONDS ? "stopped" : "running"}`;
}

const MOST_ROWS = 12, LOWEST_ROW = 0.048, TURN_MS = 10000; // of the height of the screen: read from ten metres
let turned = 0;

function showPage() {
  const list = document.querySelector(".wall-lines"), rows = [...list.children], words = document.querySelector(".wall-page");
  for (const row of rows) row.hidden = false;
  words.hidden = true;
  list.style.removeProperty("--rows");
  if (matchMedia("(max-width: 639px)").matches) return; // a phone scrolls
  const room = list.clientHeight / (innerHeight * LOWEST_ROW);
  const fit = Math.max(1, Math.min(MOST_ROWS, Math.floor(room)));
  const pages = Math.ceil(rows.length / fit), each = Math.ceil(rows.length / pages), page = turned % pages;
  rows.forEach((row, n) => { row.hidden = Math.floor(n / each) !== page; });
  list.style.setProperty("--rows", Math.max(each, 4));
  if (pages === 1) return;
  words.textContent = words.dataset.page.replace("{n}", page + 1).replace("{all}", pages);
  words.hidden = false;
}

function turnPage() {
  turned += 1;
  showPage();
}

showPage();
addEventListener("resize", showPage);
setInterval(turnPage, TURN_MS);
showAge();
setInterval(showAge, 1000);
