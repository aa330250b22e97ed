// What goes to the server and comes from it.

export const here = { secret: "", read_only: true, keys: [], unlocked: [], lab: "" };

async function told(answer) {
  const found = await answer.json().catch(() => ({ error: `the seat said ${answer.status}` }));
  if (!answer.ok) throw new Error(found.error || `the seat said ${answer.status}`);
  return found;
}

const reached = (asked) => asked.catch(() => { throw new Error("the seat does not answer: was it ended?"); });

export const get = async (path, signal) => told(await reached(fetch(path, { signal })));

export const post = async (path, body) => told(await reached(fetch(path, {
  method: "POST",
  headers: { "content-type": "application/json", "x-successor-secret": here.secret },
  body: JSON.stringify(body),
})));

// The secret came behind the # of the address, once; storage tells ports apart, cookies do not.
export async function enter() {
  const told = location.hash.match(/^#\/enter\/([\w-]+)$/);
  if (told) {
    localStorage.setItem("secret", told[1]);
    history.replaceState(null, "", "/#/now");
  }
  here.secret = localStorage.getItem("secret") || "";
  Object.assign(here, await get("/api/here"));
}

export async function unlock(key, passphrase) {
  here.unlocked = (await post("/api/unlock", { key, passphrase })).unlocked;
}

export async function lock() {
  here.unlocked = (await post("/api/lock", {})).unlocked;
}

export function follow(hear, lost) {
  const live = new EventSource("/api/live");
  live.addEventListener("now", (event) => hear(JSON.parse(event.data)));
  live.addEventListener("error", () => lost());
  return live;
}

let drawing;
export function charts() { // Plot and d3, when the first chart is drawn
  drawing ??= ["d3.min.js", "plot.umd.min.js"].reduce((before, name) => before.then(() => new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: `/charts/${name}`, onload: done, onerror: failed });
    document.head.append(script);
  })), Promise.resolve()).then(() => window.Plot);
  return drawing;
}
