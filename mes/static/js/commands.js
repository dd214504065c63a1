// Printed command codes press the keys of the page: a key says in data-command which commands press it, a choice in
// data-number which digit chooses it, and digits go to the number pad where there is one. What no key answers goes to
// the server like any other scan.
const FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", LAST = [..."ㄱㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ", "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", ..."ㅅㅆㅇㅈㅊㅋㅌㅍㅎ"];
const MIDDLE = ["ㅏ", "ㅐ", "ㅑ", "ㅒ", "ㅓ", "ㅔ", "ㅕ", "ㅖ", "ㅗ", "ㅗㅏ", "ㅗㅐ", "ㅗㅣ", "ㅛ", "ㅜ", "ㅜㅓ", "ㅜㅔ", "ㅜㅣ", "ㅠ", "ㅡ", "ㅡㅣ", "ㅣ"];
const PARTS = { ㄳ: "ㄱㅅ", ㄵ: "ㄴㅈ", ㄶ: "ㄴㅎ", ㄺ: "ㄹㄱ", ㄻ: "ㄹㅁ", ㄼ: "ㄹㅂ", ㄽ: "ㄹㅅ", ㄾ: "ㄹㅌ", ㄿ: "ㄹㅍ", ㅀ: "ㄹㅎ", ㅄ: "ㅂㅅ", ㅘ: "ㅗㅏ", ㅙ: "ㅗㅐ", ㅚ: "ㅗㅣ", ㅝ: "ㅜㅓ", ㅞ: "ㅜㅔ", ㅟ: "ㅜㅣ", ㅢ: "ㅡㅣ" };
const KEYS = Object.fromEntries([..."ㅂqㅈwㄷeㄱrㅅtㅛyㅕuㅑiㅐoㅔpㅁaㄴsㅇdㄹfㅎgㅗhㅓjㅏkㅣlㅋzㅌxㅊcㅍvㅠbㅜnㅡmㅃqㅉwㄸeㄲrㅆtㅒoㅖp"].map((mark, at, all) => [mark, all[at + 1]]).filter((_pair, at) => at % 2 === 0));

// What was typed while the keyboard stood on Hangul, as the letters on its keys.
export function latin(text) {
  const marks = [...text].map((one) => {
    const at = one.charCodeAt(0) - 0xac00;
    if (at < 0 || at > 11171) return PARTS[one] ?? one;
    return FIRST[Math.floor(at / 588)] + MIDDLE[Math.floor((at % 588) / 28)] + (at % 28 ? LAST[(at % 28) - 1] : "");
  }).join("");
  return [...marks].map((one) => KEYS[one] ?? one).join("").toUpperCase();
}

// ISO/IEC 7064 MOD 37,36, as all codes of the plant carry it: a misread command is never another one.
export const isChecked = (code) => [...code.toUpperCase().replaceAll("-", "")].reduce((sum, one) => ((((sum || 36) * 2) % 37) + parseInt(one, 36)) % 36, 18) === 1;

export function commandOf(text) {
  const code = latin(text.trim()), found = /^C-([A-Z0-9-]+)[A-Z0-9]$/.exec(code);
  return found && isChecked(code) ? found[1].toLowerCase() : null;
}

const usable = (node) => !node.disabled && !node.closest("dialog:not([open])");
const all = (selector, root) => [...root.querySelectorAll(selector)].filter(usable);

// What a key does: it leads to another page, or this one stays.
const LEAVES = "leaves", STAYS = "stays";
function press(node) {
  if (!node) return false;
  node.click();
  return node.matches("a[href]") ? LEAVES : STAYS;
}

// A list of more than nine: its digits are gathered until they can only mean one choice, or until "save".
let digits = "";
function choose(mark, root) {
  const choices = all("[data-number]", root), most = Math.max(0, ...choices.map((one) => Number(one.dataset.number)));
  if (!most) return false;
  digits = mark ? digits + mark : digits;
  const meant = choices.find((one) => Number(one.dataset.number) === Number(digits));
  if (mark && meant && Number(digits) * 10 <= most) return true;
  digits = "";
  return press(meant);
}

function act(command) {
  const root = document.querySelector("dialog[open]") ?? document;
  const digit = /^digit-(\d)$/.exec(command)?.[1] ?? (command === "point" ? "." : null);
  if (digit !== null) return press(all(`[data-pad] [data-digit="${digit}"]`, root)[0]) || choose(digit, root);
  if (command === "clear" || command === "next") return press(all(`[data-pad] [data-op=${command}]`, root)[0]);
  if (command === "done" && digits) return choose("", root);
  return press(all(`[data-command~="${command}"]`, root)[0])
    || (command === "no" && press(all("[data-close]", root)[0]))
    || (command === "done" && press(all("[data-pad] [data-op=send]", root)[0]));
}

// A choice that carries the scanned code (a machine, a type of defect) is touched by it.
function touch(text) {
  const code = text.trim().toUpperCase();
  const node = all("[data-code]", document).find((one) => one.dataset.code.toUpperCase().split(" ").includes(code));
  return press(node);
}

globalThis.document?.addEventListener("scan", (event) => { // a worker only asks what a code means
  const command = commandOf(event.detail.text), done = command ? act(command) : touch(event.detail.text);
  if (!done) return;
  event.detail.leaves = done === LEAVES;
  event.preventDefault();
  event.stopImmediatePropagation();
  import("./feedback.js").then(({ feedback }) => feedback("heard"));
});
