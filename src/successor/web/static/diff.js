// A difference of any length: only the lines in sight are elements, the rest is asked for in parts.
import { h } from "./dom.js";

const HEIGHT = 20;
const BEYOND = 30; // lines kept above and below what is seen
const PART = 2000;

export function kindOf(line) {
  if (line.startsWith("+++") || line.startsWith("---")) return "file";
  return { "+": "added", "-": "removed", "@": "where" }[line[0]] || "";
}

export function plain(lines) {
  return h("div", { class: "diff", tabindex: "0", role: "region", "aria-label": "Difference" },
    h("div", { class: "all" }, lines.map((line) => h("div", { class: `line ${kindOf(line)}` }, line || " "))));
}

// fetchLines(from) resolves to { lines, total }, PART lines from there on at most.
export function whole(first, total, fetchLines) {
  const parts = new Map();
  const all = h("div", { class: "all" });
  const box = h("div", { class: "diff", tabindex: "0", role: "region", "aria-label": `Difference, ${total} lines` }, all);
  all.style.height = `${total * HEIGHT}px`;

  async function load(number) {
    if (parts.has(number)) return;
    parts.set(number, null);
    try {
      parts.set(number, (await fetchLines(number * PART)).lines);
    } catch {
      parts.delete(number);
    }
    draw();
  }

  function draw() {
    const from = Math.max(0, Math.floor(box.scrollTop / HEIGHT) - BEYOND);
    const to = Math.min(total, Math.ceil((box.scrollTop + box.clientHeight) / HEIGHT) + BEYOND);
    const made = [];
    for (let at = from; at < to; at += 1) {
      const number = Math.floor(at / PART), known = parts.get(number);
      const line = at < first.length ? first[at] : known ? known[at % PART] : "…";
      if (at >= first.length && known === undefined) load(number);
      const row = h("div", { class: `line at ${kindOf(line || "")}` }, line || " ");
      row.style.top = `${at * HEIGHT}px`;
      made.push(row);
    }
    all.replaceChildren(...made);
  }

  let due = false;
  box.addEventListener("scroll", () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; draw(); });
  });
  requestAnimationFrame(draw);
  return box;
}
