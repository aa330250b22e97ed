// Where the lab's curve goes, and a world whose numbers can be moved. All of it is computed by the
// server, by the functions of `successor futures`.
import { h, missing, number, share, table } from "../dom.js";
import { charts, get } from "../api.js";

const SLIDERS = [
  ["doublings", 0.05, 8, 0.05, "doublings in the first unit of time"], ["fishing_out", 0, 2, 0.01, "how much harder ideas get (β)"],
  ["exponent", 0.1, 1, 0.01, "effort pays off to the power (λ)"], ["labour", 0, 1, 0.01, "weight of labour beside compute"],
  ["rho", -2, 1, 0.01, "how well compute replaces labour (ρ)"], ["automated", 0, 1, 0.01, "share of the work that AI does"],
  ["review", 0, 1, 0.01, "share that is review by humans"], ["capacity", 0.1, 10, 0.1, "capacity of reviewers, beside the start"],
  ["compute", 0, 4, 0.05, "doublings of compute"], ["ceiling", 0, 12, 0.5, "best there can be, as a power of 10; 0: none"],
];
const TOLD = { stalls: "It stalls: growth at the end is less than half of that at the start.",
  compounds: "It compounds: growth at the end is about that at the start.", "runs away": "It runs away: growth at the end is more than twice that at the start." };

export async function open(place) {
  const asked = new AbortController();
  const [Plot, data] = await Promise.all([charts(), get("/api/futures", asked.signal)]);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const wide = () => Math.min(1080, Math.max(300, place.clientWidth - 60));
  const wishes = {};
  let preset = "review-bound", found = null, due = 0, turn = 0;
  const drawn = h("div", { class: "plot", role: "img", "aria-label": "How good AI gets in this world; what becomes of it is told above" });
  const verdict = h("p", { role: "status" }), wrong = h("p", { class: "wrong", role: "alert" }), source = h("p", { class: "note" });
  const sliders = h("div", { class: "sliders" });

  function grown() {
    if (!data.series) {
      return h("section", { class: "card" }, h("h1", {}, "Where this curve goes"), h("p", { class: "soft" }, "That takes two versions in charge, at different times. The worlds below need none."));
    }
    const { series, growth } = data, shades = { logistic: "--amber", exponential: "--blue", superexponential: "--violet" };
    const most = 30 * Math.max(...series.values), least = Math.min(...series.values) / 10;
    const band = data.at.map((at, index) => ({ at, low: Math.max(least, data.band[index][0] ?? least), high: Math.min(most, data.band[index][1] ?? most) }));
    const curves = Object.entries(data.curves).flatMap(([kind, values]) => values.map((value, index) => ({ kind, at: data.at[index], value })).filter((each) => each.value && each.value <= most));
    const figure = h("div", { class: "plot", role: "img", "aria-label": "The lab's points and three kinds of growth; the numbers are in the tables below" },
      Plot.plot({ width: wide(), height: 320, marginLeft: 56, grid: true, style: { background: "none", fontSize: "12px" },
        x: { label: series.unit }, y: { type: "log", label: series.what.replaceAll("_", " "), tickFormat: (value) => (Math.log10(value) % 1 ? "" : number(value)) },
        color: { domain: Object.keys(shades), range: Object.values(shades).map(colour), legend: true },
        marks: [Plot.areaY(band, { x: "at", y1: "low", y2: "high", fill: colour("--grey"), fillOpacity: 0.15 }),
          Plot.lineY(curves, { x: "at", y: "value", stroke: "kind", strokeWidth: 2 }),
          Plot.dot(series.times.map((at, index) => ({ at, value: series.values[index] })), { x: "at", y: "value", fill: colour("--ink"), r: 4 })] }));
    return h("section", { class: "card" }, h("h1", {}, "Where this curve goes"),
      h("p", {}, `${growth.verdict === "can't tell" ? "The data can't tell" : data.meanings[growth.verdict]}: ${growth.reason}.`), figure,
      h("p", { class: "note" }, "Dots: the versions in charge. Shaded: 90% of what all three kinds together allow."),
      h("div", { class: "grid" },
        table("Three futures", ["kind", "odds", "meaning"], Object.entries(growth.probabilities).map(([kind, odds]) => [kind, share(odds), data.meanings[kind]]), [1]),
        table("Forecast, all kinds in proportion to their odds", [series.unit, "median", "90% interval"], growth.forecasts.map((each) => [each.shown, number(each.median),
          `${each.interval_90[0] === null ? missing : number(each.interval_90[0])} to ${each.interval_90[1] === null ? "no end" : number(each.interval_90[1])}`]), [0, 1])),
      h("p", { class: "note" }, data.returns_told));
  }

  function rows() {
    const known = found?.settings || {};
    sliders.replaceChildren(...SLIDERS.map(([name, low, high, step, told]) => {
      const value = wishes[name] ?? known[name], output = h("output", {}, number(value));
      const range = h("input", { type: "range", min: String(Math.min(low, value)), max: String(Math.max(high, value)), step: String(step), name });
      range.value = String(value);
      range.addEventListener("input", () => {
        wishes[name] = Number(range.value);
        output.textContent = number(wishes[name]);
        clearTimeout(due);
        due = setTimeout(ask, 120);
      });
      return h("label", {}, h("span", {}, output, told), range);
    }));
  }

  async function ask(fresh = false) {
    const mine = (turn += 1);
    wrong.textContent = "";
    try {
      const answer = await get(`/api/world?${new URLSearchParams({ preset, ...wishes })}`, asked.signal);
      if (mine !== turn) return;
      found = answer;
    } catch (error) {
      if (!asked.signal.aborted) wrong.textContent = error.message;
      return;
    }
    if (fresh === true) rows();
    draw();
  }

  function draw() {
    const unit = found.unit, points = found.times.map((at, index) => ({ at, level: found.levels[index] }));
    verdict.textContent = `${TOLD[found.future]}${found.no_end_after === null ? "" : ` After ${number(found.no_end_after)} ${unit} growth has no end any more.`}`;
    source.textContent = `${found.from_lab ? "Pace and returns are from this lab's record; all else: " : ""}${found.source}. Not in it: ${found.caveat}.`;
    const figure = Plot.plot({ width: wide(), height: 280, marginLeft: 56, grid: true, style: { background: "none", fontSize: "12px" },
      x: { label: unit }, y: { type: "log", label: "times as good", tickFormat: (value) => (Math.log10(value) % 1 ? "" : number(value)) },
      marks: [Plot.lineY(points, { x: "at", y: "level", stroke: colour("--violet"), strokeWidth: 2.500 })] });
    drawn.replaceChildren(figure);
  }

  const select = h("select", { "aria-label": "World" }, Object.keys(data.presets).map((name) => h("option", { value: name, selected: name === preset }, name)));
  const renew = () => { for (const name of Object.keys(wishes)) delete wishes[name]; preset = select.value; ask(true); };
  select.addEventListener("change", renew);
  place.replaceChildren(grown(), h("section", { class: "card" }, h("h2", {}, "A world to try"),
    h("p", {}, select), sliders, wrong, verdict, drawn, source, h("p", {}, h("button", { type: "button", onclick: renew }, "Its own numbers again"))));
  await ask(true);
  return { leave() { asked.abort(); clearTimeout(due); } };
}
