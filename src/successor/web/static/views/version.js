// One version: what it changed, why it was believed, who wrote it, and the way back to it.
import { facts, h, listed, measures, moment, number, share, table, tag, version } from "../dom.js";
import { get, here } from "../api.js";
import { rollBack } from "../acts.js";
import { plain, whole } from "../diff.js";
import { evidence } from "./now.js";

export async function open(place, { argument, say }) {
  const asked = new AbortController();
  let found, all = false, beside = "parent";

  async function load() {
    found = await get(`/api/version?id=${encodeURIComponent(argument)}&beside=${beside}`, asked.signal);
    all = false;
    draw();
  }

  const lines = (from) => get(`/api/version/lines?id=${found.version}&from=${from}&beside=${beside}`, asked.signal);

  async function other() {
    beside = beside === "parent" ? "first" : "parent";
    await load();
  }

  function draw() {
    const left = found.total - found.lines.length, verdict = found.verdict;
    place.replaceChildren(
      h("h1", {}, "Version ", h("span", { class: "mono" }, found.version.slice(0, 12)), " ", tag(found.in_charge ? "in charge" : found.outcome)),
      h("p", { class: "soft" }, `By ${found.author}, generation ${found.generation}`, found.parent && [", from ", version(found.parent)], `, ${moment(found.time)} UTC. ${measures(found.measured)}`),
      h("section", { class: "card" }, h("h2", {}, !found.parent ? "What it is" : beside === "first" ? "What changed since the first version" : "What it changes in its parent"),
        found.parent ? h("p", {}, h("button", { type: "button", onclick: other }, beside === "first" ? "Beside its parent" : "Beside the first version", h("kbd", {}, "f"))) : "",
        h("p", { class: "soft" }, found.files.map((each) => `${each.name} +${each.added} −${each.removed}`).join("; ") || "nothing",
          found.files_left_out ? `; and ${found.files_left_out} files more` : ""),
        all ? whole(found.lines, found.total, lines) : plain(found.lines),
        left > 0 && !all ? h("p", {}, h("button", { type: "button", onclick: showAll }, `Show ${left.toLocaleString("en")} lines more`, h("kbd", {}, "x"))) : ""),
      h("div", { class: "grid" },
        h("section", { class: "card" }, h("h2", {}, "Evidence"),
          verdict ? [evidence(verdict), facts([
            ["effect", `${number(verdict.effect)}, 95% interval ${number(verdict.interval[0])} to ${number(verdict.interval[1])}`],
            ["verdict", `${verdict.outcome}: ${verdict.reason}`],
            ["asked", `${number(verdict.items)} fresh items of both versions`],
            ["not held", listed(verdict.regressions)],
            ["tripwires", listed(verdict.tripwires)],
            found.decision && ["decided", `${found.outcome} by ${found.decision.by}: ${found.decision.reason}`],
          ])] : h("p", { class: "soft" }, found.parent ? "It was not judged yet." : "The first version is beside nothing else."),
          found.reviews.length ? facts(found.reviews.map((each) => [each.choice, `${each.by}, ${moment(each.time)} UTC: ${each.reason}`])) : ""),
        h("section", { class: "card" }, h("h2", {}, "Where it comes from"), facts([
          ["id", h("code", {}, found.version)],
          found.parent && ["parent", version(found.parent)],
          ["events", found.events.map((each) => `${each.seq} ${each.kind}`).join(", ")],
          found.kernel && ["judged by", h("code", {}, found.kernel.slice(0, 16)), " (digest of the files that judge)"],
          found.settings && ["author's settings", h("code", {}, found.settings)],
          Object.keys(found.figures).length && ["its figures", Object.entries(found.figures).map(([name, value]) => `${name} ${typeof value === "number" ? number(value) : value}`).join(", ")],
          Object.keys(found.host).length && ["machine", Object.entries(found.host).map(([name, value]) => `${name} ${value}`).join(", ")],
          found.replay && ["judge it again", h("code", {}, found.replay)],
        ]), found.can_roll_back && !here.read_only && h("p", {}, h("button", { type: "button", onclick: back }, "Put it in charge again", h("kbd", {}, "b"))))),
      h("details", { class: "card" }, h("summary", {}, "Exams, and the evidence as it grew"),
        table("Own exams, share right", ["slice", "this version", "its parent"], found.slices.map((each) => [each.slice, share(each.score), share(each.parent)]), [1, 2]),
        table("On items that no author saw", ["question", "items", ""], found.course.map((each) => [each.question, each.items, each.told]), [1])));
  }

  function showAll() {
    all = true;
    draw();
  }

  async function back() {
    const made = await rollBack(found.version, found.people);
    if (!made) return;
    say(made);
    await load();
    place.prepend(h("p", { class: "card", role: "status" }, made));
  }

  await load();
  return {
    press(event) {
      if (event.key === "x") showAll();
      else if (event.key === "f" && found.parent) other();
      else if (event.key === "b" && found.can_roll_back && !here.read_only) back();
      else return false;
      return true;
    },
    leave: () => asked.abort(),
  };
}
