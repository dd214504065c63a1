// Suppliers' own barcodes as the plant was taught to read them: by places in the text, or by a sign between the pieces.
import { SEPARATORS, spellings } from "./gs1.js";

const GS = "\x1d", YEAR = "(?<y>\\d{4}|\\d\\d)", MONTH = "(?<m>\\d\\d)", DAY = "(?<d>\\d\\d)";
const FORMS = {
  YYMMDD: `(?<y>\\d\\d)${MONTH}${DAY}`, YYYYMMDD: `(?<y>\\d{4})${MONTH}${DAY}`, DDMMYY: `${DAY}${MONTH}(?<y>\\d\\d)`,
  DDMMYYYY: `${DAY}${MONTH}(?<y>\\d{4})`, "YYYY-MM-DD": `${YEAR}-${MONTH}-${DAY}`, "YYYY.MM.DD": `${YEAR}\\.${MONTH}\\.${DAY}`,
};
const isNumber = (where) => /^[0-9]+$/.test(where);
const begins = (text, start) => text.toUpperCase().startsWith(start.toUpperCase());

function partsOf(form, text) {
  if (form.sign === "GS" && !text.includes(GS)) return text.split(SEPARATORS);
  return text.split(form.sign === "GS" ? GS : form.sign);
}

const isOpen = (form) => Object.values(form.at).some((where) => where.trim().endsWith("-"));

function hasForm(form, text) {
  if (!begins(text, form.prefix)) return false;
  if (!form.sign) return text.length === form.long || (isOpen(form) && text.length > 0);
  const many = partsOf(form, text).length, named = Object.values(form.at).some((where) => !isNumber(where));
  return many === form.parts || (named && many > 1);
}

function pieceAt(form, text, where) {
  if (form.sign && isNumber(where)) return partsOf(form, text)[Number(where) - 1];
  if (form.sign) return partsOf(form, text).find((part) => begins(part, where))?.slice(where.length) || undefined;
  const [, first, last] = /^(\d{1,3})(?:\s*-\s*(\d{1,3})?)?$/.exec(where.trim()) ?? [];
  const end = last ? Number(last) : where.includes("-") ? text.length : Number(first);
  return first && Number(first) >= 1 && Number(first) <= end && end <= text.length ? text.slice(Number(first) - 1, end) : undefined;
}

function isReadable(form, piece, value) {
  if (!value) return false;
  if (piece === "quantity") return /^\d{1,12}(\.\d{1,6})?$/.test(value) && /[1-9]/.test(value);
  if (piece !== "use_by" && piece !== "made_on") return true;
  const found = new RegExp(`^${FORMS[form.day]}$`).exec(value)?.groups;
  if (!found) return false;
  const year = found.y.length === 2 ? Number(found.y) + (Number(found.y) > 68 ? 1900 : 2000) : Number(found.y);
  return found.m >= "01" && found.m <= "12" && Number(found.d) >= 1 && Number(found.d) <= new Date(Date.UTC(year, Number(found.m), 0)).getUTCDate();
}

// The pieces of a code of this form, or null.
function cut(form, text) {
  if (!hasForm(form, text)) return null;
  const found = {};
  for (const [piece, where] of Object.entries(form.at)) {
    const value = pieceAt(form, text, where)?.trim();
    if (!isReadable(form, piece, value)) return null;
    found[piece] = value;
  }
  return found;
}

// The item with this code or article number, in whatever case the label writes it.
export function itemNamed(items, text) {
  const codes = [text, text.toUpperCase(), text.toLowerCase()], gtins = [text, ...spellings(text)];
  return items.find((one) => codes.includes(one.code) || gtins.includes(one.gtin));
}

// What a supplier's label says, by the first form that fits: its lot number, and the item where it names one.
export function delivered(text, known) {
  for (const form of known.labels) {
    const found = cut(form, text);
    if (!found) continue;
    const item = form.item ?? (found.item ? itemNamed(known.items, found.item)?.id : undefined);
    if (item !== undefined || !found.item) return { lot: found.lot ?? "", item };
  }
  return null;
}
