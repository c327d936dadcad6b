// The page where somebody answers: questions appear as they are asked, answers are kept while typed and sent again after a lost connection.
// Without this script the same form works page by page.
import { asked } from "./conditions.js";
import { $, $$, clock } from "./page.js";

const store = {
  get: (key) => { try { return JSON.parse(localStorage.getItem(key) ?? "null"); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode */ } },
  drop: (key) => { try { localStorage.removeItem(key); } catch { /* private mode */ } },
};
const place = () => `answers:${location.pathname}`;
const entries = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name.startsWith("q."));

let timer;
let waiting = false;

const form = () => $("form[data-answers]");
const say = (text, isLost = false) => { const note = $("[data-kept-note]"); if (note) { note.textContent = text; note.classList.toggle("lost", isLost); } };

/** What is answered on this page and on the others, in the shape that conditions are told by. */
function values() {
  const found = { ...JSON.parse(form().dataset.values) };
  for (const fieldset of $$("[data-question]", form())) {
    const { question: key, kind } = fieldset.dataset;
    const controls = $$("input, textarea", fieldset).filter((one) => one.name.startsWith("q."));
    const told = controls.filter((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.value !== ""));
    if (kind === "many") found[key] = told.map((one) => one.value);
    else if (kind === "matrix") found[key] = Object.fromEntries(told.map((one) => [one.name, Number(one.value)]));
    else if (kind === "number") found[key] = told.length ? told[0].value.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".") : null;
    else if (kind === "file") found[key] = told.length || $(".qfile", fieldset) ? "file" : null;
    else found[key] = told.length ? told[0].value : null;
  }
  return found;
}

function show() {
  const keys = asked(JSON.parse(form().dataset.questions), values());
  for (const fieldset of $$("[data-question]", form())) {
    const isShown = keys.includes(fieldset.dataset.question);
    fieldset.hidden = !isShown;
    fieldset.disabled = !isShown;
  }
}

async function keep() {
  const here = form();
  if (!here) return;
  const data = new FormData(here);
  const files = [...data].filter(([, value]) => typeof value !== "string");
  for (const [name] of files) data.delete(name);
  data.set("go", "keep");
  const sent = entries(here);
  store.set(place(), sent);
  try {
    const answer = await fetch(here.action || location.href, { method: "POST", body: data, credentials: "same-origin" });
    if (answer.ok) {
      // What was typed since stays kept here until it is sent too.
      if (JSON.stringify(store.get(place())) === JSON.stringify(sent)) store.drop(place());
      say(waiting ? here.dataset.backWords : `${here.dataset.keptWords} ${clock(new Date())}`);
      waiting = false;
    } else if (answer.status < 500) location.reload();
    else lost();
  } catch { lost(); }
}

function lost() {
  waiting = true;
  say(form().dataset.offlineWords, true);
  clearTimeout(timer);
  timer = setTimeout(keep, 10_000);
}

/** What was typed without a connection is put back, and sent. */
function restore() {
  const kept = store.get(place());
  if (!kept) return;
  const told = new Map();
  for (const [name, value] of kept) told.set(name, [...(told.get(name) ?? []), value]);
  for (const control of form().elements) {
    if (!control.name?.startsWith("q.") || control.type === "file") continue;
    if (control.type === "radio" || control.type === "checkbox") control.checked = (told.get(control.name) ?? []).includes(control.value);
    else if (told.has(control.name)) control.value = told.get(control.name)[0];
  }
  show();
  keep();
}

async function send(event) {
  const here = event.target;
  if (!here.matches?.("form[data-answers]")) return;
  event.preventDefault();
  if (here.dataset.sending) return;
  here.dataset.sending = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  clearTimeout(timer);
  store.set(place(), entries(here));
  try {
    const answer = await fetch(here.action || location.href, { method: "POST", body: new FormData(here, event.submitter), credentials: "same-origin" });
    if (answer.status >= 500) throw new Error("not now");
    store.drop(place());
    if (answer.redirected) {
      const [goal, old] = [new URL(answer.url), new URL(location.href)];
      if (goal.pathname === old.pathname && goal.search === old.search) { location.hash = goal.hash; location.reload(); } else location.assign(goal);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    $("#main").replaceWith(page.querySelector("#main"));
    begin();
    ($("[data-errors]") ?? $("#main")).focus();
    scrollTo(0, 0);
  } catch { lost(); }
  delete here.dataset.sending;
  event.submitter?.removeAttribute("aria-busy");
}

function begin() {
  if (!form()) return;
  show();
  for (const button of $$(".no-js", form())) button.hidden = true;
}

document.addEventListener("submit", send, true);
document.addEventListener("input", ({ target }) => {
  if (!target.closest?.("form[data-answers]") || target.type === "file") return;
  show();
  store.set(place(), entries(form()));
  clearTimeout(timer);
  timer = setTimeout(keep, 700);
});
document.addEventListener("change", ({ target }) => {
  const button = target.type === "file" && target.files.length && $(`button[value="file.${target.dataset.file}"]`);
  if (button) { button.hidden = false; form().requestSubmit(button); }
});
addEventListener("online", keep);
begin();
if (form()) restore();
