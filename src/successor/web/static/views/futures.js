// Where the lab's curve goes, and a world whose numbers can be moved. All of it is computed by the
// server, by the functions of `successor futures`.
import { h, missing, number, share, table } from "../dom.js";
import { charts, get } from "../api.js";

const SLIDERS = [
  ["doublings", 0.05, 8, 0.05, "doublings in the first unit of time"], ["fishing_out", 0, 2, 0.01, "how much harder ideas get (β)"],
  ["exponent", 0.1, 1, 0.01, "effort pays off to the power (λ)"], ["labour", 0, 1, 0.01, "weight of labour beside compute"],
  ["rho", -2, 1, 0.01, "how well compute replaces labour (ρ)"], ["automated", 0, 1, 0.01, "share of the work that AI does"],
  ["review", 0, 1, 0.01, "share that is review by humans"], ["capacity", 0.1, 10, 0.1, "capacity of reviewers, beside the start"],
  ["speed", 0.1, 10, 0.1, "speed of AI at its share, beside humans"], ["compute", 0, 4, 0.05, "doublings of compute"],
  ["ceiling", 0, 12, 0.5, "best there can be, as a power of 10; 0: none"], ["years", 1, 50, 1, "units of time to look ahead"],
];
const WHOLE = ["automated", "review"]; // shares of one whole: where one grows, the other gives way
const same = (command) => h("p", { class: "note" }, "The same in a terminal: ", h("code", {}, command));

export async function open(place) {
  const asked = new AbortController();
  const [Plot, data, models] = await Promise.all([charts(), get("/api/futures", asked.signal), get("/api/futures/others", asked.signal)]);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const wide = () => Math.min(1080, Math.max(300, place.clientWidth - 60));
  const wishes = {};
  let preset = "review-bound", found = null, due = 0, turn = 0;
  const drawn = h("div", { class: "plot", role: "img", "aria-label": "How good AI gets in this world; what becomes of it is told above" });
  const verdict = h("div", { role: "status" }), wrong = h("p", { class: "wrong", role: "alert" }), source = h("div");
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
      h("p", { class: "note" }, `Dots: the versions in charge.${data.at.length ? " Shaded: 90% of what all three kinds together allow." : ""}`),
      data.at.length ? h("div", { class: "grid" },
        table("Three futures", ["kind", "odds", "meaning"], Object.entries(growth.probabilities).map(([kind, odds]) => [kind, share(odds), data.meanings[kind]]), [1]),
        table("Forecast, all kinds in proportion to their odds", [series.unit, "median", "90% interval"], growth.forecasts.map((each) => [each.shown, number(each.median),
          `${each.interval_90[0] === null ? missing : number(each.interval_90[0])} to ${each.interval_90[1] === null ? "no end" : number(each.interval_90[1])}`]), [0, 1])) : "",
      h("p", { class: "note" }, data.returns_told), same(data.command));
  }

  function published() {
    const [first, second] = [models["davidson-houlden"], models["ai-2027"]];
    return h("section", { class: "card" }, h("h2", {}, "Models of others"),
      h("div", { class: "grid" },
        h("div", {}, table("Once AI research is automated: is there a period of progress so many times as fast? (Davidson & Houlden 2025)", ["months", "times", "here", "published"],
          first.questions.map((each) => [number(12 * each.years), number(each.factor), each.probability.toFixed(3), each.published.toFixed(2)]), [0, 1, 2, 3]), same(first.command)),
        h("div", {}, table("Years from a superhuman coder on (AI 2027)", ["milestone", "10%", "median", "90%"],
          second.milestones.map((each) => [each.name, number(each.interval_80[0]), number(each.median), number(each.interval_80[1])]), [1, 2, 3]), same(second.command))),
      h("p", { class: "note" }, `${number(first.draws)} draws each. Priors are opinions.`));
  }

  function rows() {
    const known = found?.settings || {};
    sliders.replaceChildren(...SLIDERS.map(([name, low, high, step, told]) => {
      const value = wishes[name] ?? known[name], output = h("output", {}, number(value));
      const range = h("input", { type: "range", min: String(Math.min(low, value)), max: String(Math.max(high, value)), step: String(step), name });
      range.value = String(value);
      range.addEventListener("input", () => {
        moved(name, Number(range.value));
        clearTimeout(due);
        due = setTimeout(ask, 120);
      });
      return h("label", {}, h("span", {}, output, told), range);
    }));
  }

  function moved(name, value) {
    const other = WHOLE.find((each) => WHOLE.includes(name) && each !== name);
    wishes[name] = value;
    if (other && value + (wishes[other] ?? found.settings[other]) > 1) wishes[other] = Number((1 - value).toFixed(6));
    for (const each of [name, other]) {
      const range = each && sliders.querySelector(`[name="${each}"]`);
      if (!range || wishes[each] === undefined) continue;
      range.value = String(wishes[each]);
      range.parentElement.querySelector("output").textContent = number(wishes[each]);
    }
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
    const unit = found.unit, points = found.times.map((at, index) => ({ at, level: found.levels[index] })), gap = found.told.indexOf("");
    verdict.replaceChildren(...found.told.slice(0, gap).map((line) => h("p", {}, line)));
    source.replaceChildren(...found.told.slice(gap + 1).map((line) => h("p", { class: "note" }, line)), same(found.command));
    const figure = Plot.plot({ width: wide(), height: 280, marginLeft: 56, grid: true, style: { background: "none", fontSize: "12px" },
      x: { label: unit }, y: { type: "log", label: "times as good", tickFormat: (value) => (Math.log10(value) % 1 ? "" : number(value)) },
      marks: [Plot.lineY(points, { x: "at", y: "level", stroke: colour("--violet"), strokeWidth: 2.500 })] });
    drawn.replaceChildren(figure);
  }

  const select = h("select", { "aria-label": "World" }, Object.keys(data.presets).map((name) => h("option", { value: name, selected: name === preset }, name)));
  const renew = () => { for (const name of Object.keys(wishes)) delete wishes[name]; preset = select.value; ask(true); };
  select.addEventListener("change", renew);
  place.replaceChildren(grown(), h("section", { class: "card" }, h("h2", {}, "A world to try"),
    h("p", {}, select), sliders, wrong, verdict, drawn, source, h("p", {}, h("button", { type: "button", onclick: renew }, "Its own numbers again"))), published());
  await ask(true);
  return { leave() { asked.abort(); clearTimeout(due); } };
}
