// The number pad writes into the count that was touched last; under each count stands what will be saved.
import { exact, isPlain, plain, shown } from "./exact.js";

export { exact, plain, shown };
const counts = (root) => [...root.querySelectorAll("[data-count]")];
const inputOf = (count) => count.querySelector("input");
let active = null, fresh = true; // fresh: the first digit replaces what stands there

function activate(count) {
  if (active === count) return;
  active?.classList.remove("active");
  active = count;
  fresh = true;
  count?.classList.add("active");
}

function write(count, text) {
  const places = Number(count.dataset.decimals), [whole, part] = text.split(".");
  const kept = count.dataset.count === "digits" ? text : whole.replace(/^0+(?=\d)/, "") + (part === undefined || !places ? "" : `.${part.slice(0, places)}`);
  if (kept.replace(".", "").length > 12) return;
  inputOf(count).value = kept;
  show(count);
}

// "100 + 20 = 120" when typing adds, "100 -> 120" when it replaces: the two can not be mistaken for each other.
export function show(count) {
  queueMicrotask(() => count.dispatchEvent(new Event("counted", { bubbles: true })));
  const input = inputOf(count), will = count.querySelector("[data-will]");
  if (count.dataset.count === "reading") judge(count, input.value);
  count.classList.toggle("filled", Boolean(input.value) && count.classList.contains("small"));
  if (!will) return;
  if (!isPlain(input.value)) return will.replaceChildren("?"); // what it means is asked when it is saved
  const before = exact(count.dataset.soFar), typed = exact(input.value || "0");
  const bold = Object.assign(document.createElement("b"), { textContent: shown(count.dataset.count === "add" ? before + typed : typed) });
  if (!input.value) bold.textContent = before || !count.classList.contains("small") ? shown(before) : "";
  const sum = count.dataset.count === "add" ? `${shown(before)} + ${shown(typed)} = ` : `${shown(before)} → `;
  will.replaceChildren(input.value ? sum : "", bold);
}

// A measured value is red as soon as it is out of its limits; on a limit it is still good.
function judge(count, text) {
  const { lower, upper } = count.dataset, [, sign, digits] = /^\s*([+-]?)\s*(\d+(?:\.\d*)?)\s*[^\d\s.,]*\s*$/.exec(text) ?? [];
  const given = digits !== undefined, value = given ? exact((sign === "-" ? "-" : "") + digits) : 0n;
  const out = given && ((lower && value < exact(lower)) || (upper && value > exact(upper)));
  count.classList.toggle("out", Boolean(out));
  count.classList.toggle("in", given && !out);
}

function step(count, by) {
  if (count.dataset.count === "reading") return turn(count, by);
  add(count, exact(String(by)));
}

// A reading may be below zero: minus and plus set its sign.
function turn(count, by) {
  const now = inputOf(count).value.replace("-", "");
  fresh = false;
  write(count, by < 0 ? `-${now}` : now);
}

function add(count, amount) {
  if (!isPlain(inputOf(count).value)) return;
  const next = exact(inputOf(count).value || "0") + amount;
  fresh = false;
  write(count, next > 0n ? plain(next) : "");
}

function digit(count, mark) {
  const now = fresh ? "" : inputOf(count).value;
  fresh = false;
  if (mark === "." && (now.includes(".") || count.dataset.decimals === "0")) return;
  write(count, (now || (mark === "." ? "0" : "")) + mark);
}

function next(root) {
  const all = counts(root);
  activate(all[(all.indexOf(active) + 1) % all.length]);
  active.scrollIntoView({ block: "nearest" });
}

const OPS = {
  back: (count) => { fresh = false; write(count, inputOf(count).value.slice(0, -1)); },
  clear: (count) => write(count, ""),
  plus: (count) => step(count, 1),
  minus: (count) => step(count, -1),
  next: (count) => next(count.closest("form")),
  send: (count) => count.closest("form").requestSubmit(),
};

document.addEventListener("pointerdown", (event) => {
  if (event.target.closest("[data-pad] button")) event.preventDefault(); // the focus stays in the count
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pad] button");
  if (!button) return;
  const form = button.closest("form");
  if (!active || !form.contains(active)) activate(counts(form)[0]);
  if (button.dataset.digit) digit(active, button.dataset.digit);
  else OPS[button.dataset.op](active);
  navigator.vibrate?.(8);
});
// A key that adds a whole box; and on a report sheet a scan of the item, the order or a defect code counts one more.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add]");
  if (!button) return;
  const count = button.closest("form").elements[button.dataset.to].closest("[data-count]");
  activate(count);
  add(count, exact(button.dataset.add));
});
document.addEventListener("scan", (event) => {
  const sheet = document.querySelector("[data-scan-sheet]"), code = event.detail.text.toUpperCase();
  if (!sheet) return;
  const hit = [...sheet.querySelectorAll("[data-codes]")].find((box) => box.dataset.codes.toUpperCase().split(" ").includes(code));
  if (hit) {
    event.preventDefault();
    const count = hit.querySelector("[data-count]");
    activate(count);
    add(count, exact(hit.dataset.step));
    import("./feedback.js").then(({ feedback }) => feedback("yes"));
  } else if (sheet.dataset.saveCode === code) {
    event.preventDefault();
    sheet.requestSubmit();
  } else carry(sheet);
});
// Any other scan leaves the page; what was typed goes along and comes back.
function carry(sheet) {
  const scan = document.querySelector("form.sink[data-scan]");
  for (const count of counts(sheet)) {
    const { name, value } = inputOf(count);
    if (value) scan?.append(Object.assign(document.createElement("input"), { type: "hidden", name: `typed-${name}`, value }));
  }
}

document.addEventListener("focusin", (event) => {
  const count = event.target.closest("[data-count]");
  if (!count) return;
  activate(count);
  if (count.dataset.count === "replace") event.target.select(); // on a keyboard, too, the first digit takes the place of what stands there
});
document.addEventListener("input", (event) => {
  const count = event.target.closest("[data-count]");
  if (!count) return;
  fresh = false;
  // a reading stays as it was typed: what cannot be read is refused in a sentence, not turned into another number
  if (!["digits", "reading"].includes(count.dataset.count)) event.target.value = event.target.value.replace(/[^\d.,]/g, "");
  show(count);
});
// A hardware keyboard has the same + and -.
document.addEventListener("keydown", (event) => {
  const count = event.target.closest?.("[data-count]");
  if (!count || ["digits", "reading"].includes(count.dataset.count) || !["+", "-"].includes(event.key)) return;
  event.preventDefault();
  step(count, event.key === "+" ? 1 : -1);
});

for (const pad of document.querySelectorAll("[data-pad]")) {
  const all = counts(pad.closest("form"));
  all.forEach(show);
  activate(all.find((count) => inputOf(count).getAttribute("aria-invalid")) ?? all[0] ?? null);
}
