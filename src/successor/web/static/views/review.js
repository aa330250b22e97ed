// The candidate that waits: read it, then a and Enter, or r and why. Keys do all of it.
import { counted, duration, facts, h, listed, number, share, table, version } from "../dom.js";
import { get, here, post } from "../api.js";
import { chosen, dialog, field, relock, signsAs, unlocking } from "../acts.js";
import { plain, whole } from "../diff.js";
import { evidence } from "./now.js";

export async function open(place, { app, say }) {
  const asked = new AbortController();
  let found = null, busy = false;

  async function load() {
    const reading = setTimeout(() => place.replaceChildren(h("p", { class: "soft" }, "Reading the change…")), 300);
    try {
      found = await get("/api/review", asked.signal);
      clearTimeout(reading);
      draw();
    } catch (error) {
      clearTimeout(reading);
      if (!asked.signal.aborted) place.replaceChildren(h("p", { class: "wrong" }, error.message));
    }
  }

  function draw() {
    if (!found.candidate) {
      const others = app.now?.signatures || [];
      place.replaceChildren(h("section", { class: "card" }, h("h1", {}, "Nothing waits for you"),
        h("p", { class: "soft" }, "Below stage 4 a candidate that is better waits here until somebody decides."),
        others.map((each) => h("p", {}, `To sign: ${each.told}`))), keysCard());
      return;
    }
    const verdict = found.verdict;
    const difference = found.explained ? whole(found.lines, found.total, lines) : plain(found.lines);
    place.replaceChildren(
      h("h1", {}, "Candidate ", version(found.candidate), ` by ${found.author}`),
      h("p", { class: "soft" }, `Generation ${found.generation}, in place of `, version(found.incumbent), "."),
      found.lowered ? h("p", { class: "wrong" }, `Since a tripwire the stage is lowered: ${found.lowered}`) : "",
      h("section", { class: "card" }, h("h2", {}, "What it changes"),
        h("p", { class: "soft" }, found.files.map((each) => `${each.name} +${each.added} −${each.removed}`).join("; "),
          found.files_left_out ? `; and ${found.files_left_out} files more` : ""),
        difference,
        found.left_out && !found.explained ? h("p", {}, `${counted(found.left_out, "line")} more: `,
          h("button", { type: "button", onclick: explain }, "Show all of it", h("kbd", {}, "x"))) : ""),
      h("div", { class: "grid" },
        h("section", { class: "card" }, h("h2", {}, "Why it should"), evidence(verdict),
          h("p", {}, found.uncertainty), facts([
            ["verdict", `${verdict.outcome}: ${verdict.reason}`],
            ["asked", `${counted(verdict.items, "fresh item")}, the same of both`],
            ["cost", `${duration(found.seconds)} of work on record${found.evaluations ? `, ${number(found.evaluations)} evaluations by its author` : ""}`],
            found.people.length && ["signs", found.people.join(", ")],
            found.signatures.length && ["signatures", listed(found.signatures)],
          ])),
        h("section", { class: "card" }, h("h2", {}, "Look twice"), facts([
          ["tripwires", listed(found.tripwires)], ["near misses", listed(found.near_misses)],
          ["hidden signs", listed(found.hidden)], ["new since", listed(found.author_changes)],
          ["summary", listed(found.summary)],
        ]), h("p", { class: "note" }, "Written by a machine, of the figures on record; no word is the candidate's."))),
      more(), keysCard(), actions());
  }

  const lines = (from) => get(`/api/review/lines?from=${from}`, asked.signal);

  function more() {
    return h("details", { class: "card", id: "more" }, h("summary", {}, "More: exams, evidence as it grew, what was tried"),
      table("Own exams, share right", ["slice", "candidate", "incumbent"], found.slices.map((each) => [each.slice, share(each.candidate), share(each.incumbent)]), [1, 2]),
      table("Evidence as it grew, on items that no author saw", ["question", "items", ""], found.course.map((each) => [each.question, each.items, each.told]), [1]),
      h("h3", {}, "Tried before"), listed(found.tried, "nothing"),
      Object.entries(found.contract).map(([name, told]) => [h("h3", {}, name), listed(told, "nothing")]));
  }

  function keysCard() {
    if (here.read_only || !here.keys.length) return "";
    const ready = here.unlocked;
    return h("p", { class: "note" }, ready.length ? `Unlocked: ${ready.join(", ")}. ` : "No key is unlocked. ",
      h("button", { type: "button", onclick: async () => { await (ready.length ? relock() : unlocking(found?.people || [])); draw(); } }, ready.length ? "Lock" : "Unlock", h("kbd", {}, "u")));
  }

  function actions() {
    if (here.read_only) return h("p", { class: "note" }, "This seat only shows; decide from another.");
    return h("div", { class: "actions" },
      h("button", { class: "good", type: "button", onclick: accept }, found.people.length ? "Sign and accept" : "Accept", h("kbd", {}, "a")),
      h("button", { type: "button", onclick: reject }, "Reject", h("kbd", {}, "r")),
      h("button", { type: "button", onclick: edit }, "Edit", h("kbd", {}, "e")),
      h("button", { type: "button", onclick: explain }, "Explain", h("kbd", {}, "x")),
      h("span", { class: "note keys" }, h("kbd", {}, "j"), " ", h("kbd", {}, "k"), " scroll"));
  }

  function explain() {
    if (!found?.candidate) return;
    if (!found.explained) {
      found.explained = true;
      lines(found.lines.length).catch(() => {});
      draw();
    }
    document.getElementById("more").open = true;
  }

  async function decided(choice, told, key, more = {}) {
    const made = await post("/api/review", { choice, candidate: found.candidate, reason: told.get("reason"), key: key || undefined, ...more });
    if (choice === "edit") return "Your edit is the next candidate: the next run examines and judges it.";
    return { promoted: `${found.candidate.slice(0, 8)} is in charge.`, waiting: `Signed. It goes on waiting: ${made.reason}` }[made.decision]
      || `${found.candidate.slice(0, 8)} was ${made.decision}.`;
  }

  async function doing(what) {
    if (busy || here.read_only || !found?.candidate) return;
    busy = true;
    const made = await what();
    busy = false;
    if (made) { say(made); await load(); place.prepend(h("p", { class: "card", role: "status" }, made)); }
  }

  const accept = () => doing(async () => {
    const key = await chosen(found.people.length > 0, found.people);
    if (found.people.length && !key) return null;
    return dialog(`Put ${found.candidate.slice(0, 8)} in charge?`, [
      h("p", {}, found.uncertainty), signsAs(key), field("reason", "Why, for the record"),
    ], found.people.length ? `Sign as ${key}` : "Accept", (told) => decided("accept", told, key), "good");
  });

  const reject = () => doing(() => dialog(`Reject ${found.candidate.slice(0, 8)}`, [
    field("reason", "Why? It is kept on record, and holds for good", { required: true, "data-first": true }),
  ], "Reject", (told) => decided("reject", told), "danger"));

  const edit = () => doing(async () => {
    const told = await get("/api/review/texts", asked.signal);
    const left = told.left_out ? `${counted(told.left_out, "file")} too long for here, or with signs that hide: the command line edits them.` : "";
    if (!told.files.length) return dialog("Nothing can be edited here", h("p", {}, left || "No file that it changes is text."), "Good", () => null);
    const [first] = told.files, text = h("textarea", { name: "text", rows: "18", spellcheck: "false", class: "mono", "aria-label": "The file", "data-first": true });
    const file = h("select", { name: "place", onchange: () => { text.value = told.files[file.selectedIndex].text; } }, told.files.map((each) => h("option", { value: String(each.place) }, each.name)));
    text.value = first.text;
    text.addEventListener("keydown", (event) => { if (event.key === "Enter") event.stopPropagation(); });
    return dialog(`Edit ${found.candidate.slice(0, 8)}`, [
      h("p", { class: "note" }, "What you make of it takes its place as a candidate like any other: nothing is in charge before it was judged. ", left),
      h("label", {}, h("span", {}, "File"), file), text, field("reason", "Why, for the record", { required: true }),
    ], "Hand it in", (form) => decided("edit", form, "", { place: Number(form.get("place")), text: text.value }), "good");
  });

  await load();
  return {
    hear(now) {
      if (found && !busy && (now.waiting || null) !== (found.candidate || null)) load();
    },
    press(event) {
      const keys = { a: accept, r: reject, e: edit, x: explain, j: () => scrollBy(0, 120), k: () => scrollBy(0, -120),
        u: () => unlocking(found?.people || []).then(draw) };
      if (!keys[event.key]) return false;
      keys[event.key]();
      return true;
    },
    leave: () => asked.abort(),
  };
}
