// The record itself: every event in its order, the head that stands for all, and the audit.
import { counted, facts, h, listed, moment, table } from "../dom.js";
import { get } from "../api.js";

export async function open(place, { app }) {
  const asked = new AbortController();
  let data = await get("/api/events", asked.signal), audit = null, working = false;

  const row = (each) => [each.seq, moment(each.time), each.kind, h("span", { class: "mono" }, each.told)];

  async function verify() {
    working = true;
    draw();
    audit = await get("/api/audit", asked.signal).catch((error) => ({ verified: false, problem: error.message }));
    working = false;
    draw();
  }

  async function older() {
    const more = await get(`/api/events?before=${data.events.at(-1).seq}`, asked.signal);
    data = { ...data, events: [...data.events, ...more.events] };
    draw();
  }

  function verdict() {
    if (working) return h("p", { class: "soft", role: "status" }, "Reading every event and every object…");
    if (!audit) return h("p", { class: "soft" }, "Not verified in full since this page was opened; each event was as it was read.");
    if (!audit.verified) return h("p", { class: "wrong", role: "alert" }, `It does not verify: ${audit.problem}`);
    return h("p", { class: "c-green", role: "status" }, `${counted(audit.events, "event")} and ${counted(audit.objects, "object")} verify, and every promotion is by the rules.`,
      audit.charters ? ` ${counted(audit.charters, "charter")} and ${counted(audit.signed, "promotion")} are signed as they have to be.` : "",
      audit.pauses.length ? listed(audit.pauses) : "");
  }

  function draw() {
    if (!data.total) {
      place.replaceChildren(h("section", { class: "card" }, h("h1", {}, "Nothing is on record yet")));
      return;
    }
    place.replaceChildren(
      h("section", { class: "card" }, h("h1", {}, "Record"), verdict(),
        facts([["events", data.total.toLocaleString("en")], ["head", h("code", {}, data.head)], ["record", h("code", {}, data.record)]]),
        h("p", { class: "note" }, "The head stands for all events in their order. Give it to somebody else, and nobody can change the past unseen."),
        h("p", {}, h("button", { type: "button", onclick: verify, disabled: working }, "Verify everything", h("kbd", {}, "v")), " ",
          h("a", { class: "button", href: "/api/events.jsonl", download: "events.jsonl" }, "Export as JSON lines"))),
      h("section", { class: "card" }, h("h2", {}, "Events, the newest first"), table("", ["event", "time, UTC", "kind", "what it says"], data.events.map(row), [0]),
        data.events.at(-1).seq > 1 ? h("p", {}, h("button", { type: "button", onclick: older }, "Older ones")) : ""));
  }

  draw();
  let known = app.now?.events;
  return {
    async hear(now) {
      if (now.events === known) return;
      known = now.events;
      const newer = await get("/api/events", asked.signal).catch(() => null);
      if (!newer) return;
      const first = newer.events.at(-1)?.seq ?? 0;
      data = { ...newer, events: [...newer.events, ...data.events.filter((each) => each.seq < first)] };
      draw();
    },
    press(event) {
      if (event.key !== "v") return false;
      verify();
      return true;
    },
    leave: () => asked.abort(),
  };
}
