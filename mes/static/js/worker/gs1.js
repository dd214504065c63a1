// What a scanned text may say, read as the server reads it: GS1 elements with and without separators, in brackets, as a
// web address; bare numbers of articles and pallets; a code of ours in whatever dress. The likeliest reading is first.
import { isChecked, latin } from "../commands.js";

const GS = "\x1d", TEXT = '[!%-?A-Z_a-z"]', DAY = "\\d\\d(?:0\\d|1[0-2])(?:[0-2]\\d|3[01])";
// Identifiers, what stands behind them, and whether it ends only at a separator. Of those that name neither article,
// lot nor serial number the form is told roughly: the server looks more closely.
const TABLE = [
  ["00", "\\d{18}"], ["0[123]", "\\d{14}"], ["1[123567]", DAY], ["20", "\\d\\d"], ["41[0-7]", "\\d{13}"],
  ["3(?:1[0-6]|2\\d|3[0-7]|4\\d|5[0-7]|6\\d)[0-5]", "\\d{6}"],
  ["10|2[12]", `${TEXT}{1,20}`, true], ["30", "\\d{0,8}", true], ["37", "\\d{1,8}", true], ["90|24[01]|25[01]|40[013]", `${TEXT}{1,30}`, true],
  ["9[1-9]|235|24[23]|25[345]|402|42[0-7]|71[0-7]|39(?:[0-3]\\d|4[0-3]|5[0-5])|43(?:[01]\\d|2[0-6]|3[0-3])|70(?:0[1-9]|1[01]|2[0-3]|3\\d|4[01])|72(?:3\\d|4[0-2]|5\\d)|80(?:0[1-9]|1[0-4789]|2[06]|30|4[0-3])|811[0-2]|8200", `${TEXT}{1,90}`, true],
].map(([ai, value, open]) => ({ begins: new RegExp(`^(?:${ai})`), value: new RegExp(`^${value}`), whole: new RegExp(`^${value}$`), open }));
const CHECKED = { "00": 18, "01": 14, "02": 14, "03": 14, 253: 13, 255: 13, 402: 17, 8003: 14, 8006: 14, 8017: 18, 8018: 18, 8026: 14 };
// The keys of things, and what may stand behind each in an address.
const KEYS = { "00": [], "01": ["22", "10", "21", "235"], 253: [], 255: [], 401: [], 402: [], 410: [], 411: [], 412: [], 413: [], 414: ["254", "7040"], 415: ["8020"], 417: ["7040"], 8003: [], 8004: ["7040"], 8006: ["22", "10", "21"], 8010: ["8011"], 8013: [], 8017: ["8019"], 8018: ["8019"] };
const NAMES = { gtin: "01", cpv: "22", lot: "10", ser: "21", sscc: "00", gln: "414", exp: "17", itip: "8006" };
const LENGTHS = [8, 12, 13, 14], FIXED = { "00": 18, "01": 14, "02": 14, 11: 6, 12: 6, 13: 6, 15: 6, 16: 6, 17: 6, 20: 2 };
const FOLLOWING = ["10", "21", "11", "15", "17", "37"], LONGEST_GS1 = 200, MOST_WAYS = 8, LONGEST = 5000;
export const OURS = /^[A-Z]\d{6}-[A-Z]{0,2}\d{4,}[0-9A-Z]$/, NOISE = 300;
export const SEPARATORS = /\x1d|\u241d|\u2194|\^\]|\{GS\}|<GS>|\[GS\]|\\x1d|\\u001d|\\F|[|~]/gi;
export const SYMBOLOGY = /^\][A-Za-z][0-9A-Za-z]/, TOLD = /^\](?:C1|e0|d2|Q3|J1)/;

const hasCheckDigit = (digits) => /^\d{2,}$/.test(digits) && [...digits].reverse().reduce((sum, one, at) => sum + Number(one) * (at % 2 ? 3 : 1), 0) % 10 === 0;
const isGtin = (text) => LENGTHS.includes(text.length) && hasCheckDigit(text);
export const spellings = (gtin) => LENGTHS.filter((many) => gtin.length >= many && !/[^0]/.test(gtin.slice(0, -many))).map((many) => gtin.slice(-many));
const bare = (text) => text.replace(/^\x1d+|\x1d+$/g, "");
const once = (text) => { try { return decodeURIComponent(text); } catch { return text; } };

function isDay(text) {
  const [year, month, day] = [0, 2, 4].map((at) => Number(text.slice(at, at + 2))), full = year > 50 ? 1900 + year : 2000 + year;
  return month > 0 && month < 13 && day <= new Date(Date.UTC(full, month, 0)).getUTCDate();
}

// The identifier with which a text begins.
function leading(text) {
  for (const one of TABLE) {
    const ai = one.begins.exec(text)?.[0];
    if (ai) return { ...one, ai };
  }
  return null;
}

function add(found, known, value) {
  const length = /^41/.test(known.ai) ? 13 : CHECKED[known.ai];
  if (!known.whole.test(value) || (length && !hasCheckDigit(value.slice(0, length)))) return false;
  if (/^1[123567]$/.test(known.ai) && !isDay(value)) return false;
  found[known.ai] ??= value;
  return found[known.ai] === value;
}

// The elements of a string, or null where it is none.
function parsed(text) {
  const found = {};
  let rest = bare(text);
  while (rest) {
    const known = leading(rest), held = rest.split(GS, 1)[0];
    if (!known) return null;
    const value = known.value.exec(held.slice(known.ai.length))?.[0] ?? held.slice(known.ai.length);
    if (!add(found, known, value)) return null;
    rest = rest.slice(known.ai.length + value.length);
    if (rest && known.open && !rest.startsWith(GS)) return null;
    rest = rest.replace(/^\x1d+/, "");
  }
  return Object.keys(found).length ? found : null;
}

function inBrackets(text) {
  const found = {}, starts = [...text.matchAll(/\((\d{2,4})\)/g)].filter(([, ai]) => leading(ai)?.ai === ai);
  if (starts[0]?.index !== 0) return null;
  for (const [at, one] of starts.entries()) {
    const value = text.slice(one.index + one[0].length, starts[at + 1]?.index).trim();
    if (!add(found, leading(one[1]), value)) return null;
  }
  return found;
}

// The elements; null where a thing is named wrongly, nothing where none is named.
function inPath(path) {
  let found;
  const steps = path.split("/").filter(Boolean);
  for (let begin = steps.length % 2; begin < steps.length; begin += 2) {
    const key = NAMES[steps[begin]] ?? steps[begin];
    if (!(key in KEYS)) continue;
    found = {};
    let allowed = [key, ...KEYS[key]], right = true;
    for (let at = begin; at < steps.length && right; at += 2) {
      const ai = NAMES[steps[at]] ?? steps[at], raw = once(steps[at + 1]);
      right = allowed.includes(ai) && add(found, leading(ai), ai === "01" && isGtin(raw) ? raw.padStart(14, "0") : raw);
      allowed = allowed.slice(allowed.indexOf(ai) + 1);
    }
    if (right) return found;
  }
  return found && null;
}

function inAddress(host, path, query) {
  const found = host ? inPath(path) : undefined;
  if (!found) return found;
  for (const part of query.split(/[&;]/)) {
    const [name, ...value] = part.split("="), ai = NAMES[once(name)] ?? once(name), known = leading(ai);
    if (value.length && known?.ai === ai && !add(found, known, once(value.join("=")))) return null;
  }
  return found;
}

function identified(elements) {
  const gtin = elements["01"] ?? elements["02"] ?? null;
  return { code: "", gtin, lot: elements["10"], serial: elements["21"], sscc: elements["00"] };
}

// Where separators were lost: behind a lot or serial number, before what can be another element.
function* splitAgain(text) {
  if (text.includes(GS)) return;
  let at = 0;
  for (let fixed = FIXED[text.slice(0, 2)]; fixed && text.length - at > 2 && text.length - at >= 2 + fixed; fixed = FIXED[text.slice(at, at + 2)]) at += 2 + fixed;
  if (!["10", "21"].includes(text.slice(at, at + 2))) return;
  for (let cut = at + 3; cut < Math.min(text.length, at + 23); cut += 1) {
    if (!FOLLOWING.includes(text.slice(cut, cut + 2)) || !parsed(text.slice(cut))) continue;
    yield `${text.slice(0, cut)}${GS}${text.slice(cut)}`;
    for (const tail of splitAgain(text.slice(cut))) yield `${text.slice(0, cut)}${GS}${tail}`;
  }
}

function* elementsIn(text, told) {
  if (isGtin(text)) return yield { code: "", gtin: text.padStart(14, "0") };
  if (text.length === 18 && hasCheckDigit(text)) return yield { code: "", sscc: text };
  if (text.startsWith("(")) {
    const found = inBrackets(text);
    if (found) yield identified(found);
    return;
  }
  const begins = /^(?:0[12](\d{14})|00(\d{18}))/.exec(text), number = begins && (begins[1] ?? begins[2]);
  if (text.length > LONGEST_GS1 || !(told || number) || (number && !hasCheckDigit(number))) return;
  const separated = text.replace(SEPARATORS, GS), ways = [separated];
  for (const way of splitAgain(separated)) if (ways.push(way) > MOST_WAYS) break;
  for (const way of ways) {
    const found = parsed(way);
    if (found) yield identified(found);
  }
}

function* plain(text) {
  const copied = /^(.{3,}[0-9A-Za-z])\.[1-9][0-9]{0,2}$/.exec(text);
  if (copied && isChecked(copied[1])) yield { code: copied[1] };
  const slim = /^[ -~]*$/.test(text) && /^([A-Z]\d{6})([A-Z]{0,2}\d{4,}[0-9A-Z])$/.exec(text.toUpperCase().replace(/[ -]/g, ""));
  if (slim && isChecked(slim[0]) && !OURS.test(text.toUpperCase())) yield { code: `${slim[1]}-${slim[2]}` };
  yield { code: text };
}

function* undressed(raw) {
  const told = TOLD.test(raw), text = bare(raw.replace(SYMBOLOGY, "").trim());
  const web = /^https?:(?=\/)(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/i.exec(text);
  if (!web) {
    yield* elementsIn(text, told);
    const without = text.replaceAll(GS, "");
    if (without) yield* plain(without);
    return;
  }
  const [, host, path, query = ""] = web, short = /\/[ls]\/([^/]+)\/?$/i.exec(path);
  if (short) return yield* plain(once(short[1]).trim());
  const found = inAddress(host, path, query);
  if (found) yield identified(found);
  if (found !== undefined) return;
  const last = once(path.replace(/\/+$/, "").split("/").at(-1)).trim();
  const [code] = last.split(".");
  if (code.replaceAll("-", "").length > 2 && isChecked(code)) yield* plain(last);
}

// Without what cannot be printed; wide letters and long dashes as the keys that were meant.
export function cleaned(raw) {
  const narrow = raw.slice(0, LONGEST).normalize("NFC").replace(/[\uff01-\uff5e]/g, (one) => one.normalize("NFKC")).replace(/[‐‑‒–—―−]/g, "-");
  return narrow.replace(/[\p{C}\p{Z}]/gu, (one) => (one === GS || one === " " ? one : "")).replace(/^[\s\x1c-\x1f]+|[\s\x1c-\x1f]+$/g, "");
}

export const textsOf = ({ code, serial, lot, sscc }) => {
  const text = code || serial || lot || sscc || "";
  return text ? [...new Set([text, text.toUpperCase(), text.toLowerCase()])] : [];
};

export function readingsOf(raw) {
  const text = cleaned(raw), own = [...undressed(text)];
  if (!/[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/.test(text)) return own;
  const turned = [...undressed(latin(text))];
  return /^[가-힣\s]*$/.test(text) ? [...own, ...turned] : [...turned, ...own];
}
