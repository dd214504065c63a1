// Yes and no that reach a person in a loud hall: a frame of colour, a short sound, a vibration. Each differs for yes and no.
let audio;

// What the person chose: loud or quiet, without vibration, results read aloud.
const chose = (word) => document.documentElement.dataset.comfort?.split(" ").includes(word);

function tone(hertz, from, seconds) {
  const voice = audio.createOscillator(), volume = audio.createGain();
  voice.type = "triangle";
  voice.frequency.value = hertz;
  volume.gain.setValueAtTime(chose("loud") ? 0.9 : 0.25, audio.currentTime + from);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + from + seconds);
  voice.connect(volume).connect(audio.destination);
  voice.start(audio.currentTime + from);
  voice.stop(audio.currentTime + from + seconds);
}

// yes: one rising double note; no: two low notes; ask: two equal notes in the middle; heard: a tick, at once, before the answer is known.
const SOUNDS = { yes: [[880, 0, 0.08], [1320, 0.08, 0.12]], no: [[220, 0, 0.18], [165, 0.22, 0.3]], ask: [[550, 0, 0.1], [550, 0.18, 0.1]], heard: [[1000, 0, 0.03]] };
const BUZZ = { yes: 40, no: [120, 60, 120], ask: [60, 60, 60], heard: 10 };

// Browsers keep a page silent until somebody has touched it, and complain of the attempt.
const mayBeHeard = () => navigator.userActivation?.hasBeenActive !== false;

function soundAndBuzz(answer) {
  try {
    if (!chose("numb")) navigator.vibrate?.(BUZZ[answer]);
    if (chose("quiet")) return;
    audio ??= new AudioContext();
    if (audio.state === "running") for (const note of SOUNDS[answer]) tone(...note);
    else audio.resume();
  } catch { /* a device without sound still shows the colour */ }
}

export function feedback(answer) {
  if (mayBeHeard()) soundAndBuzz(answer);
  if (answer === "heard" || !document.body.classList.contains("station")) return;
  delete document.body.dataset.answer;
  void document.body.offsetWidth; // lets the same answer show again
  document.body.dataset.answer = answer;
  setTimeout(() => delete document.body.dataset.answer, answer === "yes" ? 1100 : 1800);
}

// The server marks its answers: data-feedback="yes|no|ask" on a flash, a refusal or a question.
function answers(root) {
  const told = [root, ...root.querySelectorAll("[data-feedback]")].map((box) => box.dataset?.feedback);
  const loudest = ["no", "ask", "yes"].find((one) => told.includes(one)); // a warning beside a yes must not pass as a yes
  if (loudest) feedback(loudest);
  if (loudest && chose("speak")) say([root, ...root.querySelectorAll("[data-feedback]")].filter((box) => box.dataset?.feedback));
}

// The sentences of the answer in the language of the page; a newer answer cuts an older one short.
function say(boxes) {
  const heard = boxes.map((box) => [...box.querySelectorAll(":scope > :is(strong, span)")].map((part) => part.textContent.trim()).join(" "));
  const voice = window.speechSynthesis;
  if (!voice) return;
  const words = new SpeechSynthesisUtterance(heard.join(" "));
  words.lang = { zh: "zh-CN", ko: "ko-KR", en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;
  voice.cancel();
  voice.speak(words);
}

document.addEventListener("htmx:afterSwap", (event) => answers(event.target));
document.addEventListener("htmx:oobAfterSwap", (event) => answers(event.target));
answers(document);
