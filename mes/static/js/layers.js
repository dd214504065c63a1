// Layers of a graph of lots: what went in stands left of what it went into. No drawing here, only places.
export const WIDE = 196, HIGH = 50, APART = 96, BETWEEN = 12, HEAD = 34;
export const FEW = 40; // so many lots are shown one by one, more are grouped by item
const LEAST = 4; // fewer than so many of an item in a column are no group

// The layer of each lot: one more than the furthest lot before it. A circle, which only a damaged graph has, ends.
export function layersOf(count, edges) {
  const after = Array.from({ length: count }, () => []), waiting = new Array(count).fill(0), layer = new Array(count).fill(0);
  for (const [from, to] of edges) { after[from].push(to); waiting[to]++; }
  const before = waiting.slice(), queue = [], done = new Uint8Array(count);
  for (let lot = 0; lot < count; lot++) if (!waiting[lot]) queue.push(lot);
  for (let seen = 0; seen < count; seen++) {
    if (seen >= queue.length) { // a circle: go on with any of it
      const rest = done.findIndex((one, lot) => !one && !queue.includes(lot));
      if (rest < 0) break;
      queue.push(rest);
    }
    const lot = queue[seen];
    done[lot] = 1;
    for (const next of after[lot]) {
      if (done[next]) continue;
      layer[next] = Math.max(layer[next], layer[lot] + 1);
      if (--waiting[next] === 0) queue.push(next);
    }
  }
  // what nothing went into stands right before its use, not at the far left
  for (let lot = 0; lot < count; lot++) {
    if (!before[lot] && after[lot].length) layer[lot] = Math.max(0, Math.min(...after[lot].map((next) => layer[next])) - 1);
  }
  return layer;
}

// What is drawn: lots, groups of one item in one layer, customers. `open`: key of a group -> how many of it are shown.
export function nodesOf(data, layer, open) {
  const groups = new Map(), nodes = [], of = new Array(data.lots.length), many = data.lots.length > FEW;
  data.lots.forEach((lot, place) => {
    const key = `${layer[place]}/${lot[1]}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(place);
  });
  for (const [key, lots] of groups) {
    const grouped = many && lots.length >= LEAST, shown = grouped ? Math.min(open.get(key) ?? 0, lots.length) : lots.length;
    const column = layer[lots[0]], item = data.lots[lots[0]][1];
    if (grouped && shown) nodes.push({ kind: "head", id: `h${key}`, key, column, item, lots, high: HEAD });
    for (const place of lots.slice(0, shown)) {
      of[place] = nodes.length;
      nodes.push({ kind: "lot", id: `l${place}`, key, column, item, lots: [place], high: HIGH, inside: grouped });
    }
    if (shown < lots.length) {
      const rest = lots.slice(shown);
      for (const place of rest) of[place] = nodes.length;
      nodes.push({ kind: "group", id: `g${key}`, key, column, item, lots: rest, high: HIGH + 8 });
    }
  }
  const last = Math.max(0, ...layer) + 1;
  data.ends.forEach(([name, lots], place) => nodes.push({ kind: "end", id: `c${place}`, name, column: last, lots: lots.map(([lot]) => lot), got: lots, high: HIGH }));
  return { nodes, of };
}

// Edges between what is drawn: quantities by unit, and the least sure way in which they were recorded.
export function linksOf(data, { nodes, of }) {
  const links = new Map();
  const add = (from, to, unit, much, sure) => {
    if (from === to) return;
    const key = from * nodes.length + to;
    if (!links.has(key)) links.set(key, { from, to, much: new Map(), sure: 0, count: 0 });
    const link = links.get(key);
    link.much.set(unit, (link.much.get(unit) ?? 0) + much);
    link.sure = Math.max(link.sure, sure);
    link.count++;
  };
  const unit = (lot) => data.items[data.lots[lot][1]][2];
  for (const [from, to, much, sure] of data.edges) add(of[from], of[to], unit(from), much, sure);
  nodes.forEach((node, place) => { for (const [lot, much] of node.got ?? []) add(of[lot], place, unit(lot), much, 0); });
  return [...links.values()];
}

// Columns from left to right; in each, what is linked stands at the same height as far as it goes.
export function place(nodes, links) {
  const columns = [], near = nodes.map(() => []);
  nodes.forEach((node, number) => { (columns[node.column] ??= []).push(number); });
  for (const { from, to } of links) { near[from].push(to); near[to].push(from); }
  const row = nodes.map(() => 0), filled = columns.filter(Boolean);
  filled.forEach((column) => column.forEach((number, place) => { row[number] = place / column.length; }));
  const bundle = (number) => nodes[number].inside || nodes[number].kind === "head" || nodes[number].kind === "group" ? nodes[number].key : number;
  for (let turn = 0; turn < 6; turn++) {
    for (const column of turn % 2 ? [...filled].reverse() : filled) {
      const sums = new Map(); // an open group stays together
      for (const number of column) {
        const sum = sums.get(bundle(number)) ?? [0, 0];
        for (const other of near[number]) { sum[0] += row[other]; sum[1]++; }
        sums.set(bundle(number), sum);
      }
      const middle = new Map(column.map((number) => { const [sum, count] = sums.get(bundle(number)); return [number, count ? sum / count : row[number]]; }));
      const first = new Map();
      column.forEach((number, place) => { if (!first.has(bundle(number))) first.set(bundle(number), place); });
      column.sort((one, other) => middle.get(one) - middle.get(other) || first.get(bundle(one)) - first.get(bundle(other)) || one - other);
      column.forEach((number, place) => { row[number] = place / column.length; });
    }
  }
  const heights = filled.map((column) => column.reduce((sum, number) => sum + nodes[number].high + BETWEEN, -BETWEEN));
  const high = Math.max(0, ...heights);
  filled.forEach((column, number) => {
    let y = (high - heights[number]) / 2;
    for (const one of column) {
      Object.assign(nodes[one], { x: number * (WIDE + APART), y, place: one });
      y += nodes[one].high + BETWEEN;
    }
  });
  return { wide: Math.max(0, filled.length * (WIDE + APART) - APART), high, columns: filled };
}
