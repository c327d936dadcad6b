// Errors take focus, a second submit is harmless, what was typed is kept on this device until the server has it.
import { $, $$, clock, words } from "./page.js";
import { toast } from "./toasts.js";

// Of one person at one place: whoever comes in after them at the same address finds nothing of theirs.
const key = (form) => `draft:${document.documentElement.dataset.who}:${location.pathname}:${form.dataset.keep || form.id}`;
const store = { get: (k) => { try { return sessionStorage.getItem(k); } catch { return null; } }, set: (k, v) => { try { sessionStorage.setItem(k, v); } catch { /* private mode */ } }, drop: (k) => { try { sessionStorage.removeItem(k); } catch { /* private mode */ } } };
const kept = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/password|csrf/i.test(name));

/** What was sent is forgotten once an answer shows that it arrived: not where the line was down, nor on the way back to the form. */
function settleSent() {
  const isLost = $("[data-line-down]") || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  for (const name of Object.keys(sessionStorage)) {
    if (!name.startsWith("sent:")) continue;
    if (isLost) store.set(name.slice(5), store.get(name));
    store.drop(name);
  }
}

export function restoreDrafts(root = document) {
  for (const form of $$("form[data-keep]", root instanceof Element ? root : document)) {
    const draft = store.get(key(form));
    if (!draft || $(".errors", form.parentElement)) continue;
    const values = new Map();
    for (const [name, value] of JSON.parse(draft)) values.set(name, [...(values.get(name) ?? []), value]);
    for (const field of form.elements) {
      if (!values.has(field.name)) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.get(field.name).includes(field.value);
      else if ((field.type !== "hidden" || field.name.startsWith("initial-")) && field.type !== "file") field.value = values.get(field.name).shift() ?? field.value;
    }
    const note = $("[data-kept]", form);
    if (note) note.textContent = words("restored");
    toast(words("restored"), () => { store.drop(key(form)); location.reload(); }, words("afresh"));
    const tell = () => form.dispatchEvent(new Event("prm:restored", { bubbles: true }));
    if (document.readyState === "complete") tell(); else addEventListener("load", tell, { once: true }); // once htmx listens
  }
}

/** Where the server tells everything that is wrong at once, in the reader's language, the browser does not stop at the first in its own. */
const leaveTelling = (root) => $$("[data-tells]", root).forEach((mark) => { const form = mark.closest("form"); if (form) form.noValidate = true; });

export function startForms() {
  leaveTelling(document);
  $("[data-errors]")?.focus();
  settleSent();
  restoreDrafts();
  document.addEventListener("htmx:afterSwap", ({ target }) => { leaveTelling(document); $("[data-errors]", target)?.focus(); });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (!navigator.onLine && form.dataset.keep !== undefined) { event.preventDefault(); toast(words("offline")); return; }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => { delete form.dataset.sent; event.submitter?.removeAttribute("aria-busy"); }, 8000);
    if (form.dataset.keep !== undefined) {
      store.set(`sent:${key(form)}`, JSON.stringify(kept(form)));
      store.drop(key(form));
    }
    if (form.dataset.clearDrafts !== undefined) for (const name of Object.keys(sessionStorage)) if (/^(sent:)?draft:/.test(name)) store.drop(name);
  });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) $$("form[data-sent]").forEach((form) => { delete form.dataset.sent; }); });

  let timer;
  for (const kind of ["input", "change", "prm:set"]) document.addEventListener(kind, ({ target }) => {
    const form = target.closest?.("form[data-keep]");
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (form.dataset.sent) return;
      store.set(key(form), JSON.stringify(kept(form)));
      const note = $("[data-kept]", form);
      if (note) note.textContent = words("unsaved", { time: clock(new Date()) });
    }, 400);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".errors a[href^='#']");
    if (!link) return;
    event.preventDefault();
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    (field?.matches("input, select, textarea, button") ? field : $("input, select, textarea", field ?? document))?.focus();
  });

  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".dropzone");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    const input = $("input[type=file]", zone);
    if (kind === "drop" && event.dataTransfer.files.length) { input.files = event.dataTransfer.files; input.dispatchEvent(new Event("change", { bubbles: true })); }
  });
  document.addEventListener("change", ({ target }) => {
    const name = target.matches?.(".dropzone input[type=file]") && $("[data-file-name]", target.closest(".dropzone"));
    if (name && target.files.length) name.textContent = [...target.files].map((file) => file.name).join(", ");
  });
}
