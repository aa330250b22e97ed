// What the lab is at, as it happens.
import { get, here } from "../api.js";
import { run, signCharter } from "../acts.js";
import { amount, counted, duration, h, measures, missing, number, part, table, tag, tiles, version } from "../dom.js";

const startable = (now) => !here.read_only && !now.running && !now.paused && !now.waiting && !now.problem;
const STEPS = { writing: "writing a candidate", examining: "examining a version", judging: "judging a candidate" };

// How far evidence has come toward what it has to reach: both by their logarithms, from 1 on.
export function reached(e, threshold) {
  if (e === null || threshold === null) return 0;
  return Math.max(0, Math.min(1, Math.log(Math.max(e, 1)) / Math.log(Math.max(threshold, 1.0001))));
}

export function evidence(found) {
  const enough = found.e_value >= found.threshold;
  return h("div", { class: "row" },
    h("span", {}, "e-value ", h("strong", {}, number(found.e_value)), ` of ${number(found.threshold)} needed`),
    h("span", { class: "amount" }, enough ? "enough" : "not enough"),
    h("progress", { class: enough ? "green" : "amber", value: reached(found.e_value, found.threshold), max: 1, "aria-label": "evidence, on a logarithmic scale" }));
}

function candidate(found) {
  const at = found.outcome || { written: "being examined", examined: "being judged", judged: "judged" }[found.at];
  return h("li", {},
    h("div", { class: "row" }, h("span", {}, version(found.version), ` by ${found.author}`), tag(at)),
    found.e_value !== null && evidence(found),
    found.interval && h("div", { class: "soft" }, `effect ${number(found.effect)}, 95% interval ${number(found.interval[0])} to ${number(found.interval[1])}`),
    found.tripwires.map((each) => h("div", { class: "wrong" }, `Tripwire: ${each}`)),
    found.reason && h("div", { class: "soft" }, found.reason));
}

export async function open(place, { app, say }) {
  let charter = null;
  const top = part((now) => tiles(now), {});
  const step = h("progress", { max: 1, value: 0 });
  const told = h("p", {}), usual = h("p", { class: "soft" });
  const moment = part((now) => [h("h2", {}, "At the moment"), told, now.running && step, usual,
    now.startable && h("p", {}, h("button", { type: "button", class: now.ended ? "" : "good", onclick: start }, now.ended ? "Run it again" : "Start a run", h("kbd", {}, "g")))].filter(Boolean));
  const flight = part((list) => [h("h2", {}, "Candidates"),
    list.length ? h("ul", { class: "rows" }, list.map(candidate)) : h("p", { class: "soft" }, "None yet in this generation.")]);
  const weak = part((list) => [h("h2", {}, "Weaknesses"),
    list.length ? h("ul", { class: "rows" }, list.map((each) => h("li", { class: "row" },
      h("span", {}, each.slice), h("span", { class: "amount" }, each.told),
      h("progress", { class: "violet", value: each.score, max: 1, "aria-label": `score of ${each.slice}` }))))
      : h("p", { class: "soft" }, "None that its own exam shows.")]);
  const budgets = part((list) => [h("h2", {}, "Budgets"),
    h("ul", { class: "rows" }, list.map((each) => h("li", { class: "row" },
      h("span", {}, each.words), h("span", { class: "amount" }, `${amount(each.used, each.unit)} of ${amount(each.limit, each.unit)}`),
      h("progress", { class: each.used > 0.9 * each.limit ? "amber" : "", value: Math.min(1, each.used / each.limit), max: 1, "aria-label": each.words }))))]);
  const law = part((found) => (found?.due ? [h("h2", {}, "The charter"),
    h("p", {}, found.changes ? `policy.toml and successor.toml ask for what people have not signed: ${found.changes}.` : "The lab's files differ from what is in force, and are no looser."),
    h("p", { class: "soft" }, found.signed.length ? `Signed by ${found.signed.join(", ")}; ${found.missing} more must.` : `${found.missing} must sign it.`),
    h("details", {}, h("summary", {}, "All that is signed"), h("pre", { class: "signed" }, found.lines.join("\n"))),
    !here.read_only && h("p", {}, h("button", { type: "button", onclick: async () => { const made = await signCharter(charter); if (made) { say(made); lawful(); } } }, "Read and sign"))] : null));
  async function lawful() {
    charter = await get("/api/charter").catch(() => null);
    law.show(charter);
  }
  lawful();
  const start = async () => { const made = await run(); if (made) say(made); };
  const signs = part((list) => (list.length ? [h("h2", {}, "Waits for signatures"), h("ul", {}, list.map((each) => h("li", {}, each.told)))] : null));
  const recent = part((list) => [h("h2", {}, "Generations"), list.length ? table("", ["generation", "version", "measured", "e-value / needed", "decision", "why", "time"],
    [...list].reverse().map((row) => [row.generation, row.version ? version(row.version) : missing, measures(row.measured) || missing,
      row.e_value === null ? missing : `${number(row.e_value)} / ${number(row.threshold)}`, tag(row.decision), row.reason, duration(row.seconds)]), [0, 6])
    : h("p", { class: "soft" }, "None is over yet.")]);
  place.append(top, h("div", { class: "grid" }, h("div", {}, moment, flight, law, signs), h("div", {}, weak, budgets)), recent);

  function tick() {
    const now = app.now;
    if (!now?.step || !now.running) return;
    const since = Math.max(0, Date.now() / 1000 - app.skew - now.step.since), often = now.step.usual_s;
    usual.textContent = often ? `for ${duration(since)}; such a step took ${duration(often)} before` : `for ${duration(since)}`;
    if (often) step.value = Math.min(0.97, since / often);
    else step.removeAttribute("value");
  }

  return {
    hear(now) {
      if (!now.ledger_head) {
        place.replaceChildren(h("section", { class: "card" }, h("h1", {}, "Nothing is on record yet"),
          startable(now) ? h("p", {}, h("button", { type: "button", class: "good", onclick: start }, "Start a run", h("kbd", {}, "g"))) : "",
          h("p", {}, "At a terminal: ", h("code", {}, `successor improve ${here.lab}`))), law);
        return;
      }
      if (!place.contains(top)) { location.reload(); return; }
      const charge = now.incumbent;
      top.show([
        ["Generation", now.generation, now.running ? "live" : now.state],
        ["In charge", charge ? version(charge.version).textContent : missing, charge ? measures(charge.measured) || charge.author : "no version yet"],
        ["Promotions", now.promotions, `of ${counted(now.versions, "version")}`],
        ["Worked", duration(now.seconds), now.stage ? `stage ${now.stage}: ${now.stage_told}` : ""],
        now.running && ["Ends within", duration(now.ends_within_s), "by budget, at the pace so far"],
      ].filter(Boolean));
      told.textContent = now.running && now.step ? `Generation ${now.generation}: ${STEPS[now.step.name]}${now.step.version ? ` ${now.step.version.slice(0, 8)}` : ""}` : now.told;
      usual.textContent = "";
      moment.show({ running: now.running && Boolean(now.step), startable: startable(now), ended: now.state === "ended" });
      flight.show(now.candidates);
      weak.show(now.weaknesses);
      budgets.show(now.budgets);
      signs.show(now.signatures);
      recent.show(now.recent);
      tick();
    },
    tick,
    press(event) {
      if (event.key !== "g" || !app.now || !startable(app.now)) return false;
      start();
      return true;
    },
  };
}
