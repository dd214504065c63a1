// A list is put in order by dragging a line at its handle, with a finger, a pen or a mouse; the arrows do the same.
const MOVED = 4; // pixels: less is a touch
let line, list, from, began, place;

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-drag]");
  if (!handle || event.button > 0) return;
  line = handle.closest("li");
  list = line.parentElement;
  from = place = [...list.children].indexOf(line);
  began = event.clientY;
  handle.setPointerCapture(event.pointerId);
  event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
  if (!line) return;
  if (Math.abs(event.clientY - began) < MOVED && !line.classList.contains("dragged")) return;
  line.classList.add("dragged");
  list.closest("[data-live]").dataset.dragging = "1";
  line.style.translate = `0 ${event.clientY - began}px`;
  const others = [...list.children].filter((one) => one !== line);
  const middle = line.getBoundingClientRect().top + line.offsetHeight / 2;
  place = others.filter((one) => one.offsetTop + one.offsetHeight / 2 + list.getBoundingClientRect().top < middle).length;
  others.forEach((one, n) => {
    const shift = n >= from && n < place ? -1 : n < from && n >= place ? 1 : 0;
    one.style.translate = shift ? `0 ${shift * (line.offsetHeight + 8)}px` : "";
  });
});

function drop(event) {
  if (!line) return;
  const dropped = line, moved = line.classList.contains("dragged") && place !== from && event.type === "pointerup";
  line = undefined;
  for (const one of list.children) one.style.translate = "";
  dropped.classList.remove("dragged");
  delete list.closest("[data-live]").dataset.dragging;
  if (!moved) return;
  list.insertBefore(dropped, [...list.children].filter((one) => one !== dropped)[place] ?? null); // until the answer
  dropped.querySelector("[name=place]").value = place + 1;
  dropped.querySelector("form").requestSubmit();
}
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);
