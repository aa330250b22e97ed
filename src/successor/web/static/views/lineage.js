// Every version over time with its score, on a canvas: ten thousand are drawn at once. The table
// beside it says the same to whoever does not see it, and keys walk through both.
import { h, missing, moment, number, short, tag, version, words } from "../dom.js";
import { get } from "../api.js";

const COLOURS = { first: "--blue", promoted: "--green", rejected: "--grey", quarantined: "--red", waiting: "--amber", "rolled back": "--violet", open: "--blue" };
const MARGIN = { left: 56, right: 18, top: 14, bottom: 30 };
const ROW = 30;

export async function open(place, { app }) {
  const asked = new AbortController();
  let data = await get("/api/lineage", asked.signal), at = -1, scale = { from: 0, span: 1 }, dragged = null;
  const canvas = h("canvas", { tabindex: "0", role: "img", "aria-label": "Versions over time" });
  const tip = h("div", { class: "tip", hidden: true });
  const list = h("div", { class: "virtual", tabindex: "0", role: "region", "aria-label": "Every version, the newest first" });
  const told = h("p", { class: "soft" });
  const search = h("input", { type: "search", placeholder: "Filter: id, author, outcome", "aria-label": "Filter versions", oninput: () => { filter(); rows(); } });
  let kept = [], line = new Set();

  function legend() {
    const names = [...new Set(data.outcomes)].sort().map((each) => data.outcome_names[each]);
    return h("p", { class: "legend" }, names.map((name) => h("span", { class: name === "rolled back" ? "back" : name }, h("i", {}), name)),
      h("span", {}, "■ written by a human"));
  }

  function filter() {
    const wish = search.value.trim().toLowerCase();
    kept = data.ids.map((_, index) => index).reverse();
    if (wish) {
      kept = kept.filter((index) => data.ids[index].startsWith(wish) || data.author_names[data.authors[index]].toLowerCase().includes(wish)
        || data.outcome_names[data.outcomes[index]].includes(wish));
    }
  }

  function digest() {
    line = new Set();
    for (let index = data.incumbent; index >= 0; index = data.parents[index]) line.add(index);
    told.textContent = `${data.ids.length.toLocaleString("en")} versions, ${line.size.toLocaleString("en")} in the line of the one in charge. ${data.measure ? `Height: ${words(data.measure)}.` : ""}`;
    canvas.setAttribute("aria-label", `${told.textContent} The list below has them all.`);
    filter();
  }

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function geometry() {
    const scores = data.scores.filter((each) => each !== null && each > 0);
    const low = Math.min(...bounds(scores, Math.min)), high = Math.max(...bounds(scores, Math.max));
    const logs = low > 0 && high / low > 5;
    const f = logs ? Math.log : (value) => value;
    const [a, b] = [f(low), f(high === low ? high + 1 : high)];
    const width = canvas.clientWidth - MARGIN.left - MARGIN.right, height = canvas.clientHeight - MARGIN.top - MARGIN.bottom;
    const count = Math.max(1, data.ids.length - 1);
    return {
      x: (index) => MARGIN.left + ((index / count - scale.from) / scale.span) * width,
      y: (index) => {
        const score = data.scores[index];
        return score === null || !(score > 0) ? MARGIN.top + height : MARGIN.top + (1 - (f(score) - a) / (b - a)) * (height - 8);
      },
      index: (x) => ((x - MARGIN.left) / width * scale.span + scale.from) * count,
      low, high, logs, a, b, f, width, height,
    };
  }

  // Of many thousands: spreading them over one call would be too many arguments.
  const bounds = (values, best) => [values.length ? values.reduce((one, other) => best(one, other)) : best === Math.min ? 0 : 1];

  function draw() {
    const ratio = devicePixelRatio || 1, g = geometry(), paint = canvas.getContext("2d");
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    paint.scale(ratio, ratio);
    const shades = Object.fromEntries(Object.entries(COLOURS).map(([name, shade]) => [name, colour(shade)]));
    axes(paint, g);
    paint.save();
    paint.beginPath();
    paint.rect(MARGIN.left - 8, 0, g.width + 16, canvas.clientHeight);
    paint.clip();
    const radius = data.ids.length > 3000 ? 2 : data.ids.length > 300 ? 3 : 5;
    strokes(paint, g, false, colour("--line"), 1);
    for (const [code, name] of data.outcome_names.entries()) dots(paint, g, code, shades[name], radius);
    strokes(paint, g, true, shades.promoted, 2);
    if (at >= 0) ring(paint, g);
    paint.restore();
  }

  function strokes(paint, g, lined, shade, wide) {
    paint.strokeStyle = shade;
    paint.lineWidth = wide;
    paint.beginPath();
    for (let index = 0; index < data.ids.length; index += 1) {
      const parent = data.parents[index];
      if (parent < 0 || line.has(index) !== lined) continue;
      paint.moveTo(g.x(parent), g.y(parent));
      paint.lineTo(g.x(index), g.y(index));
    }
    paint.stroke();
  }

  function dots(paint, g, code, shade, radius) {
    paint.fillStyle = shade;
    paint.beginPath();
    for (let index = 0; index < data.ids.length; index += 1) {
      if (data.outcomes[index] !== code) continue;
      const x = g.x(index), y = g.y(index), size = line.has(index) ? radius + 1 : radius;
      if (data.human[data.authors[index]]) paint.rect(x - size, y - size, 2 * size, 2 * size);
      else { paint.moveTo(x + size, y); paint.arc(x, y, size, 0, 7); }
    }
    paint.fill();
  }

  function ring(paint, g) {
    paint.strokeStyle = colour("--ink");
    paint.lineWidth = 2;
    paint.beginPath();
    paint.arc(g.x(at), g.y(at), 9, 0, 7);
    paint.stroke();
  }

  function axes(paint, g) {
    paint.font = "12px system-ui, sans-serif";
    paint.fillStyle = colour("--soft");
    paint.strokeStyle = colour("--line");
    paint.textAlign = "right";
    for (let step = 0; step <= 4; step += 1) {
      const raw = g.a + ((g.b - g.a) * step) / 4, value = g.logs ? Math.exp(raw) : raw;
      const y = MARGIN.top + (1 - step / 4) * (g.height - 8);
      paint.fillText(number(value), MARGIN.left - 12, y + 4);
      paint.beginPath();
      paint.moveTo(MARGIN.left - 6, y);
      paint.lineTo(MARGIN.left + g.width, y);
      paint.stroke();
    }
    paint.textAlign = "center";
    const seen = [Math.max(0, Math.ceil(g.index(MARGIN.left))), Math.min(data.ids.length - 1, Math.floor(g.index(MARGIN.left + g.width)))];
    const step = Math.max(1, Math.ceil((seen[1] - seen[0]) / 8));
    let before = null;
    for (let index = seen[0]; index <= seen[1]; index += step) {
      if (data.generations[index] !== before) paint.fillText(`gen ${data.generations[index]}`, g.x(index), canvas.clientHeight - 8);
      before = data.generations[index];
    }
  }

  function nearest(event) {
    const box = canvas.getBoundingClientRect(), g = geometry();
    const x = event.clientX - box.left, y = event.clientY - box.top, middle = g.index(x);
    const reach = Math.max(2, Math.ceil((14 / g.width) * scale.span * data.ids.length));
    let best = -1, close = 400;
    for (let index = Math.max(0, Math.floor(middle - reach)); index <= Math.min(data.ids.length - 1, middle + reach); index += 1) {
      const far = (g.x(index) - x) ** 2 + (g.y(index) - y) ** 2;
      if (far < close) [best, close] = [index, far];
    }
    return best;
  }

  function point(index) {
    at = index;
    tip.hidden = index < 0;
    if (index >= 0) {
      const g = geometry();
      tip.replaceChildren(h("div", {}, h("strong", { class: "mono" }, short(data.ids[index])), " ", tag(data.outcome_names[data.outcomes[index]])),
        h("div", {}, `${words(data.measure || "score")} ${number(data.scores[index])}, generation ${data.generations[index]}`),
        h("div", { class: "soft" }, data.author_names[data.authors[index]]));
      tip.style.left = `${Math.min(g.x(index) + 14, canvas.clientWidth - 200)}px`;
      tip.style.top = `${Math.max(0, g.y(index) - 10)}px`;
    }
    draw();
  }

  const go = (index) => { if (index >= 0) location.hash = `#/version/${data.ids[index]}`; };

  function zoom(times, around) {
    const span = Math.min(1, Math.max(20 / Math.max(20, data.ids.length), scale.span * times));
    scale = { span, from: Math.min(1 - span, Math.max(0, around - ((around - scale.from) / scale.span) * span)) };
    draw();
  }

  canvas.addEventListener("pointermove", (event) => {
    if (dragged) {
      const moved = (dragged.x - event.clientX) / (canvas.clientWidth || 1) * scale.span;
      dragged.far ||= Math.abs(dragged.x - event.clientX) > 4;
      scale = { ...scale, from: Math.min(1 - scale.span, Math.max(0, dragged.from + moved)) };
      draw();
    } else point(nearest(event));
  });
  canvas.addEventListener("pointerdown", (event) => { dragged = { x: event.clientX, from: scale.from, far: false }; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointerup", (event) => { if (!dragged?.far) go(nearest(event)); dragged = null; });
  canvas.addEventListener("pointerleave", () => point(-1));
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    const count = Math.max(1, data.ids.length - 1);
    zoom(event.deltaY > 0 ? 1.25 : 0.8, geometry().index(event.offsetX) / count);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (move) point(Math.max(0, Math.min(data.ids.length - 1, (at < 0 ? data.incumbent : at) + move)));
    else if (event.key === "Enter") go(at);
    else if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 0.5 : 2, at < 0 ? 0.5 : at / Math.max(1, data.ids.length - 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function rows() {
    const from = Math.max(0, Math.floor(list.scrollTop / ROW) - 5), to = Math.min(kept.length, from + Math.ceil(list.clientHeight / ROW) + 12);
    const inner = h("div", { class: "all" });
    inner.style.height = `${kept.length * ROW}px`;
    for (let place_ = from; place_ < to; place_ += 1) {
      const index = kept[place_];
      const row = h("div", { class: "entry" }, h("span", {}, version(data.ids[index])), h("span", {}, tag(index === data.incumbent ? "in charge" : data.outcome_names[data.outcomes[index]])),
        h("span", { class: "right" }, data.scores[index] === null ? missing : number(data.scores[index])), h("span", { class: "soft" }, `gen ${data.generations[index]}`),
        h("span", { class: "soft" }, data.author_names[data.authors[index]]), h("span", { class: "soft" }, moment(data.times[index])));
      row.style.top = `${place_ * ROW}px`;
      inner.append(row);
    }
    const top = list.scrollTop;
    list.replaceChildren(inner);
    list.scrollTop = top;
  }
  list.addEventListener("scroll", () => requestAnimationFrame(rows));

  function whole() {
    if (!data.ids.length) {
      place.replaceChildren(h("section", { class: "card" }, h("h1", {}, "No version yet")));
      return;
    }
    place.replaceChildren(h("section", { class: "card" }, h("h1", {}, "Lineage"), told, h("div", { class: "canvas" }, canvas, tip), legend(),
      h("p", { class: "note" }, "Click a dot, or walk with the arrow keys and Enter. Drag to move; ", h("kbd", {}, "+"), " ", h("kbd", {}, "-"), " or Ctrl and wheel to zoom.")),
    data.rollbacks.length ? h("section", { class: "card" }, h("h2", {}, "Rolled back"), h("ul", {}, data.rollbacks.map((each) =>
      h("li", {}, `${moment(each.time)} UTC: to `, version(each.version), ` by ${each.by} (${each.reason}); ${each.revoked.length} revoked`)))) : "",
    h("section", { class: "card" }, h("h2", {}, "Every version"), search, list));
    digest();
    draw();
    rows();
  }

  whole();
  const sized = new ResizeObserver(() => { if (data.ids.length) { draw(); rows(); } });
  sized.observe(place);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", draw);
  let known = app.now?.events, due = 0;
  return {
    hear(now) {
      if (known === undefined) known = now.events;
      if (now.events === known || due) return;
      due = setTimeout(async () => { // a busy run tells more often than anybody can look
        due = 0;
        known = app.now.events;
        const before = data.ids.length;
        data = await get("/api/lineage", asked.signal).catch(() => data);
        if (!before) whole();
        digest();
        draw();
        rows();
      }, Math.min(10000, 500 + data.ids.length));
    },
    leave() { asked.abort(); clearTimeout(due); sized.disconnect(); scheme.removeEventListener("change", draw); },
  };
}
