// Draws a control chart on a canvas: ten thousand points in a few milliseconds, zoom by wheel, pinch and keys. The
// drawing that came with the page stays until the points are here.
const PAD = { left: 66, right: 42, top: 26, bottom: 22 }, GAP = 14;
const NAME = 13; // px that a name of a limit takes
const NEAR = 28; // px within which a touch takes a point

const styleOf = (node) => {
  const style = getComputedStyle(node), tone = (name) => style.getPropertyValue(name).trim();
  // light-dark() is worked out by the browser only where a colour is used
  const probe = document.createElement("i");
  node.append(probe);
  const colour = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
  const found = { ink: colour("--ink"), soft: colour("--soft"), line: colour("--line"), edge: colour("--edge"), good: colour("--running"), bad: colour("--stopped"), accent: colour("--accent"), sheet: colour("--sheet"), face: tone("--face") || "sans-serif" };
  probe.remove();
  return found;
};

function ticks(low, high, most = 5) {
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) || 1, found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) found.push(value);
  return found;
}

// Places of words one below the other, none below the lowest, moved apart where they would lie on each other.
function apart(wanted, lowest) {
  const places = [];
  wanted.forEach((place, number) => places.push(number ? Math.max(place, places[number - 1] + NAME) : place));
  const moved = Math.max(places.reduce((sum, place, number) => sum + place - wanted[number], 0) / (places.length || 1), (places.at(-1) ?? 0) - lowest);
  return places.map((place) => place - moved);
}

const figure = (value, places) => value === null || value === undefined ? "-" : value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });

export class ControlChart {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.place = root.querySelector(".chart-place");
    this.said = root.querySelector(".chart-said");
    this.count = data.inspections.length;
    this.from = 0;
    this.to = Math.max(this.count - 1, 1);
    this.cursor = null;
    this.marks = data.tracks.map(() => new Map());
    for (const mark of data.marks) {
      const there = this.marks[mark.track], before = there.get(mark.point);
      there.set(mark.point, before ? [...before, mark.sentence] : [mark.sentence]);
    }
    this.canvas = Object.assign(document.createElement("canvas"), { tabIndex: 0 });
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `${data.title}: ${data.characteristic}. ${this.said.textContent}`);
    this.place.prepend(this.canvas); // the drawing stays for paper
    this.place.classList.add("drawn");
    this.place.classList.add(data.tracks.length > 1 ? "tall" : "low");
    this.tools = root.querySelector(".chart-tools");
    this.tools.hidden = false;
    this.pointers = new Map();
    this.listen();
    this.recolour();
  }

  recolour() {
    this.tone = styleOf(this.place);
    this.draw();
  }

  listen() {
    const { canvas } = this;
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    new MutationObserver(() => this.recolour()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas) return; // the page scrolls until the chart was touched
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.valueAt(event.offsetX));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, event.offsetX);
      this.moved = 0;
    });
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => {
        const alone = this.pointers.size === 1;
        this.pointers.delete(event.pointerId);
        if (end === "pointerup" && alone && this.moved < 6) this.pick(event.offsetX);
      });
    }
    canvas.addEventListener("keydown", (event) => this.key(event));
    this.tools.addEventListener("click", (event) => {
      const act = event.target.closest("[data-zoom]")?.dataset.zoom;
      if (act === "all") this.show(0, this.count - 1);
      else if (act) this.zoom(act === "in" ? 0.5 : 2, this.cursor ?? (this.from + this.to) / 2);
    });
  }

  drag(event) {
    const old = this.pointers.get(event.pointerId);
    if (old === undefined) {
      if (event.pointerType === "mouse") this.hover(event.offsetX);
      return;
    }
    const { offsetX: x } = event;
    this.moved += Math.abs(x - old);
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId);
    this.pointers.set(event.pointerId, x);
    if (others.length === 1) {
      const [[, other]] = others, was = Math.abs(old - other), is = Math.abs(x - other);
      if (was > 8 && is > 8) this.zoom(was / is, this.valueAt((x + other) / 2));
    } else if (this.moved > 6) {
      const by = (old - x) * (this.to - this.from) / this.width();
      this.show(this.from + by, this.to + by);
    }
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step) this.go((this.cursor ?? (step > 0 ? this.from - 1 : this.to + 1)) + step);
    else if (event.key === "Home") this.go(0);
    else if (event.key === "End") this.go(this.count - 1);
    else if (event.key === "+" || event.key === "-") this.zoom(event.key === "+" ? 0.5 : 2, this.cursor ?? (this.from + this.to) / 2);
    else if (event.key === "Escape") this.show(0, this.count - 1);
    else return;
    event.preventDefault();
  }

  go(point) {
    this.cursor = Math.max(0, Math.min(this.count - 1, Math.round(point)));
    const wide = this.to - this.from;
    if (this.cursor < this.from) this.show(this.cursor, this.cursor + wide);
    else if (this.cursor > this.to) this.show(this.cursor - wide, this.cursor);
    this.tell();
    this.draw();
  }

  // A press takes the nearest point; a marked one near it first, as it is what people look for.
  pick(x) {
    const near = this.valueAt(x), reach = NEAR * (this.to - this.from) / this.width();
    const marked = this.marks.flatMap((there) => [...there.keys()]).filter((point) => Math.abs(point - near) <= reach / 2);
    marked.sort((one, other) => Math.abs(one - near) - Math.abs(other - near));
    this.go(marked[0] ?? near);
  }

  hover(x) {
    const point = Math.round(this.valueAt(x));
    if (point !== this.cursor && point >= 0 && point < this.count) this.go(point);
  }

  zoom(by, around) {
    const wide = Math.max(Math.min((this.to - this.from) * by, Math.max(this.count - 1, 1)), 8), share = (around - this.from) / (this.to - this.from);
    this.show(around - share * wide, around + (1 - share) * wide);
  }

  show(from, to) {
    const last = Math.max(this.count - 1, 1), wide = Math.min(to - from, last);
    this.from = Math.max(0, Math.min(from, last - wide));
    this.to = this.from + wide;
    this.draw();
  }

  width() { return this.canvas.clientWidth - PAD.left - PAD.right; }
  x(point) { return PAD.left + (point - this.from) / (this.to - this.from) * this.width(); }
  valueAt(x) { return this.from + (x - PAD.left) / this.width() * (this.to - this.from); }

  draw() {
    const { canvas, data } = this, wide = canvas.clientWidth, high = canvas.clientHeight, dense = devicePixelRatio || 1;
    if (!wide || !high || !this.tone) return;
    const began = performance.now();
    if (canvas.width !== Math.round(wide * dense) || canvas.height !== Math.round(high * dense)) {
      canvas.width = Math.round(wide * dense);
      canvas.height = Math.round(high * dense);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, wide, high);
    pen.font = `12px ${this.tone.face}`;
    const room = high - PAD.bottom - GAP * (data.tracks.length - 1) - PAD.top * data.tracks.length;
    const shares = data.tracks.length > 1 ? [0.64, 0.36] : [1];
    let top = 0;
    data.tracks.forEach((track, number) => {
      const tall = room * shares[number];
      this.track(pen, track, number, top + PAD.top, tall);
      top += PAD.top + tall + GAP;
    });
    this.times(pen, high);
    canvas.dataset.drawn = String(performance.now() - began);
  }

  track(pen, track, number, top, tall) {
    const first = Math.max(0, Math.floor(this.from) - 1), last = Math.min(this.count - 1, Math.ceil(this.to) + 1);
    let low = Infinity, high = -Infinity;
    const reach = (value) => { if (value !== null && value !== undefined) { low = Math.min(low, value); high = Math.max(high, value); } };
    for (let point = first; point <= last; point += 1) reach(track.values[point]);
    const steps = track.steps.map((step, place) => ({ ...step, end: track.steps[place + 1]?.start ?? this.count })).filter((step) => step.end > first && step.start <= last);
    for (const step of steps) [step.centre, step.lower, step.upper].forEach(reach);
    if (low === Infinity) return;
    const air = (high - low) * 0.06 || Math.abs(high) * 0.05 || 1;
    if (low || high) low -= air; // counts that are all 0 have nothing below them
    high += air;
    const y = (value) => top + tall - (value - low) / (high - low) * tall;
    this.axis(pen, track, low, high, y, top);
    pen.save();
    pen.beginPath();
    pen.rect(PAD.left - 5, top - 6, this.width() + 10, tall + 12);
    pen.clip();
    this.limits(pen, steps, y, top, tall, number === 0);
    this.values(pen, track.values, first, last, y);
    this.marked(pen, track.values, number, first, last, y);
    pen.restore();
    this.names(pen, steps.at(-1), y, top + tall);
  }

  axis(pen, track, low, high, y, top) {
    pen.textBaseline = "middle";
    for (const value of ticks(low, high)) {
      pen.fillStyle = this.tone.line;
      pen.fillRect(PAD.left, Math.round(y(value)), this.width(), 1);
      pen.fillStyle = this.tone.soft;
      pen.textAlign = "right";
      pen.fillText(Number(value.toPrecision(9)).toString(), PAD.left - 8, y(value));
    }
    pen.textAlign = "left";
    pen.fillStyle = this.tone.soft;
    pen.fillText(this.data.unit ? `${track.title} (${this.data.unit})` : track.title, 2, top - 16);
  }

  limits(pen, steps, y, top, tall, named) {
    steps.forEach((step, place) => {
      const left = this.x(step.start - 0.5), right = this.x(step.end - 0.5);
      const level = (value, colour, dash) => {
        if (value === null) return;
        pen.strokeStyle = colour;
        pen.setLineDash(dash);
        pen.lineWidth = 1.25;
        pen.beginPath();
        pen.moveTo(left, y(value));
        pen.lineTo(right, y(value));
        pen.stroke();
      };
      level(step.centre, this.tone.good, []);
      level(step.lower, this.tone.bad, [5, 4]);
      level(step.upper, this.tone.bad, [5, 4]);
      pen.setLineDash([]);
      if (place && step.phase !== steps[place - 1].phase) {
        pen.fillStyle = this.tone.edge;
        pen.fillRect(Math.round(left), top, 1, tall);
        pen.fillStyle = this.tone.soft;
        pen.textAlign = "left";
        if (named) pen.fillText(this.phase(step), left + 4, top + 6);
      }
    });
  }

  values(pen, values, first, last, y) {
    pen.strokeStyle = this.tone.ink;
    pen.lineWidth = 1;
    pen.beginPath();
    let joined = false;
    for (let point = first; point <= last; point += 1) {
      const value = values[point];
      if (value === null || value === undefined) { joined = this.data.thinned && joined; continue; }
      if (joined) pen.lineTo(this.x(point), y(value));
      else pen.moveTo(this.x(point), y(value));
      joined = true;
    }
    pen.stroke();
    if (last - first > 240) return;
    pen.fillStyle = this.tone.ink;
    for (let point = first; point <= last; point += 1) {
      if (values[point] === null || values[point] === undefined) continue;
      pen.beginPath();
      pen.arc(this.x(point), y(values[point]), 2.6, 0, 7);
      pen.fill();
    }
  }

  // A rule that is met is red, larger and another shape: a diamond.
  marked(pen, values, number, first, last, y) {
    pen.fillStyle = this.tone.bad;
    for (const [point] of this.marks[number]) {
      if (point < first || point > last || values[point] === null) continue;
      const x = this.x(point), at = y(values[point]);
      pen.beginPath();
      pen.moveTo(x, at - 6);
      pen.lineTo(x + 6, at);
      pen.lineTo(x, at + 6);
      pen.lineTo(x - 6, at);
      pen.fill();
    }
    if (this.cursor === null || this.cursor < first || this.cursor > last || values[this.cursor] === null) return;
    pen.strokeStyle = this.tone.accent;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(this.x(this.cursor), y(values[this.cursor]), 9, 0, 7);
    pen.stroke();
  }

  phase(step) {
    const { wordsTrial, wordsPhase } = this.root.dataset;
    return step.phase === null ? wordsTrial : wordsPhase.replace("{n}", step.phase);
  }

  names(pen, step, y, lowest) {
    if (!step) return;
    pen.textAlign = "left";
    const named = [[step.upper, "UCL", "bad"], [step.centre, "CL", "good"], [step.lower, "LCL", "bad"]].filter(([value]) => value !== null);
    const places = apart(named.map(([value]) => y(value)), lowest);
    named.forEach(([, name, colour], place) => {
      pen.fillStyle = this.tone[colour];
      pen.fillText(name, PAD.left + this.width() + 8, places[place]);
    });
  }

  times(pen, high) {
    if (this.data.thinned) return;
    pen.fillStyle = this.tone.soft;
    const most = Math.max(2, Math.floor(this.width() / 110)), every = (this.to - this.from) / most;
    for (let place = 0; place <= most; place += 1) {
      const at = this.data.at[Math.round(this.from + place * every)];
      if (!at) continue;
      pen.textAlign = "center";
      pen.fillText(this.time(at, false), this.x(this.from + place * every), high - 8);
    }
  }

  time(at, whole) {
    this.clock ??= new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "short", timeZone: this.root.dataset.zone });
    return this.clock.format(new Date(at)).slice(whole ? 0 : 5); // the Swedish way is 2026-01-05 09:30
  }

  tell() {
    const { data, cursor: point } = this, lines = [], words = this.root.dataset;
    lines.push(data.thinned ? `${Number(data.labels[point]).toLocaleString("en")} ${words.wordsPoint}` : `${data.labels[point]} · ${this.time(data.at[point], true)}`);
    data.tracks.forEach((track) => {
      const step = track.steps.findLast((one) => one.start <= point), value = track.values[point];
      if (value === null) return;
      lines[0] += ` · ${track.title} ${figure(value, data.decimals)} ${data.unit}`;
      if (step && lines.length === 1) lines.push(`${words.wordsLimits} ${figure(step.lower, data.decimals)} – ${figure(step.upper, data.decimals)} (${this.phase(step)})`);
    });
    const met = this.marks.flatMap((there) => there.get(point) ?? []);
    this.said.classList.toggle("is-stopped", met.length > 0);
    this.said.textContent = [...lines, ...new Set(met)].join("\n");
  }
}

export async function load(root) {
  const answer = await fetch(root.dataset.chart, { headers: { Accept: "application/json" } });
  if (!answer.ok) return null; // the drawing that came with the page stays
  const data = await answer.json();
  return data.tracks.length ? new ControlChart(root, data) : null;
}

for (const root of document.querySelectorAll("[data-chart]")) load(root);
