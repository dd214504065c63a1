// A supplier's label that is scanned on the page of receiving fills the form, and the line above it says what was read.
import { feedback } from "./feedback.js";

export async function fill(form, code) {
  let answer;
  try {
    const reply = await fetch(`${form.dataset.scanFill}?${new URLSearchParams({ text: code })}`, { headers: { Accept: "application/json" } });
    answer = await reply.json();
  } catch {
    feedback("no");
    return;
  }
  feedback(answer.fill ? "yes" : "no");
  for (const [name, value] of Object.entries(answer.fill ?? {})) put(form.elements.namedItem(name), value);
  say(form, answer);
}

function put(field, value) {
  if (!field) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function say(form, { fill: filled, said, advice, teach, word }) {
  let line = form.querySelector("[data-read]");
  if (!line) {
    line = document.createElement("p");
    line.dataset.read = "";
    line.setAttribute("role", "status");
    form.prepend(line);
  }
  line.className = filled ? "flash is-running" : "flash is-stopped";
  line.replaceChildren(Object.assign(document.createElement("span"), { textContent: [said, advice].filter(Boolean).join(" ") }));
  if (teach) line.append(Object.assign(document.createElement("a"), { className: "button", href: teach, textContent: word }));
}
