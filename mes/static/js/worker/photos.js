// Photos that are too large to be sent are made smaller here, before the entry is put down or when the server (or a
// proxy before it) says so. What is no photo stays as it is.
const STEPS = [[1600, 0.85], [1200, 0.75], [800, 0.7], [480, 0.6]]; // longest side in pixels, quality

export const sizeOf = (fields) => fields.reduce((sum, [name, value]) => sum + name.length + (typeof value === "string" ? value.length : value.size), 0);

// The fields with photos small enough for all of it to fit; as small as they can be made where that is not enough.
export async function fitting(fields, most) {
  let now = fields;
  for (const [longest, quality] of STEPS) {
    if (sizeOf(now) <= most) break;
    now = await Promise.all(fields.map(async ([name, value]) => [name, await smaller(value, longest, quality)]));
  }
  return now;
}

async function smaller(file, longest, quality) {
  if (typeof file === "string" || !file.size || !/^image\//.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file), scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    return blob.size < file.size ? new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" }) : file;
  } catch {
    return file; // the server says what it is
  }
}
