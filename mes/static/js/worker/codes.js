// What a scanned text means, by what the tablet kept: a code of ours, a GS1 label, a supplier's lot, a badge, a printed
// command. Found as the server finds it (mes/scan), among what the tablet knows.
import { commandOf, latin } from "../commands.js";
import { cleaned, NOISE, OURS, readingsOf, spellings, SYMBOLOGY, textsOf } from "./gs1.js";
import { delivered } from "./labels.js";
import { ofBadge } from "./people.js";

// What a page waits for goes before what else has the code.
const ON_A_JOB = ["lot", "supplied", "machine", "badge", "job"], IN_THE_QUEUE = ["job", "badge"];

// Gives { kind, code, thing } or null; of several things { kind: "several", code }.
export async function meaningOf(text, known, onJob = false) {
  const command = commandOf(text);
  if (command) return { kind: "command", code: command };
  const readings = readingsOf(text), code = nameOf(text, readings);
  const pallets = readings.filter((one) => one.sscc).map((one) => ({ code: one.sscc }));
  for (const group of [pallets, readings.filter((one) => one.gtin), readings.filter((one) => !one.gtin && !one.sscc)]) {
    const found = decided(await (group[0]?.gtin ? ofItems(group, known) : ofCodes(group, known)), onJob ? ON_A_JOB : IN_THE_QUEUE);
    if (found.length) return only(found, code);
  }
  if (OURS.test(code) || text.length > NOISE || (readings[0]?.gtin && (readings[0].lot || readings[0].serial))) return null;
  const label = delivered(cleaned(text), known);
  if (!label?.lot) return null;
  const lots = known.lots.filter((one) => one.supplier && textsOf({ code: label.lot }).includes(one.supplier) && (label.item === undefined || one.item === label.item));
  return lots.length ? only(lots.map((thing) => ({ kind: "lot", code, thing })), label.lot) : null;
}

// A label that was printed to practise, in whatever dress (mes/core/practice.py).
const TRAINING = "T::";
export const isOfTraining = (text) => [text, latin(text)].some((one) => cleaned(one).replace(SYMBOLOGY, "").toUpperCase().startsWith(TRAINING));

// The code as people are told it.
export function nameOf(text, readings = readingsOf(text)) {
  const first = readings[0];
  return (first && (textsOf(first)[0]?.toUpperCase() ?? first.gtin)) || text.replace(/\p{C}/gu, "").trim();
}

// The code on a label that its lot bore before it was labelled anew.
export const oldCode = (text, lot) => { const texts = new Set(readingsOf(text).flatMap(textsOf)); return texts.has(lot.code) ? "" : lot.old?.find((code) => texts.has(code)) ?? ""; };

function only(found, code) {
  const things = new Set(found.map(({ thing }) => thing));
  if (found[0].kind === "supplied") return things.size === 1 ? { ...found[0], kind: "lot" } : { kind: "several", code };
  return things.size === 1 ? found[0] : { kind: "several", code };
}

function decided(found, expected) {
  const wanted = found.filter(({ kind }) => expected.includes(kind));
  if (wanted.length) return wanted;
  const ours = found.filter(({ kind }) => kind !== "supplied" && kind !== "defect");
  return ours.length ? ours : found;
}

async function ofCodes(readings, known) {
  const found = [], texts = new Set(readings.flatMap(textsOf));
  const add = (kind, things) => found.push(...things.map((thing) => ({ kind, code: thing.code ?? thing, thing })));
  add("lot", known.lots.filter((one) => texts.has(one.code) || one.old?.some((code) => texts.has(code))));
  add("supplied", known.lots.filter((one) => one.supplier && texts.has(one.supplier)));
  add("job", known.jobs.filter((one) => texts.has(one.code)));
  if (!found.some(({ kind }) => kind === "job")) add("job", known.jobs.filter((one) => texts.has(one.order)).slice(0, 1));
  add("machine", known.machines.filter((one) => texts.has(one.code) || texts.has(one.tag)));
  add("defect", known.defects.filter((one) => texts.has(one)));
  for (const text of texts) {
    const person = await ofBadge(text);
    if (person && !found.some(({ thing }) => thing === person)) found.push({ kind: "badge", code: text, thing: person });
  }
  return found;
}

// The lots that GS1 elements name, by the likeliest reading that leads anywhere; an item by itself is nothing to take.
function ofItems(readings, known) {
  const gtins = new Set(readings.flatMap(({ gtin }) => spellings(gtin)));
  const items = new Set(known.items.filter((one) => gtins.has(one.gtin)).map(({ id }) => id));
  for (const reading of readings) {
    const texts = textsOf(reading);
    const lots = known.lots.filter((one) => items.has(one.item) && (texts.includes(one.code) || texts.includes(one.supplier) || one.old?.some((code) => texts.includes(code))));
    if (lots.length) return lots.map((thing) => ({ kind: "lot", code: thing.code, thing }));
  }
  return [...items].map((thing) => ({ kind: "item", code: "", thing }));
}
