// Where the lab could go next: the machine proposes, the director picks, the record keeps both.
import { h, moment } from "../dom.js";
import { get, here, post } from "../api.js";
import { dialog, field } from "../acts.js";

const sentence = (told) => told.replace(/^mend /, "Mend "); // names of authors stay as they are
const points = (gain) => (gain === null ? "can't tell" : `+${(100 * gain).toFixed(2)} points`);

export async function open(place, { app, say }) {
  const asked = new AbortController();
  let found = null, known = "", busy = false, at = 0;

  async function load() {
    const now = await get("/api/direction", asked.signal).catch((error) => (asked.signal.aborted ? null : { error: error.message }));
    if (!now || JSON.stringify(now) === known) return;
    known = JSON.stringify(now);
    found = now;
    at = Math.min(at, Math.max(0, (found.steps || []).length - 1));
    draw();
  }

  const lines = (told, none) => (told.length ? h("ul", { class: "plain" }, told) : h("p", { class: "soft" }, none));
  const question = (each) => h("li", {}, each.view ? h("a", { href: `#/${each.view}` }, `${each.told}.`) : `${each.told}.`);

  function step(each, number) {
    const most = Math.max(...found.steps.map((other) => other.gain || 0));
    const mine = found.picked && found.picked.told === each.told;
    return h("li", { class: number === at ? "step at" : "step", "aria-current": number === at ? "true" : undefined },
      h("div", {}, h("strong", {}, sentence(each.told)), number === 0 && h("span", { class: "tag first" }, "the machine's pick"), mine && h("span", { class: "tag promoted" }, "your pick"),
        h("div", { class: "soft" }, each.because.join("; "))),
      h("div", { class: "gain" }, points(each.gain),
        most > 0 && each.gain !== null && h("progress", { class: "violet", value: each.gain / most, max: 1, "aria-label": `predicted gain of ${each.told}` })),
      !here.read_only && h("button", { type: "button", "aria-label": `Pick: ${each.told}`, onclick: () => { at = number; pick(); } }, "Pick"));
  }

  function picked() {
    const made = found.picked;
    if (!made) return h("p", { class: "soft" }, "Nothing is picked: the next generation turns to what its own author finds best.");
    return h("p", { role: "status" }, "Next: ", h("strong", {}, made.told), `, picked by ${made.by}, ${moment(made.at)} UTC: ${made.reason}. `,
      !here.read_only && h("button", { type: "button", onclick: back }, "Take it back", h("kbd", {}, "b")));
  }

  function draw() {
    if (found.error) {
      place.replaceChildren(h("p", { class: "wrong" }, found.error));
      return;
    }
    place.replaceChildren(
      h("div", { class: "grid" },
        h("section", { class: "card" }, h("h1", {}, found.goal || "No goal is on record"), lines(found.goals.map((each) => h("li", {}, `${each}.`)), ""),
          found.near.length ? [h("h3", {}, "Near"), lines(found.near.map((each) => h("li", {}, `${each}.`)), "")] : ""),
        h("section", { class: "card" }, h("h2", {}, "Open questions"), lines(found.questions.map(question), "None that the record shows."))),
      h("section", { class: "card" }, h("h2", {}, "Next steps"), picked(),
        found.steps.length ? h("ol", { class: "steps" }, found.steps.map(step)) : h("p", { class: "soft" }, "None: nothing is weak, and one author writes."),
        h("p", { class: "note" }, "Predicted of the mean score of the incumbent's exam, in points of 100, by what such steps gained before. ",
          "A pick has the next generation turn to it first. It promotes nothing and loosens nothing: the judge and the policy ask as before. ",
          here.read_only ? "" : [h("kbd", {}, "j"), " ", h("kbd", {}, "k"), " move, ", h("kbd", {}, "p"), " picks."])));
  }

  async function doing(what) {
    if (busy || here.read_only || !found?.steps?.length) return;
    busy = true;
    const made = await what();
    busy = false;
    if (made) { say(made); await load(); }
  }

  const sent = async (told, form) => {
    const made = await post("/api/direct", { told, reason: form.get("reason") });
    return made.recorded ? "It is on record." : "The run finds it when its next generation begins.";
  };

  const pick = () => doing(() => {
    const chosen = found.steps[at];
    draw();
    return dialog(`Next: ${chosen.told}`, [
      at > 0 && h("p", {}, `The machine's own pick is another: ${found.steps[0].told}. Both go on record.`),
      field("reason", "Why, for the record", { required: true, "data-first": true }),
    ], "Pick it", (form) => sent(chosen.told, form), "good");
  });

  const back = () => doing(() => dialog("Take the pick back", field("reason", "Why, for the record", { required: true, "data-first": true }),
    "Take it back", (form) => sent("", form)));

  const move = (by) => {
    at = Math.max(0, Math.min((found?.steps || []).length - 1, at + by));
    draw();
    place.querySelector(".step.at")?.scrollIntoView({ block: "nearest" });
  };

  await load();
  let events = app.now?.events;
  return {
    hear(now) {
      if (now.events !== events && !busy) { events = now.events; load(); }
    },
    press(event) {
      const keys = { j: () => move(1), k: () => move(-1), p: pick, b: () => found?.picked && back() };
      if (!keys[event.key]) return false;
      keys[event.key]();
      return true;
    },
    leave: () => asked.abort(),
  };
}
