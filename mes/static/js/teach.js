// Marking the pieces of a supplier's barcode: the first and the last character are touched, or one part between signs.
const form = document.querySelector("[data-teach]");
let first = null;

const chosen = () => form.elements.mark.value;
const field = (piece) => form.elements.namedItem(`${piece}_at`);

function write(piece, where) {
  const input = field(piece);
  input.value = where;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

form.addEventListener("click", (event) => {
  const letter = event.target.closest("[data-place]");
  if (!letter) return;
  const place = Number(letter.dataset.place);
  if (letter.closest("[data-by-part]")) {
    write(chosen(), letter.dataset.part);
  } else if (first === null || first.piece !== chosen()) {
    first = { piece: chosen(), place };
    letter.classList.add("is-first");
  } else {
    write(first.piece, [first.place, place].sort((a, b) => a - b).join("-"));
    first = null;
  }
});

// What is chosen for marking is no part of the form.
form.addEventListener("formdata", (event) => event.formData.delete("mark"));
