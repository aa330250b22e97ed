// Draws the report's charts from the JSON beside it. Colours are CSS variables, so that light,
// dark and print need no second drawing. Every number shown is also in the table below its chart.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const colour = { first: "var(--blue)", promoted: "var(--green)", rejected: "var(--grey)",
    quarantined: "var(--red)", "rolled back": "var(--red)", waiting: "var(--amber)", open: "var(--violet)" };
  const outcomes = Object.keys(colour).filter((name) => data.versions.some((v) => v.decision === name));
  const decision = { domain: outcomes, range: outcomes.map((name) => colour[name]), legend: true };
  const number = (value) => value === null || value === undefined ? "–"
    : Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(1)
    : value.toLocaleString("en", { maximumSignificantDigits: Math.abs(value) >= 1000 ? 6 : 3 });
  const percent = (value) => value === 0 ? "0%" : value === 1 ? "100%" : `${(100 * value).toFixed(value < 0.0995 || value > 0.9949 ? 1 : 0)}%`;
  const known = (rows, ...keys) => rows.filter((row) => keys.every((key) => row[key] !== null && row[key] !== undefined));
  const whole = (rows) => [...new Set(rows.map((row) => row.generation))].sort((a, b) => a - b);
  const every = (values) => values.filter((_, at) => at % Math.max(1, Math.ceil(values.length / 14)) === 0);
  const doublings = (values) => {
    const [low, high] = [Math.floor(Math.log2(d3.min(values))), Math.ceil(Math.log2(d3.max(values)))];
    const step = Math.max(1, Math.ceil((high - low) / 8));
    return d3.range(low, high + 1, step).map((power) => 2 ** power);
  };
  const logs = (domain, label) => {
    const ticks = doublings(domain);
    return { type: "log", base: 2, domain: [ticks[0], Math.max(d3.max(domain), ticks.at(-1))], ticks, tickFormat: number, label, grid: true };
  };
  const base = (id, options) => ({ width: Math.max(320, document.getElementById(id).clientWidth || 620),
    style: { background: "none", fontSize: "12px", overflow: "visible" }, marginLeft: 52, marginBottom: 44, ...options,
    x: { labelOffset: 38, ...options.x } });
  const draw = (id, options) => {
    const place = document.getElementById(id);
    if (place) place.replaceChildren(Plot.plot(base(id, options())));
  };

  function headline(x, xs) {
    const rows = known(data.versions, "headline", x).filter((row) => row.headline > 0);
    const line = rows.filter((row) => row.line);
    const values = rows.flatMap((row) => [row.headline, row.low, row.high, row.reliable])
      .concat(data.target ?? []).filter((value) => value > 0);
    return { height: 330, x: xs, y: logs(values, `${data.measure} (${data.headline_unit ? `${data.headline_unit}, ` : ""}log scale)`), color: decision,
      marks: [
        data.target ? Plot.ruleY([data.target], { stroke: "var(--amber)", strokeDasharray: "5 4" }) : null,
        data.target ? Plot.text([data.target], { y: (d) => d, frameAnchor: "left", dx: 4, dy: 10, textAnchor: "start", fill: "var(--amber)", text: () => `target ${data.target_metric} ${number(data.target)}` }) : null,
        Plot.line(known(line, "reliable").filter((row) => row.reliable > 0), { x, y: "reliable", stroke: "var(--blue)", strokeDasharray: "2 4" }),
        Plot.line(line, { x, y: "headline", stroke: "var(--green)", strokeWidth: 2 }),
        Plot.ruleX(known(rows, "low", "high").filter((row) => row.low > 0), { x, y1: "low", y2: "high", stroke: "decision", strokeWidth: 2, strokeOpacity: 0.55 }),
        Plot.dot(rows, { x, y: "headline", fill: "decision", r: (row) => row.line ? 4.5 : 3.2,
          channels: { version: "short", generation: "generation", reliable: { value: (row) => number(row.reliable) } },
          tip: { format: { x: false, fill: true, r: false, y: number } } }),
      ] };
  }

  draw("headline-generation", () => headline("generation", { label: "generation", ticks: every(whole(data.versions)), tickFormat: "d", inset: 12, grid: false }));
  draw("headline-minutes", () => headline("minutes", { label: "minutes of work", inset: 12, grid: false }));

  data.families.forEach((family, at) => draw(`heat-${at}`, () => {
    const slices = data.slices.filter((slice) => slice.family === family);
    const scores = data.scores.filter((row) => row.family === family);
    const sizes = slices.map((slice) => slice.name);
    const rows = data.heat_rows;
    const cell = (document.getElementById(`heat-${at}`).clientWidth - 130) / Math.max(1, sizes.length);
    return { height: 80 + 24 * rows.length, marginLeft: 128, marginBottom: 50, padding: 0.06,
      x: { domain: sizes, label: slices.every((slice) => slice.label === "all") ? null : data.unit || "size",
        tickFormat: (name) => { const found = slices.find((s) => s.name === name); return found.label ?? number(found.size); },
        tickRotate: cell < 26 ? -60 : 0 },
      y: { domain: rows, label: null, tickSize: 0 },
      opacity: { domain: [0, 1], range: [0.04, 1] },
      marks: [
        Plot.cell(scores, { x: "slice", y: "label", fill: "var(--blue)", fillOpacity: "score",
          stroke: "var(--line)", strokeWidth: 0.5,
          channels: { right: { value: (row) => `${percent(row.score)} of ${row.items}` } },
          tip: { format: { fillOpacity: false, x: true, y: true } } }),
        cell >= 34 ? Plot.text(scores, { x: "slice", y: "label", text: (row) => percent(row.score),
          fill: (row) => row.score > 0.55 ? "var(--card)" : "var(--ink)", fontSize: 11 }) : null,
      ] };
  }));

  draw("lineage", () => {
    const lanes = d3.extent(data.versions, (row) => row.lane);
    const edges = known(data.versions, "parent_at");
    const room = (document.getElementById("lineage").clientWidth - 100) / Math.max(1, whole(data.versions).length - 1);
    return { height: Math.max(120, 84 + 34 * (lanes[1] - lanes[0] + 1)), marginRight: 40, color: decision,
      x: { label: "generation", ticks: every(whole(data.versions)), tickFormat: "d", inset: 24 },
      y: { axis: null, domain: [lanes[1] + 0.5, lanes[0] - 0.5] },
      marks: [
        Plot.link(edges, { x1: (row) => row.parent_at[0], y1: (row) => row.parent_at[1], x2: "generation", y2: "lane",
          stroke: (row) => row.line ? "var(--green)" : "var(--grey)", strokeOpacity: (row) => row.line ? 1 : 0.6, strokeWidth: (row) => row.line ? 2 : 1.2, curve: "bump-x" }),
        Plot.dot(data.versions, { x: "generation", y: "lane", fill: "decision", r: 6, stroke: "var(--card)",
          channels: { version: "short", author: "author", why: "reason" },
          tip: { format: { x: true, y: false, fill: true }, lineWidth: 30 } }),
        room >= 66 ? Plot.text(data.versions, { x: "generation", y: "lane", text: "short", dy: 16, fontSize: 10, fill: "var(--soft)", fontFamily: "ui-monospace, monospace" }) : null,
      ] };
  });

  draw("evidence", () => {
    const rows = known(data.versions, "log10_e", "threshold");
    const judged = outcomes.filter((name) => rows.some((row) => row.decision === name));
    return { height: 280, color: { ...decision, domain: judged, range: judged.map((name) => colour[name]) }, x: { label: "generation", ticks: every(whole(rows)), tickFormat: "d", inset: 14 },
      y: { label: "e-value (log scale)", grid: true, nice: true, tickFormat: (value) => value === 0 ? "1" : Number.isInteger(value) ? `1e${value}` : "" },
      marks: [
        Plot.ruleY([0], { stroke: "var(--line)" }),
        Plot.link(rows, { x1: "at", x2: "at", y1: (row) => Math.log10(row.threshold), y2: "log10_e", stroke: "decision", strokeOpacity: 0.45 }),
        Plot.dot(rows, { x: "at", y: (row) => Math.log10(row.threshold), symbol: "times", stroke: "var(--amber)", strokeWidth: 2, r: 4.5 }),
        Plot.dot(rows, { x: "at", y: "log10_e", fill: "decision", r: 4.5,
          channels: { version: "short", "e-value": "e_text", threshold: { value: (row) => number(row.threshold) }, outcome: "outcome" },
          tip: { format: { x: false, y: false, fill: false } } }),
      ] };
  });

  draw("filters", () => ({ height: 280, x: { label: "generation", ticks: every(whole(data.filters)), tickFormat: "d", inset: 14 },
    y: { label: "share", domain: [0, 1], tickFormat: "%", grid: true },
    color: { domain: data.filter_names, range: ["var(--blue)", "var(--amber)", "var(--violet)"], legend: true },
    marks: [Plot.lineY(data.filters, { x: "at", y: "value", z: "figure", stroke: "figure", strokeWidth: 1.8 }),
      Plot.dot(data.filters, { x: "at", y: "value", z: "figure", fill: "figure", r: 4, channels: { version: "short" },
        tip: { format: { x: false, y: percent } } })] }));

  draw("costs", () => ({ height: 280, x: { label: "generation", tickFormat: "d", ticks: every(whole(data.costs)), type: "band", padding: 0.15 },
    y: { label: data.cost_unit, grid: true },
    color: { domain: data.stages, range: ["var(--blue)", "var(--amber)", "var(--green)", "var(--violet)", "var(--red)", "var(--grey)"], legend: true },
    marks: [Plot.barY(data.costs, { x: "generation", y: (row) => row.seconds / data.cost_scale, fill: "stage", order: data.stages,
      tip: { format: { x: true, y: number } } })] }));

  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
})();
