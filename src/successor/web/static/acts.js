// What a person does, each in a dialog: stop, resume, sign, roll back. Enter does it, Escape leaves.
import { h } from "./dom.js";
import { here, lock, post, unlock } from "./api.js";

export function dialog(title, fields, button, act, kind = "") {
  return new Promise((done) => {
    const wrong = h("p", { class: "wrong", role: "alert" });
    const go = h("button", { type: "submit", class: kind }, button);
    const form = h("form", { method: "dialog" }, h("h2", { id: "asked" }, title), fields, wrong,
      h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => box.close() }, "Leave it"), go));
    const box = h("dialog", { "aria-labelledby": "asked" }, form);
    let made = null;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      go.disabled = true;
      wrong.textContent = "";
      try {
        made = (await act(new FormData(form))) ?? true;
        box.close();
      } catch (error) {
        wrong.textContent = error.message;
        go.disabled = false;
      }
    });
    box.addEventListener("close", () => { box.remove(); done(made); });
    document.body.append(box);
    box.showModal();
    (box.querySelector("[data-first]") || go).focus();
  });
}

export const field = (name, label, props = {}) =>
  h("label", {}, h("span", {}, label), h("input", { type: "text", name, maxlength: "2000", autocomplete: "off", ...props }));

export async function stop() {
  return dialog("Stop the lab", [
    h("p", {}, "Within a second nothing of a run is alive. It holds until a person lifts it."),
    field("reason", "Why, for the record", { "data-first": true }),
    field("until", "What has to be so before it is lifted"),
  ], "Stop now", async (told) => {
    const found = await post("/api/stop", { reason: told.get("reason"), until: told.get("until") });
    return `Stopped in ${found.seconds} seconds${found.killed ? "; what did not heed it was killed" : ""}.`;
  }, "danger");
}

export async function resume(now) {
  const people = now.signatures.some((each) => each.act === "lift" || each.act === "raise");
  const key = await chosen(people || here.unlocked.length > 0, []);
  return dialog(now.paused ? "Lift the pause" : "Raise the stage again", [
    now.paused && h("p", {}, now.paused.told), signsAs(key),
    field("reason", "Why, for the record", { required: true, "data-first": true }),
  ], "Go on", async (told) => {
    const found = await post("/api/resume", { reason: told.get("reason"), key: key || undefined });
    return `Lifted by ${found.lifted_by}.`;
  }, "good");
}

export const signsAs = (key) => key && h("p", {}, "Signed as ", h("strong", {}, key), ".");

// The key to sign with: one that is unlocked, else one whose passphrase is asked for; "" for none.
export async function chosen(needed, people) {
  if (!needed) return "";
  const mine = (name) => !people.length || people.includes(name);
  const ready = here.unlocked.filter(mine);
  if (ready.length) return ready[0];
  await unlocking(people);
  return here.unlocked.filter(mine)[0] || "";
}

export async function unlocking(people = []) {
  const known = here.keys.filter((each) => !people.length || people.includes(each.name));
  const offered = known.length ? known : here.keys;
  if (!offered.length) {
    return dialog("No key is kept here", h("p", {}, "Make one: ", h("code", {}, "successor keys new NAME")), "Good", () => true);
  }
  return dialog("Unlock a key", [
    h("p", { class: "note" }, "It stays in the seat's own process until that ends or you lock it. Nothing but signatures leaves it."),
    h("label", {}, h("span", {}, "Key"), h("select", { name: "key" }, offered.map((each) => h("option", {}, each.name)))),
    field("passphrase", "Passphrase; empty where it has none", { type: "password", "data-first": true }),
  ], "Unlock", (told) => unlock(told.get("key"), told.get("passphrase")).then(() => true), "good");
}

export const relock = () => lock();

export async function rollBack(version, people) {
  const key = await chosen(people.length > 0, people);
  return dialog(`Put ${version.slice(0, 8)} in charge again`, [
    h("p", {}, "What gives way, and all that descends from it, is revoked: nobody builds on it. It stays on record."),
    signsAs(key), field("reason", "Why, for the record", { required: true, "data-first": true }),
  ], "Roll back", async (told) => {
    const found = await post("/api/rollback", { to: version, reason: told.get("reason"), key: key || undefined });
    return found.lacks || `${version.slice(0, 8)} is in charge.`;
  }, "danger");
}

export async function run() {
  return dialog("Start a run", h("p", {}, "As the lab's files say, within its budgets, and it goes on when this page or the seat ends. Stop it at any time."),
    "Start it", async () => ({ "at work": "A run is at work.", over: "The run is over already: see why it ended." }[(await post("/api/run", {})).run] || "The run is starting."), "good");
}

export async function signCharter(charter) {
  const key = await chosen(true, charter.people);
  if (!key) return null;
  return dialog("Sign the charter", [
    h("p", {}, charter.changes ? `It changes: ${charter.changes}.` : "Nothing in it is looser than what is in force."),
    h("pre", { class: "signed", tabindex: "0" }, charter.lines.join("\n")), signsAs(key),
  ], `Sign as ${key}`, async () => {
    const made = await post("/api/charter", { digest: charter.digest, key });
    return made.missing ? `Signed. ${made.missing} more must.` : "Signed, and in force.";
  }, "good");
}
