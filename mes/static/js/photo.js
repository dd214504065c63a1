// Shows the picture that was taken, upright, before it is sent (drawn on a canvas: the page may load nothing but its own files).
document.addEventListener("change", async (event) => {
  const box = event.target.closest("[data-photo]"), file = event.target.files?.[0];
  if (!box) return;
  box.querySelector("canvas")?.remove();
  if (!file) return;
  box.querySelector("[data-photo-name]").textContent = file.name;
  try {
    const picture = await createImageBitmap(file);
    box.prepend(drawn(picture, 480));
    await shrink(event.target, picture, file);
  } catch { /* not a picture: the server says so in a sentence */ }
});

function drawn(picture, longest) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// A camera's 12 megapixels become the size in which the photo is kept, so that it is sent within a second.
const LONGEST = 1600, SMALL_ENOUGH = 400000;
async function shrink(input, picture, file) {
  if (file.size <= SMALL_ENOUGH) return;
  const blob = await new Promise((done) => drawn(picture, LONGEST).toBlob(done, "image/jpeg", 0.85));
  if (!blob || blob.size >= file.size || input.files[0] !== file) return;
  const small = new DataTransfer();
  small.items.add(new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }));
  input.files = small.files;
}
