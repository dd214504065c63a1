// Shows the picture that was taken, upright, before it is sent (drawn on a canvas: the page may load nothing but its own files).
document.addEventListener("change", async (event) => {
  const box = event.target.closest("[data-photo]"), file = event.target.files?.[0];
  if (!box) return;
  box.querySelector("canvas")?.remove();
  if (!file) return;
  box.querySelector("[data-photo-name]").textContent = file.name;
  try {
    const picture = await createImageBitmap(file, { resizeWidth: 480, resizeQuality: "medium" });
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0);
    box.prepend(canvas);
  } catch { /* not a picture: the server says so in a sentence */ }
});
