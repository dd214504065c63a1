// The report sheet: pieces from the scales or from the machine's counter, and in one line what will be saved.
import { isPlain } from "./exact.js";
import { exact, plain, show, shown } from "./pad.js";

const MILLION = 10n ** 6n;
const form = document.querySelector("[data-summary]"), good = form.elements.good;
const value = (name) => exact(form.elements[name]?.value || "0");
const wayNow = () => form.querySelector("[name=way]:checked")?.value ?? "";
const defects = () => [...form.querySelectorAll("[name^=defect-]")].filter((one) => one.value);

// Half a piece more or less on the scales: rounded as the server rounds.
function rounded(pieces, whole) {
  return whole ? ((pieces + MILLION / 2n) / MILLION) * MILLION : pieces;
}

function worked(way) {
  const box = form.querySelector(`[data-way="${way}"]`), factor = exact(box.dataset.factor);
  const [above, below] = way === "weight" ? ["gross", "tare"] : ["now", "before"];
  if (!form.elements[above].value || ![above, below].every((name) => isPlain(form.elements[name].value))) return null;
  const made = ((value(above) - value(below)) * factor) / MILLION;
  const bad = way === "counter" ? defects().reduce((sum, one) => sum + exact(one.value), 0n) : 0n;
  return rounded(made, good.closest("[data-count]").dataset.decimals === "0") - bad;
}

// The key that saves says what it saves.
const told = document.querySelector(`.key[form="${form.id}"] span`).appendChild(document.createElement("small"));
function say() {
  const parts = [];
  if (good.value && isPlain(good.value) && exact(good.value)) parts.push(`${form.dataset.summary} ${shown(exact(good.value))} ${form.dataset.unit}`);
  for (const one of defects().filter(({ value: typed }) => isPlain(typed))) parts.push(`${one.closest("[data-count]").querySelector(".label").textContent} ${shown(exact(one.value))}`);
  told.textContent = parts.join(" · ");
}

let busy = false;
function work() {
  if (busy) return;
  busy = true;
  const way = wayNow();
  for (const box of form.querySelectorAll("[data-way]")) box.hidden = box.dataset.way !== way;
  good.readOnly = way !== "";
  if (way) {
    const pieces = worked(way);
    const text = pieces === null ? "" : plain(pieces > 0n ? pieces : 0n);
    if (text !== good.value) {
      good.value = text;
      show(good.closest("[data-count]"));
    }
  }
  say();
  busy = false;
}

// The empty container weighs the same tomorrow: the tablet remembers it for each item.
const tare = form.elements.tare, kept = tare && `tare ${tare.closest("[data-tare]").dataset.tare}`;
if (tare && !tare.value) tare.value = localStorage.getItem(kept) ?? "";
form.addEventListener("submit", () => { if (tare && wayNow() === "weight" && /^\d*\.?\d*$/.test(tare.value)) localStorage.setItem(kept, tare.value); });
form.addEventListener("change", (event) => {
  if (event.target.name !== "way") return;
  if (!event.target.value) good.value = "";
  work();
  (form.querySelector(`[data-way="${event.target.value}"] input`) ?? good).focus();
});
form.addEventListener("counted", work);
work();
