// The camera as a scanner. Live where the browser gives the camera to the page (https or this machine), with the browser's
// own detector or with ours (WebAssembly, fetched only now); otherwise a photo is taken and decoded by the server.
import { scannedByCamera } from "./scan.js";
import { feedback } from "./feedback.js";

const EVERY_MS = 120, TWICE = 2; // a code counts when it was seen in two pictures
const SEVERAL_MS = 700; // so long others in view are waited for
const LONGEST = 1600; // of a photo that is sent
const CAMERA = "mes.camera"; // which one was used last
const FORMATS = ["qr_code", "data_matrix", "code_128", "code_39", "ean_13", "ean_8", "upc_a", "itf", "aztec", "pdf417"];
const vendor = new URL("../vendor/zxing/", import.meta.url);
let words, box, video, note, choices, track, stream, looking = false, seen = new Map(), since = 0;

const make = (name, values = {}, ...inside) => {
  const node = Object.assign(document.createElement(name), values);
  node.append(...inside);
  return node;
};
const icon = (name) => document.querySelector("[data-camera] template").content.querySelector(`[data-icon=${name}] svg`).cloneNode(true);
const key = (word, name, onclick, look = "") => make("button", { type: "button", className: `button ${look}`, onclick }, icon(name), make("span", { textContent: word }));

function build() {
  if (box) return;
  const sheet = make("link", { rel: "stylesheet", href: new URL("../css/camera.css", import.meta.url).href });
  document.head.append(sheet);
  video = make("video", { playsInline: true, muted: true });
  note = make("p", { className: "camera-note" });
  note.setAttribute("role", "status");
  choices = make("div", { className: "camera-choices" });
  const file = make("input", { type: "file", accept: "image/*", hidden: true, onchange: () => sendPhoto(file) });
  file.setAttribute("capture", "environment");
  const torch = key(words.torch, "flashlight", () => switchTorch(torch)), other = key(words.other, "switch-camera", nextCamera);
  Object.assign(torch, { hidden: true, className: "button camera-torch" });
  Object.assign(other, { hidden: true, className: "button camera-other" });
  box = make("dialog", { className: "camera" }, make("h2", { textContent: words.title }), make("div", { className: "camera-view" }, video, make("div", { className: "camera-frame" })),
    note, choices, make("div", { className: "camera-keys" }, torch, other, key(words.photo, "camera", () => file.click()), key(words.close, "x", () => box.close(), "quiet"), file));
  box.setAttribute("aria-label", words.title);
  box.addEventListener("close", stop);
  document.body.append(box);
}

const say = (sentence) => { note.textContent = sentence ?? ""; };

export async function open(spoken) {
  words = spoken;
  build();
  choices.replaceChildren();
  box.showModal();
  if (!navigator.mediaDevices?.getUserMedia) return withoutCamera(words.plain);
  say(words.wait);
  try {
    await start(remembered());
  } catch (refused) {
    withoutCamera(refused.name === "NotAllowedError" ? words.denied : words.none);
  }
}

// On plain http, without a camera or without leave to use it: a photo, read by the server.
function withoutCamera(sentence) {
  box.classList.add("is-still");
  say(sentence);
}

const remembered = () => { try { return localStorage.getItem(CAMERA); } catch { return null; } };
const remember = (id) => { try { localStorage.setItem(CAMERA, id); } catch { /* the next time it is asked for again */ } };

async function start(id) {
  stop();
  const wish = { width: { ideal: 1920 }, height: { ideal: 1080 } };
  const asked = id ? { deviceId: { exact: id } } : { facingMode: { ideal: "environment" } };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { ...asked, ...wish } });
  } catch (refused) {
    if (!id) throw refused;
    return start(null); // the camera of the last time was taken off
  }
  box.classList.remove("is-still");
  [track] = stream.getVideoTracks();
  video.srcObject = stream;
  await video.play();
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
  box.querySelector(".camera-other").hidden = cameras.length < 2;
  box.querySelector(".camera-torch").hidden = !track.getCapabilities?.().torch;
  if (track.getSettings().deviceId) remember(track.getSettings().deviceId);
  say(words.hold);
  await look();
}

async function nextCamera() {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
  const now = cameras.findIndex((one) => one.deviceId === track?.getSettings().deviceId);
  await start(cameras[(now + 1) % cameras.length].deviceId);
}

async function switchTorch(pressed) {
  const on = pressed.getAttribute("aria-pressed") !== "true";
  try {
    await track.applyConstraints({ advanced: [{ torch: on }] });
    pressed.setAttribute("aria-pressed", String(on));
  } catch { pressed.hidden = true; }
}

function stop() {
  looking = false;
  seen = new Map();
  since = 0;
  for (const one of stream?.getTracks() ?? []) one.stop();
  stream = track = undefined;
  if (video) video.srcObject = null;
}

// The browser's own detector, or ours: each gives the texts in a picture.
async function detector() {
  if ("BarcodeDetector" in window) {
    const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (known.includes("qr_code") && known.includes("code_128") && known.includes("data_matrix")) {
      const native = new BarcodeDetector({ formats: FORMATS.filter((one) => known.includes(one)) });
      return async () => (await native.detect(video)).map((one) => one.rawValue);
    }
  }
  await load(new URL("reader.js", vendor).href);
  await ZXingWASM.prepareZXingModule({ overrides: { locateFile: (name) => new URL(name, vendor).href }, fireImmediately: true });
  const canvas = document.createElement("canvas"), ink = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    ink.drawImage(video, 0, 0);
    const found = await ZXingWASM.readBarcodes(ink.getImageData(0, 0, canvas.width, canvas.height), { textMode: "Plain", maxNumberOfSymbols: 8 });
    return found.map((one) => (one.contentType === "GS1" ? one.symbologyIdentifier : "") + one.text);
  };
}

let loaded;
const load = (src) => loaded ??= new Promise((done, failed) => document.head.append(make("script", { src, onload: done, onerror: failed })));

async function look() {
  const detect = await detector();
  looking = true;
  const mine = stream;
  while (looking && stream === mine) {
    const began = performance.now();
    if (video.videoWidth) note_(await detect().catch(() => []));
    await new Promise((done) => setTimeout(done, Math.max(20, EVERY_MS - (performance.now() - began))));
  }
}

// One code that stays is taken; several in view are offered.
function note_(texts) {
  if (!looking) return;
  for (const text of texts.filter(Boolean)) seen.set(text, (seen.get(text) ?? 0) + 1);
  const sure = [...seen].filter(([, times]) => times >= TWICE).map(([text]) => text);
  if (!sure.length) return;
  since ||= performance.now();
  if (texts.length > 1 || seen.size > 1) {
    if (performance.now() - since > SEVERAL_MS) offer(sure);
  } else if (performance.now() - since > EVERY_MS) taken(sure[0]);
}

function taken(text) {
  box.close();
  scannedByCamera(text);
}

function offer(texts) {
  if (texts.length === 1) return taken(texts[0]);
  looking = false;
  feedback("ask");
  say(words.several);
  choices.replaceChildren(...texts.map((text) => make("button", { type: "button", className: "choice", textContent: text.replaceAll("\x1d", "␝"), onclick: () => taken(text) })));
  choices.firstChild.focus();
}

// A photo of 12 megapixels is made smaller here, so that it is sent within a second.
async function sendPhoto(file) {
  const [photo] = file.files;
  if (!photo) return;
  say(words.reading);
  choices.replaceChildren();
  const body = new FormData();
  body.append("photo", await smaller(photo), "photo.jpg");
  try {
    const reply = await fetch(words.address, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content } });
    const answer = await reply.json();
    if (answer.codes) offer(answer.codes);
    else sayNo(answer);
  } catch {
    sayNo({ said: words.failed });
  }
  file.value = "";
}

function sayNo({ said, advice }) {
  feedback("no");
  say([said ?? words.failed, advice].filter(Boolean).join(" "));
}

async function smaller(photo) {
  try {
    const picture = await createImageBitmap(photo), scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    if (scale === 1) return photo;
    const canvas = make("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob((blob) => done(blob ?? photo), "image/jpeg", 0.9));
  } catch {
    return photo; // the server says in a sentence what is wrong with it
  }
}

