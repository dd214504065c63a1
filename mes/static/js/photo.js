// Shows the pictures that were taken, upright, before they are sent (drawn on a canvas: the page may load nothing but its
// own files). A place for several keeps those taken before; a touch on one takes it away again.
const LONGEST = 1600, SMALL_ENOUGH = 400000, THUMB = 160, SHOWN = 480;
const KEPT = ["image/jpeg", "image/png", "image/webp"];
const taken = new WeakMap(); // of a place for several: the files, each with its small picture
const working = new WeakMap(); // of a form: the promise that all its pictures are there
const held = new WeakSet(); // forms that are sent as soon as they are

document.addEventListener("change", async (event) => {
  const box = event.target.closest("[data-photo]"), input = event.target;
  if (!box || !input.files?.length) return;
  complain(box, false);
  const chosen = [...input.files];
  if (input.multiple) give(input, filesOf(input)); // what could not be read is never sent
  await inTurn(input.form, () => (input.multiple ? addTo(box, input, chosen) : showOne(box, input, chosen[0])));
  if (box.dataset.photo === "send") input.form.requestSubmit(); // nothing else is asked
});

// One picture after the other: a tablet takes seconds for each, and the next may be taken meanwhile.
function inTurn(form, deed) {
  const mine = (working.get(form) ?? Promise.resolve()).then(deed);
  working.set(form, mine);
  return mine.finally(() => { if (working.get(form) === mine) working.delete(form); });
}

// What is saved while a picture is still being made smaller waits for it and takes it along (heard before forms.js).
addEventListener("submit", (event) => {
  const form = event.target;
  if (!working.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!held.has(form)) sendWhole(form, event.submitter);
}, true);

async function sendWhole(form, by) {
  held.add(form);
  form.dataset.held = ""; // a scan made meanwhile is for the page that comes
  form.setAttribute("aria-busy", "true");
  document.body.classList.add("working");
  while (working.has(form)) await working.get(form);
  held.delete(form);
  delete form.dataset.held;
  form.removeAttribute("aria-busy");
  document.body.classList.remove("working");
  if (form.querySelector("[data-photo] .error")) import("./feedback.js").then(({ feedback }) => feedback("no")); // one of them cannot be read: the person decides
  else form.requestSubmit(by);
}

async function showOne(box, input, file) {
  box.querySelector("canvas")?.remove();
  box.querySelector("[data-photo-name]").textContent = file.name;
  try {
    const picture = await createImageBitmap(file);
    box.prepend(drawn(picture, SHOWN));
    const small = await shrunk(picture, file);
    if (input.files[0] === file) give(input, [small]);
  } catch { /* not a picture: the server says so in a sentence */ }
}

const filesOf = (input) => (taken.get(input) ?? []).map((one) => one.file);

async function addTo(box, input, chosen) {
  if (!taken.has(input)) taken.set(input, []);
  for (const file of chosen) {
    try {
      const picture = await createImageBitmap(file);
      taken.get(input).push({ file: await shrunk(picture, file), look: drawn(picture, THUMB) });
    } catch {
      complain(box, true);
    }
  }
  draw(box, input);
}

function draw(box, input) {
  const all = taken.get(input);
  let shots = box.querySelector(".shots");
  if (!shots) box.prepend(shots = Object.assign(document.createElement("span"), { className: "shots" }));
  shots.replaceChildren(...all.map((one) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.setAttribute("aria-label", box.dataset.remove);
    button.append(one.look);
    button.addEventListener("click", () => { all.splice(all.indexOf(one), 1); draw(box, input); });
    return button;
  }));
  const word = box.querySelector("[data-photo-word]");
  if (word && all.length) word.textContent = word.dataset.more;
  give(input, all.map((one) => one.file));
}

function give(input, files) {
  const transfer = new DataTransfer();
  files.forEach((file) => transfer.items.add(file));
  input.files = transfer.files;
}

function complain(box, bad) {
  box.querySelector(".error")?.remove();
  if (!bad || !box.dataset.refused) return;
  const said = Object.assign(document.createElement("span"), { className: "error", textContent: box.dataset.refused });
  said.setAttribute("role", "alert");
  box.append(said);
}

function drawn(picture, longest) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// A camera's 12 megapixels become the size in which the photo is kept, so that it is sent within a second; a format
// that only this device reads (HEIC on an iPhone) becomes one that everybody reads.
async function shrunk(picture, file) {
  const foreign = !KEPT.includes(file.type);
  if (file.size <= SMALL_ENOUGH && !foreign) return file;
  const blob = await new Promise((done) => drawn(picture, LONGEST).toBlob(done, "image/jpeg", 0.85));
  if (!blob || (blob.size >= file.size && !foreign)) return file;
  return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}
