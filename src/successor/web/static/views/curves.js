// Curves of the versions in charge, each with its numbers below it.
import { duration, h, missing, number, table, tag, tiles, version, words } from "../dom.js";
import { charts, get } from "../api.js";

export async function open(place, { app }) {
  const asked = new AbortController();
  const [Plot, first] = await Promise.all([charts(), get("/api/curves", asked.signal)]);
  let data = first;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const wide = () => Math.min(620, Math.max(300, place.clientWidth / (place.clientWidth > 900 ? 2 : 1) - 60));

  // Steep growth is read off a logarithmic axis, and what stays within a factor of 4 off a plain one.
  function axis(values) {
    const known = values.filter((value) => value > 0);
    const logs = known.length && Math.max(...known) / Math.min(...known) > 4;
    return logs ? { type: "log", tickFormat: (value) => ([1, 2, 5].includes(Number(value.toExponential(0)[0])) ? number(value) : "") } : { nice: true };
  }

  function chart(title, note, marks, options) {
    const figure = h("div", { class: "plot", role: "img", "aria-label": `${title}; the numbers are in the table below` });
    figure.append(Plot.plot({ width: wide(), height: 260, marginLeft: 52, grid: true, style: { background: "none", fontSize: "12px" }, ...options, marks }));
    return h("section", { class: "card" }, h("h2", {}, title), h("p", { class: "note" }, note), figure);
  }

  const tick = { label: "generation", tickFormat: (value) => (Number.isInteger(value) ? value : "") };

  function headline() {
    const line = data.line.filter((row) => row.value > 0), tried = data.tried.filter((row) => row.value > 0);
    return chart(`${words(data.measure)} by generation`, "Green: versions in charge, with the 95% interval where the measure has one. Grey: what was tried beside them.", [
      Plot.dot(tried, { x: "generation", y: "value", stroke: colour("--grey"), r: 2.500, strokeOpacity: 0.7 }),
      Plot.ruleX(line.filter((row) => row.low > 0), { x: "generation", y1: "low", y2: "high", stroke: colour("--green"), strokeWidth: 2, strokeOpacity: 0.5 }),
      Plot.lineY(line, { x: "generation", y: "value", stroke: colour("--green"), curve: "step-after", strokeOpacity: 0.6 }),
      Plot.dot(line, { x: "generation", y: "value", fill: colour("--green"), r: 4, tip: true, title: (row) => `${row.version.slice(0, 8)}: ${number(row.value)}` }),
    ], { x: tick, y: { label: words(data.measure), ...axis([...line, ...tried].map((row) => row.value)) } });
  }

  function work() {
    const line = data.line.filter((row) => row.value > 0), paid = line.some((row) => row.usd > 0);
    return chart(`${words(data.measure)} by ${paid ? "money" : "work"}`, paid ? "What models cost until each version was judged." : "Working time of the lab until each version was judged.", [
      Plot.lineY(line, { x: paid ? "usd" : "minutes", y: "value", stroke: colour("--green"), curve: "step-after", strokeOpacity: 0.6 }),
      Plot.dot(line, { x: paid ? "usd" : "minutes", y: "value", fill: colour("--green"), r: 4 }),
    ], { x: { label: paid ? "US dollars" : "minutes of work" }, y: { label: words(data.measure), ...axis(line.map((row) => row.value)) } });
  }

  function gains() {
    const rows = data.line.filter((row) => row.gain > 0);
    return chart("Gain per generation", "How many times its parent's measure each version in charge has.", [
      Plot.ruleY([1], { stroke: colour("--soft") }),
      Plot.ruleX(rows, { x: "generation", y1: 1, y2: "gain", stroke: colour("--blue"), strokeWidth: 6, strokeOpacity: 0.5 }),
      Plot.dot(rows, { x: "generation", y: "gain", fill: colour("--blue"), r: 4 }),
    ], { x: tick, y: { label: "times its parent", ...axis([1, ...rows.map((row) => row.gain)]) } });
  }

  function costs() {
    const stages = [...new Set(data.costs.map((row) => row.stage))];
    const shades = ["--blue", "--violet", "--amber", "--green", "--red", "--grey"].map(colour);
    return chart("Where the time went", "Working seconds of each generation.", [
      Plot.rectY(data.costs, Plot.stackY({ x1: (row) => row.generation - 0.4, x2: (row) => row.generation + 0.4, y: "seconds", fill: "stage", title: (row) => `${row.stage}: ${duration(row.seconds)}` })),
      Plot.ruleY([0], { stroke: colour("--soft") }),
    ], { x: tick, y: { label: "seconds" }, color: { domain: stages, range: shades, legend: true } });
  }

  function evidence() {
    const rows = data.verdicts.filter((row) => row.e_value > 0);
    const held = rows.map((row) => ({ ...row, shown: Math.min(1e12, Math.max(1e-4, row.e_value)) }));
    return chart("Evidence", "The e-value of every verdict; a dot above its cross, which the error budget of the whole run sets, is enough.", [
      Plot.ruleY([1], { stroke: colour("--soft"), strokeDasharray: "3 3" }),
      Plot.dot(held, { x: "generation", y: "threshold", symbol: "times", stroke: colour("--amber"), r: 4 }),
      Plot.dot(held, { x: "generation", y: "shown", fill: (row) => (row.outcome === "better" ? colour("--green") : colour("--grey")), r: 4 }),
    ], { x: tick, y: { type: "log", label: "e-value", tickFormat: (value) => ([1, 2, 5].includes(Number(value.toExponential(0)[0])) ? number(value) : "") } });
  }

  function draw() {
    if (!data.line.length) {
      place.replaceChildren(h("section", { class: "card" }, h("h1", {}, "No version yet")));
      return;
    }
    const last = data.line.at(-1), start = data.line[0];
    place.replaceChildren(
      tiles([["Now", number(last.value), words(data.measure)], ["At first", number(start.value), words(data.measure)],
        ["Grown", last.value && start.value ? `${number(last.value / start.value)} ×` : missing, `in ${data.line.length - 1} step${data.line.length === 2 ? "" : "s"}`],
        ["Worked", duration(app.now?.seconds), last.usd ? `$${last.usd.toFixed(2)} for models` : ""]]),
      h("div", { class: "grid" }, headline(), gains(), work(), costs(), data.verdicts.length ? evidence() : ""),
      h("details", { class: "card" }, h("summary", {}, "The numbers"),
        table("Versions in charge", ["generation", "version", words(data.measure), "low", "high", "times its parent", "minutes of work", "US dollars"],
          data.line.map((row) => [row.generation, version(row.version), number(row.value), number(row.low), number(row.high), number(row.gain), number(row.minutes), number(row.usd)]), [0, 2, 3, 4, 5, 6, 7]),
        table("Verdicts", ["generation", "version", "outcome", "e-value", "needed"],
          data.verdicts.slice(-200).map((row) => [row.generation, version(row.version), tag(row.outcome), number(row.e_value), number(row.threshold)]), [0, 3, 4])));
  }

  draw();
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", draw);
  let known = app.now?.generations;
  return {
    async hear(now) {
      if (known === undefined) known = now.generations;
      if (now.generations === known) return;
      known = now.generations;
      data = await get("/api/curves", asked.signal).catch(() => data);
      draw();
    },
    leave() { asked.abort(); scheme.removeEventListener("change", draw); },
  };
}
