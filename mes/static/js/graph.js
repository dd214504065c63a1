// A trace as a graph: raw lots left, customers right. Many lots of one item are one box that opens. Moved by a finger,
// the mouse or the arrow keys; larger and smaller by the wheel, two fingers, + and -; printed whole.
import { APART, WIDE, layersOf, linksOf, nodesOf, place } from "./layers.js";

const SVG = "http://www.w3.org/2000/svg", MORE = 200, SMALLEST = .05, LARGEST = 4, READABLE = .8, EXACT = 3, FEW_LINKS = 16;
const root = document.querySelector("[data-graph]"), canvas = root.querySelector("[data-canvas]"), told = root.querySelector("[data-told]");
const data = JSON.parse(document.querySelector(root.dataset.graph).textContent), words = JSON.parse(root.dataset.words);
const layer = layersOf(data.lots.length, data.edges), open = new Map(), ruler = document.createElement("canvas").getContext("2d");
let nodes, links, size, box = { x: 0, y: 0, wide: 1 }, now = 0, hits = new Set(), hit = -1, drawn = [], lines = [], labels;

const make = (name, attributes, ...inside) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...inside);
  return node;
};
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const number = (millionths) => {
  const sign = millionths < 0 ? "-" : "", whole = Math.floor(Math.abs(millionths) / 1e6), rest = String(Math.abs(millionths) % 1e6).padStart(6, "0").replace(/0+$/, "");
  return sign + whole.toLocaleString("en") + (rest && `.${rest}`);
};
const much = (sums) => [...sums].map(([unit, quantity]) => `${number(quantity)} ${unit}`).join(", ");
// Beside a line a thousandth is enough; its title has all of it.
const short = (sums) => much(new Map([...sums].map(([unit, quantity]) => [unit, Math.abs(quantity) >= 1e6 ? Math.round(quantity / 1e3) * 1e3 : quantity])));
const lot = (place) => ({ code: data.lots[place][0], item: data.items[data.lots[place][1]], made: data.lots[place][2], there: data.lots[place][3], mark: data.lots[place][4], step: data.lots[place][5] });
const made = (lots) => lots.reduce((sum, one) => sum + data.lots[one][2], 0);

function cut(text, room, bold) {
  ruler.font = `${bold ? 600 : 400} 13px ${getComputedStyle(canvas).fontFamily}`;
  if (ruler.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 1 && ruler.measureText(`${text.slice(0, length)}…`).width > room) length--;
  return `${text.slice(0, length)}…`;
}

// Two lines of each box, what a screen reader says of it, and its mark.
function wordsOf(node) {
  if (node.kind === "end") return { one: node.name, two: much(got(node)), mark: "", said: `${words.customer} ${node.name}, ${much(got(node))}` };
  const item = data.items[node.item];
  if (node.kind === "lot") {
    const one = lot(node.lots[0]);
    return { one: one.code, two: `${item[1]} · ${short(new Map([[item[2], one.made]]))}`, mark: one.mark, said: [one.code, item[1], `${number(one.made)} ${item[2]}`, words[one.mark]].filter(Boolean).join(", ") };
  }
  const worst = ["held", "failed", "flawed"].find((mark) => node.lots.some((one) => data.lots[one][4] === mark)) ?? "";
  const sum = say(words.lots, { n: node.lots.length.toLocaleString("en") });
  if (node.kind === "head") return { one: `− ${item[1]}`, two: "", mark: "", said: say(words.close, { item: item[1] }) };
  return { one: item[1], two: `${sum} · ${short(new Map([[item[2], made(node.lots)]]))}`, mark: worst, said: `${item[1]}, ${sum}, ${number(made(node.lots))} ${item[2]}. ${words.open}` };
}
const got = (node) => node.got.reduce((sums, [one, quantity]) => { const unit = data.items[data.lots[one][1]][2]; return sums.set(unit, (sums.get(unit) ?? 0) + quantity); }, new Map());

function boxOf(node) {
  const { one, two, mark, said } = wordsOf(node), asked = node.lots.some((place) => node.kind !== "end" && data.lots[place][5] === 0);
  const group = make("g", { class: `node of-${node.kind}${mark ? ` has-${mark}` : ""}${asked ? " asked" : ""}`, transform: `translate(${node.x} ${node.y})`, tabindex: -1, role: "button", "data-node": node.place });
  if (node.kind === "group") group.append(make("rect", { class: "behind", x: 5, y: 5, width: WIDE, height: node.high, rx: 6 }));
  group.append(make("rect", { class: "front", width: WIDE, height: node.high, rx: 6 }));
  if (mark) group.append(make("path", { class: "mark", d: `M0 6 a6 6 0 0 1 6 -6 v${node.high} a6 6 0 0 1 -6 -6 z` }));
  group.append(make("text", { class: "one", x: 12, y: two ? node.high / 2 - 5 : node.high / 2 + 5 }, cut(one, WIDE - 24, true)));
  if (two) group.append(make("text", { class: "two", x: 12, y: node.high / 2 + 15 }, cut(two, WIDE - 24)));
  group.append(make("title", {}, said));
  return group;
}

// A line that passes columns goes around the boxes in them, not through.
const around = (from, to) => Math.round((to.x - from.x) / (WIDE + APART)) > 1 ? 48 + 16 * Math.round((to.x - from.x) / (WIDE + APART)) : 0;

function lineOf(link) {
  const from = nodes[link.from], to = nodes[link.to], x = from.x + WIDE, y = from.y + from.high / 2, endX = to.x, endY = to.y + to.high / 2, bend = Math.max(30, Math.abs(endX - x) / 2), lift = around(from, to);
  return make("path", { class: `link${link.sure >= EXACT ? " unsure" : ""}`, d: `M${x} ${y} C${x + bend} ${y + lift} ${endX - bend} ${endY + lift} ${endX} ${endY}`, "stroke-width": 1 + Math.min(4, Math.log2(link.count)) }, make("title", {}, `${much(link.much)} · ${data.sure[link.sure]}`));
}

// How much went along the lines of one box, in words beside it; of a small graph along all of them.
function label() {
  const few = links.length <= FEW_LINKS, shown = links.filter((link) => few || link.from === now || link.to === now);
  lines.forEach((line, place) => line.classList.toggle("on", !few && shown.includes(links[place])));
  labels.replaceChildren(...shown.map((link) => {
    const from = nodes[link.from], to = nodes[link.to], near = few || link.to === now ? .5 : .62;
    const x = from.x + WIDE + (to.x - from.x - WIDE) * near, start = from.y + from.high / 2, end = to.y + to.high / 2;
    const y = few ? (start + end) / 2 + around(from, to) * .75 : link.to === now ? start : end, beside = few ? 0 : link.to === now ? from.x + WIDE + 6 : to.x - 6;
    return make("text", { class: "flow", x: beside || x, y: y - 4, "text-anchor": few ? "middle" : link.to === now ? "start" : "end" }, short(link.much));
  }));
}

function draw(kept) {
  const found = nodesOf(data, layer, open);
  nodes = found.nodes;
  links = linksOf(data, found);
  size = place(nodes, links);
  drawn = nodes.map(boxOf);
  canvas.replaceChildren(make("g", { class: "links" }, ...(lines = links.map(lineOf))), labels = make("g", { class: "labels" }), make("g", { class: "nodes" }, ...drawn));
  now = Math.max(0, kept === undefined ? nodes.findIndex((node) => node.kind !== "end" && node.lots.some((one) => data.lots[one][5] === 0)) : nodes.findIndex((node) => node.id === kept));
  drawn[now]?.setAttribute("tabindex", 0);
  label();
  light();
  root.dataset.drawn = nodes.length;
}

// Looking: `box` is what of the drawing is seen.
const seen = () => canvas.getBoundingClientRect();
const ratio = () => { const rect = seen(); return rect.width ? rect.height / rect.width : 1; };
function look() { canvas.setAttribute("viewBox", `${box.x} ${box.y} ${box.wide} ${box.wide * ratio()}`); }
const scale = () => seen().width / box.wide;
function zoom(times, x = .5, y = .5) {
  const wide = seen().width / Math.min(LARGEST, Math.max(SMALLEST, scale() * times)), tall = ratio();
  box = { x: box.x + (box.wide - wide) * x, y: box.y + (box.wide - wide) * tall * y, wide };
  look();
}
function fit() {
  const wide = Math.max(size.wide + 40, (size.high + 40) / ratio(), seen().width / 1.25);
  box = { x: (size.wide - wide) / 2, y: (size.high - wide * ratio()) / 2, wide };
  look();
}
// Where to begin, so that the middle is in view and no more of the empty sheet than there must be.
const within = (middle, span, all) => all + 40 <= span ? (all - span) / 2 : Math.min(Math.max(middle - span / 2, -20), all + 20 - span);
function centre(node) {
  box.wide = Math.min(box.wide, seen().width / READABLE);
  Object.assign(box, { x: within(node.x + WIDE / 2, box.wide, size.wide), y: within(node.y + node.high / 2, box.wide * ratio(), size.high) });
  look();
}
function begin() {
  fit();
  if (scale() < READABLE && nodes[now]) centre(nodes[now]);
}

function step(to) {
  if (!nodes[to]) return;
  drawn[now]?.setAttribute("tabindex", -1);
  now = to;
  drawn[now].setAttribute("tabindex", 0);
  drawn[now].focus({ preventScroll: true });
  label();
  const node = nodes[now], high = box.wide * ratio();
  if (node.x < box.x || node.y < box.y || node.x + WIDE > box.x + box.wide || node.y + node.high > box.y + high) centre(node);
}
const nearest = (others) => others.sort((one, other) => Math.abs(nodes[one].y - nodes[now].y) - Math.abs(nodes[other].y - nodes[now].y))[0];

function act(node) {
  if (node.kind === "group") { open.set(node.key, (open.get(node.key) ?? 0) + MORE); draw(`h${node.key}`); look(); step(now); return; }
  if (node.kind === "head") { open.delete(node.key); draw(`g${node.key}`); look(); step(now); centre(nodes[now]); return; }
  tell(node);
}
function tell(node) {
  const parts = [Object.assign(document.createElement("strong"), { textContent: node.kind === "end" ? node.name : lot(node.lots[0]).code })];
  const line = (text) => parts.push(Object.assign(document.createElement("span"), { textContent: text }));
  const link = (text, href) => parts.push(Object.assign(document.createElement("a"), { textContent: text, href }));
  if (node.kind === "end") line(much(got(node)));
  else {
    const one = lot(node.lots[0]);
    line(`${one.item[1]} (${one.item[0]})`);
    if (data.formerly[node.lots[0]]) line(data.formerly[node.lots[0]]);
    line(`${words.made} ${number(one.made)} ${one.item[2]}`);
    line(`${words.there} ${number(one.there)} ${one.item[2]}`);
    if (one.mark) line(words[one.mark]);
    link(words.lot, root.dataset.lot.replace("LOT", encodeURIComponent(one.code)));
    link(words.trace, root.dataset.trace.replace("LOT", encodeURIComponent(one.code)));
  }
  told.replaceChildren(...parts);
}

// Searching lights up what has the text in its code, item or customer; Enter goes from one to the next.
const named = (text) => {
  const found = new Set(), low = text.toLowerCase();
  data.lots.forEach((one, place) => { if (`${one[0]} ${data.formerly[place] ?? ""} ${data.items[one[1]][0]} ${data.items[one[1]][1]}`.toLowerCase().includes(low)) found.add(place); });
  return found;
};
function light() {
  const text = root.querySelector("[data-search]").value.trim();
  hits = text ? named(text) : new Set();
  canvas.classList.toggle("searching", Boolean(text));
  nodes.forEach((node, place) => {
    const count = node.kind === "end" ? Number(node.name.toLowerCase().includes(text.toLowerCase())) : node.lots.filter((one) => hits.has(one)).length;
    drawn[place].classList.toggle("hit", Boolean(text && count));
    if (text && node.kind === "group" && count) drawn[place].querySelector(".two").textContent = say(words.found, { n: count, all: node.lots.length });
    else if (node.kind === "group") drawn[place].querySelector(".two").textContent = cut(wordsOf(node).two, WIDE - 24);
  });
  if (text) told.textContent = say(words.hits, { n: hits.size });
}
function next() {
  const all = [...hits];
  if (!all.length) return;
  const wanted = all[hit = (hit + 1) % all.length], key = `${layer[wanted]}/${data.lots[wanted][1]}`;
  let to = nodes.findIndex((node) => node.kind === "lot" && node.lots[0] === wanted);
  if (to < 0) {
    const members = data.lots.map((one, place) => place).filter((place) => `${layer[place]}/${data.lots[place][1]}` === key);
    open.set(key, Math.max(open.get(key) ?? 0, Math.ceil((members.indexOf(wanted) + 1) / MORE) * MORE));
    draw();
    to = nodes.findIndex((node) => node.kind === "lot" && node.lots[0] === wanted);
  }
  centre(nodes[to]);
  tell(nodes[to]);
  drawn.forEach((one, place) => one.classList.toggle("found", place === to));
}

root.addEventListener("click", (event) => {
  const key = event.target.closest("[data-do]")?.dataset.do;
  if (key === "in" || key === "out") zoom(key === "in" ? 1.4 : 1 / 1.4);
  if (key === "all") fit();
  if (key === "open") { for (const node of nodes) if (node.key) open.set(node.key, data.lots.length); draw(); fit(); }
  if (key === "close") { open.clear(); draw(); begin(); }
});
root.querySelector("[data-sheet]").addEventListener("change", (event) => { root.dataset.size = event.target.value; });
root.querySelector("[data-search]").addEventListener("input", () => { hit = -1; light(); });
root.querySelector("[data-search]").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); next(); } });

canvas.addEventListener("keydown", (event) => {
  const { key } = event, column = size.columns.find((one) => one.includes(now)) ?? [], at = column.indexOf(now);
  const across = (right) => nearest(links.filter((link) => (right ? link.from : link.to) === now).map((link) => right ? link.to : link.from));
  const deeds = {
    ArrowDown: () => step(column[at + 1]), ArrowUp: () => step(column[at - 1]), ArrowRight: () => step(across(true)), ArrowLeft: () => step(across(false)),
    Enter: () => act(nodes[now]), " ": () => act(nodes[now]), "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), 0: fit,
    Escape: () => { if (nodes[now].key && open.has(nodes[now].key)) act({ kind: "head", key: nodes[now].key }); },
  };
  if (!deeds[key] || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  deeds[key]();
});

// One finger moves, two make it larger; what was not moved was touched.
const fingers = new Map();
let moved = 0, apart = 0;
canvas.addEventListener("pointerdown", (event) => {
  if (event.button > 0) return;
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (fingers.size === 1) moved = 0;
  apart = 0;
});
canvas.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const x = event.clientX - before.x, y = event.clientY - before.y, times = 1 / scale() / fingers.size;
  moved += Math.abs(x) + Math.abs(y);
  if (moved > 6 && !canvas.hasPointerCapture(event.pointerId)) canvas.setPointerCapture(event.pointerId);
  box.x -= x * times;
  box.y -= y * times;
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (fingers.size === 2) {
    const [one, two] = [...fingers.values()], rect = seen(), spread = Math.hypot(one.x - two.x, one.y - two.y);
    if (apart) zoom(spread / apart, ((one.x + two.x) / 2 - rect.left) / rect.width, ((one.y + two.y) / 2 - rect.top) / rect.height);
    apart = spread;
  }
  look();
});
for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => { fingers.delete(event.pointerId); apart = 0; });
canvas.addEventListener("click", (event) => {
  const node = event.target.closest("[data-node]");
  if (!node || moved > 6) return;
  step(Number(node.dataset.node));
  act(nodes[now]);
});
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const rect = seen();
  if (event.shiftKey) { box.x += (event.deltaY || event.deltaX) / scale(); look(); return; }
  zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, (event.clientX - rect.left) / rect.width, (event.clientY - rect.top) / rect.height);
}, { passive: false });

// On paper the whole graph stands, however much of it was seen.
let before;
addEventListener("beforeprint", () => {
  before = { ...box };
  canvas.setAttribute("viewBox", `-10 -10 ${size.wide + 30} ${size.high + 30}`);
});
addEventListener("afterprint", () => { box = before ?? box; look(); });
new ResizeObserver(() => look()).observe(canvas);
draw();
begin();
