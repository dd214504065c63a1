// On a phone the job stays in the first view: of all that a page has to say the most urgent stands there in full, the
// rest is one line with its number, which opens it.
const URGENT = ["is-stopped", "is-person", "is-held", "is-waiting", "is-running"];
const SAID = "main .banner:not([data-answer]), main > .waits, main > .hint-line"; // what answers the last touch stays
const phone = matchMedia("(max-width: 639px)"), main = document.getElementById("main");
const line = Object.assign(document.createElement("button"), { className: "button quiet rest", type: "button" });
let open = false;

const rank = (one) => (URGENT.findIndex((name) => one.classList.contains(name)) + URGENT.length + 1) % (URGENT.length + 1);

function calm() {
  const all = [...document.querySelectorAll(SAID)].filter((one) => !one.closest("[hidden], dialog")); // what is not said
  const first = all.toSorted((one, other) => rank(one) - rank(other))[0];
  const rest = all.filter((one) => one !== first), folds = phone.matches && rest.length > 0;
  for (const one of all) one.toggleAttribute("data-rest", folds && !open && one !== first);
  if (!folds) return line.remove();
  const faces = rest.slice(0, 4).map((one) => {
    const face = document.createElement("span");
    face.className = URGENT.find((name) => one.classList.contains(name)) ?? "";
    face.append(one.querySelector(".icon")?.cloneNode(true) ?? "");
    return face;
  });
  const word = Object.assign(document.createElement("span"), { textContent: main.dataset.moreWord.replace("{n}", rest.length) });
  line.replaceChildren(...faces, word);
  line.setAttribute("aria-expanded", String(open));
  if (line.previousElementSibling !== first) first.after(line);
}

line.addEventListener("click", () => { open = !open; calm(); });
document.addEventListener("renewed", calm);
phone.addEventListener("change", calm);
new MutationObserver((changes) => changes.some(({ addedNodes }) => [...addedNodes].some((one) => one !== line)) && calm()).observe(main, { childList: true });
calm();
