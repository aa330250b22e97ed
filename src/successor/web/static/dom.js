// Elements and figures. Text of a record goes in as text nodes only; nothing here reads markup.

export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(4).filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}

export const missing = "–";

export function number(value) {
  if (value === null || value === undefined) return missing;
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return value.toExponential(1).replace("e+", "e");
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return missing;
  const whole = Math.max(0, Math.round(seconds));
  const two = (part) => String(part).padStart(2, "0");
  if (seconds > 0 && seconds < 10) return `${seconds.toFixed(1)}s`;
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
}

export function amount(value, unit) {
  if (unit === "s") return duration(value);
  if (unit === "$") return `$${value.toFixed(value < 1 ? 4 : 2)}`;
  if (unit === "B") return value >= 1e9 ? `${(value / 1e9).toFixed(1)} GB` : `${(value / 1e6).toFixed(1)} MB`;
  return number(value);
}

export const moment = (time) => new Date(time * 1000).toISOString().replace("T", " ").slice(0, 19);
export const short = (id) => (id || "").slice(0, 8);
export const words = (name) => name.replaceAll("_", " ");
export const share = (value) => (value === null || value === undefined ? missing : `${(100 * value).toFixed(1)}%`);
export const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

const TAGS = { promoted: "promoted", first: "first", quarantined: "quarantined", waiting: "waiting", "rolled back": "back" };
export const tag = (outcome) => h("span", { class: `tag ${TAGS[outcome] || ""}` }, outcome);
export const version = (id) => h("a", { href: `#/version/${id}`, class: "mono" }, short(id));

export function measures(found) {
  return Object.entries(found || {}).map(([name, value]) => `${words(name)} ${number(value)}`).join(", ");
}

export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter((pair) => pair).map(([name, ...told]) => [
    h("dt", {}, name), h("dd", {}, ...told)]));
}

export function listed(lines, none = "none") {
  if (!lines.length) return none;
  return lines.length === 1 ? lines[0] : h("ul", {}, lines.map((line) => h("li", {}, line)));
}

export function table(caption, head, rows, numeric = []) {
  const side = (at) => (numeric.includes(at) ? "right" : undefined);
  return h("div", { class: "scroll" }, h("table", {},
    caption && h("caption", {}, caption),
    h("thead", {}, h("tr", {}, head.map((name, at) => h("th", { scope: "col", class: side(at) }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, at) => h("td", { class: side(at) }, cell)))))));
}

export const tiles = (shown) => h("dl", { class: "tiles" }, shown.map(([name, value, note]) =>
  h("div", {}, h("dt", {}, name), h("dd", {}, value, note && h("small", {}, note)))));

// A part of a page that is drawn anew only when what it shows is other: focus and selection stay.
export function part(build, props = { class: "card" }) {
  const place = h("section", props);
  let known;
  place.show = (data) => {
    const now = JSON.stringify(data);
    if (now === known) return;
    known = now;
    const made = build(data);
    place.hidden = made === null;
    place.replaceChildren(...(made === null ? [] : [made].flat()));
  };
  return place;
}
