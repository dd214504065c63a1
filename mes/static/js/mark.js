// A finger shows on the picture of the part where the defect sits; touching again moves the mark, the arrow keys do, too.
const STEP = 20, MOST = 1000;
const boxes = () => document.querySelectorAll("[data-mark]");
const within = (value) => Math.max(0, Math.min(MOST, Math.round(value)));

function place(box, x, y) {
  box.querySelector("input").value = `${within(x)},${within(y)}`;
  show(box);
}

function show(box) {
  const value = box.querySelector("input").value, [x, y] = value.split(",");
  const remove = box.parentElement.querySelector("[data-unmark]");
  if (value) box.querySelector("[data-dot]").setAttribute("d", `M${x} ${y}h.01`);
  else box.querySelector("[data-dot]").removeAttribute("d");
  if (remove) remove.hidden = !value;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-mark]"), remove = event.target.closest("[data-unmark]");
  if (remove) {
    const marked = remove.parentElement.querySelector("[data-mark]");
    marked.querySelector("input").value = "";
    show(marked);
  } else if (box) {
    const shape = box.querySelector("img").getBoundingClientRect();
    place(box, (event.clientX - shape.left) / shape.width * MOST, (event.clientY - shape.top) / shape.height * MOST);
    navigator.vibrate?.(8);
  }
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
  if (!by || !event.target.matches?.("[data-mark]")) return;
  event.preventDefault();
  const [x, y] = (event.target.querySelector("input").value || "500,500").split(",").map(Number);
  place(event.target, x + by[0], y + by[1]);
});

addEventListener("pageshow", () => boxes().forEach(show)); // what was typed is back by then
