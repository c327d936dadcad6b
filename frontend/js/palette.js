// The palette: records first, acts second. Ctrl/Cmd K opens it; arrows move; Enter opens, with Ctrl in a new tab.
import { $, $$, icon, make, words } from "./page.js";

let chosen = 0;
let running;

function marked(text, asked) {
  const at = asked ? text.toLowerCase().indexOf(asked.toLowerCase()) : -1;
  if (at < 0) return [text];
  return [text.slice(0, at), make("mark", { textContent: text.slice(at, at + asked.length) }), text.slice(at + asked.length)];
}

function line(hit, asked, n) {
  const row = make("a", { className: "hit", href: hit.url, id: `hit-${n}`, tabIndex: -1 });
  row.setAttribute("role", "option");
  row.append(icon(hit.icon), make("span", { className: "trunc" }, ...marked(hit.text, asked)));
  if (hit.about) row.append(make("span", { className: "d trunc", textContent: hit.about }));
  if (hit.key) row.append(make("kbd", { textContent: hit.key }));
  return row;
}

function show(box, found, asked) {
  const list = $(".found", box);
  list.replaceChildren();
  let n = 0;
  for (const [part, hits] of [["records", found.records], ["acts", found.acts]]) {
    if (!hits.length) continue;
    const group = make("div", {}, make("div", { className: "ph", textContent: words(part) }), ...hits.map((hit) => line(hit, asked, n++)));
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words(part));
    list.append(group);
  }
  if (!n) list.append(make("p", { className: "none", textContent: words("none") }));
  choose(box, 0);
}

function choose(box, n) {
  const hits = $$(".hit", box);
  chosen = hits.length ? (n + hits.length) % hits.length : 0;
  hits.forEach((hit, i) => hit.setAttribute("aria-selected", String(i === chosen)));
  hits[chosen]?.scrollIntoView({ block: "nearest" });
  $("input", box).setAttribute("aria-activedescendant", hits[chosen]?.id ?? "");
}

async function ask(box) {
  const asked = $("input", box).value.trim();
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(`${box.dataset.palette}?q=${encodeURIComponent(asked)}`, { signal: running.signal, headers: { Accept: "application/json" } });
    if (answer.ok) show(box, await answer.json(), asked);
  } catch (error) {
    if (error.name !== "AbortError") $(".found", box).replaceChildren(make("p", { className: "none", textContent: words("offline") }));
  }
}

export function openPalette() {
  const box = $("#palette");
  if (!box || box.open) return;
  box.showModal();
  $("input", box).value = "";
  ask(box);
}

export function startPalette() {
  const box = $("#palette");
  document.addEventListener("click", ({ target }) => { if (target.closest("[data-palette-open]")) openPalette(); });
  if (!box) return;
  let timer;
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => ask(box), 120); });
  box.addEventListener("mousemove", ({ target }) => { const hit = target.closest(".hit"); if (hit) choose(box, $$(".hit", box).indexOf(hit)); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { choose(box, chosen + (event.key === "ArrowDown" ? 1 : -1)); event.preventDefault(); }
    if (event.key === "Enter") {
      const hit = $$(".hit", box)[chosen];
      event.preventDefault();
      if (!hit) return;
      if (event.ctrlKey || event.metaKey) open(hit.href, "_blank", "noopener");
      else { box.close(); location.assign(hit.href); }
    }
  });
}
