// The frame: which view is shown, what is live, and the keys that work everywhere.
import { h } from "./dom.js";
import { enter, follow, here } from "./api.js";
import { resume, stop } from "./acts.js";

const VIEWS = { now: "Now", review: "Review", lineage: "Lineage", curves: "Curves", futures: "Futures", direction: "Direction", record: "Record" };
const byId = (id) => document.getElementById(id);
const app = { now: null, skew: 0, heard: 0 };
let shown = null; // { name, view }

export const say = (text) => { byId("said").textContent = text; };
export const passed = () => Date.now() / 1000 - app.skew; // the server's clock

async function show() {
  const [, name = "now", argument = ""] = (location.hash || "#/now").split("/");
  const known = name === "version" ? name : name in VIEWS ? name : "now";
  const main = byId("main");
  shown?.view.leave?.();
  shown = null;
  const tab = known === "version" ? "lineage" : known;
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.getAttribute("href") === `#/${tab}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (app.now?.state === "reading") {
    byId("main").replaceChildren(h("section", { class: "card" }, h("h1", {}, "Reading the record"), h("p", { role: "status" }, `${app.now.told}, each verified to follow from those before it.`)));
    return;
  }
  document.title = `${VIEWS[known] || "Version"} – ${here.lab} – Successor`;
  const { open } = await import(`./views/${known}.js`);
  const place = h("div", { id: "view", class: known });
  main.replaceChildren(place);
  try {
    const view = (await open(place, { argument, app, say })) || {};
    shown = { name: known, view };
    if (app.now) view.hear?.(app.now);
  } catch (error) {
    place.replaceChildren(h("section", { class: "card alarm" }, h("h2", {}, "This cannot be shown"), h("p", {}, error.message)));
  }
}

function hear(now) {
  const before = app.now;
  app.now = now;
  if ((before?.state === "reading") !== (now.state === "reading")) show();
  app.heard = Date.now();
  app.skew = Date.now() / 1000 - now.at;
  byId("goal").textContent = now.goal || "";
  byId("state").textContent = state(now);
  byId("dot").className = `dot ${now.problem ? "broken" : now.state}`;
  byId("waits").hidden = !now.waiting;
  notice(now);
  if (before && now.promotions > before.promotions) say(`A version was promoted: ${now.incumbent?.version.slice(0, 8)}.`);
  if (now.waiting && now.waiting !== before?.waiting) say("A candidate waits for you.");
  shown?.view.hear?.(now);
}

const state = (now) => (now.problem ? "the record does not verify"
  : { running: "running", waiting: "waits for you", paused: "paused", ended: "ended", interrupted: "interrupted", reading: "reading the record", idle: "nothing yet" }[now.state]);

function notice(now) {
  const place = byId("notice");
  const told = now.problem ? [now.problem]
    : now.paused ? [`The lab is ${now.paused.told}.`, lift(now, "Lift it")]
      : now.lowered ? [`Since a tripwire the stage is 3 at most: ${now.lowered}.`, lift(now, "Raise it again")]
        : now.trusted === false ? [`Sandbox ${now.sandbox} does not hold: what is judged in it is never promoted.`] : [];
  const text = told[0] || "";
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  place.hidden = !text;
  place.className = now.problem || now.paused ? "notice alarm" : "notice";
  place.replaceChildren(...told.filter(Boolean));
}

const lift = (now, text) => (here.read_only ? null
  : h("button", { type: "button", onclick: async () => { const made = await resume(app.now); if (made) say(made); } }, text));

async function stopping() {
  if (here.read_only || document.querySelector("dialog")) return;
  const made = await stop();
  if (made) say(made);
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog")) return;
  if (event.target.closest("input:not([type=range]), textarea, select")) return;
  const name = Object.keys(VIEWS)[Number(event.key) - 1];
  if (name) location.hash = `#/${name}`;
  else if (event.key === "s") stopping();
  else if (!shown?.view.press?.(event)) return;
  event.preventDefault();
}

function lost() {
  byId("dot").className = "dot";
  byId("state").textContent = "the seat does not answer";
}

try {
  await enter();
  byId("lab").textContent = here.lab;
  byId("stop").disabled = here.read_only;
  if (here.read_only) byId("stop").title = "This seat only shows: it was started with --read-only";
  byId("stop").addEventListener("click", stopping);
  addEventListener("hashchange", show);
  addEventListener("keydown", pressed);
  setInterval(() => shown?.view.tick?.(), 1000);
  await show();
  follow(hear, lost);
} catch (error) {
  byId("main").replaceChildren(h("section", { class: "card alarm" }, h("h2", {}, "The seat is not open"), h("p", {}, error.message)));
}
