// A form is sent once, says that it works, and never loses what was typed.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  const offline = document.documentElement.dataset.connection === "offline";
  if (offline || sent.has(form)) { // the second tap of a double tap goes nowhere
    event.preventDefault();
    event.stopImmediatePropagation();
    if (offline) sayOffline();
    return;
  }
  sent.add(form);
  form.setAttribute("aria-busy", "true");
  document.body.classList.add("working");
  keep(form);
  if (form.target === "_blank") setTimeout(() => release(form), 2000); // the answer opens beside this page
  if (form.target === "_blank") setTimeout(readyAgain, 2000, form);
}, true);

// A paper opens beside the page, which stays as it is: a later press is another print, with a key of its own.
function readyAgain(form) {
  const key = crypto.getRandomValues(new Uint8Array(16));
  form.elements.once.value = [...key].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  release(form);
}

function release(form) {
  sent.delete(form);
  form.removeAttribute("aria-busy");
  document.body.classList.remove("working");
}

document.addEventListener("htmx:afterRequest", (event) => release(event.target.closest?.("form") ?? event.target));
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(release);
});

function sayOffline() {
  import("./feedback.js").then(({ feedback }) => feedback("no"));
  document.getElementById("not-sent")?.showModal();
}

// What was typed outlives a lost reply and a reload; it is forgotten when the server answers with another page.
const place = (form) => `typed:${location.pathname}:${form.id}`;

function keep(form) {
  if (!("keep" in form.dataset)) return;
  const typed = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token" && !isSecret(form, name));
  sessionStorage.setItem(place(form), JSON.stringify(typed));
}

const isSecret = (form, name) => form.elements[name]?.type === "password";

function bringBack(form) {
  const stored = sessionStorage.getItem(place(form));
  sessionStorage.removeItem(place(form));
  const lost = performance.getEntriesByType("navigation")[0]?.type;
  if (!stored || (lost !== "reload" && lost !== "back_forward")) return;
  for (const [name, value] of JSON.parse(stored)) {
    const field = form.elements[name];
    if (!field || field.length || field.type === "file") continue; // groups of choices come back from the browser itself
    if (field.type === "checkbox") field.checked = true;
    else field.value = value; // the one-time key too: if the first sending did arrive, it is not recorded again
  }
}
document.querySelectorAll("form[data-keep]").forEach(bringBack);

// After a refusal the eye and the keyboard are at the first wrong field.
document.querySelector("[aria-invalid='true']")?.focus();
