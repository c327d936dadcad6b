// A toast says what was done and holds its undo for 8 seconds; hovering or focusing it stops the clock.
import { $, $$, icon, make, post, words } from "./page.js";

const SECONDS = 8;

function leave(element) {
  let timer;
  const start = () => { timer = setTimeout(() => element.remove(), SECONDS * 1000); };
  const stop = () => clearTimeout(timer);
  for (const event of ["mouseenter", "focusin"]) element.addEventListener(event, stop);
  for (const event of ["mouseleave", "focusout"]) element.addEventListener(event, start);
  start();
}

/** `undo` is an address that undoes it, or what to do; `label` is what its button says. */
export function toast(text, undo = "", label = words("undo")) {
  if (!text) return;
  // The same words once: the newest stands for those before it.
  for (const older of $$("#toasts > .toast-b")) if (older.firstChild.textContent === text) older.remove();
  const element = make("div", { className: "toast-b" }, text);
  if (undo) {
    element.append(make("button", { type: "button", className: "undo", textContent: label, onclick: async () => {
      element.remove();
      if (typeof undo === "function") { undo(); return; }
      const answer = await post(undo, {});
      if (answer.redirected) location.assign(answer.url);
      else if (answer.ok) location.reload();
      else toast(words("failed"));
    } }));
  }
  const close = make("button", { type: "button", ariaLabel: words("close"), onclick: () => element.remove() });
  close.append(icon("x"));
  element.append(close);
  $("#toasts").append(element);
  leave(element);
}

export function startToasts() {
  $$("[data-toast]").forEach(leave);
  document.addEventListener("click", ({ target }) => target.closest("[data-dismiss]")?.closest(".toast-b").remove());
  document.addEventListener("prm:toast", ({ detail }) => toast(detail.text, detail.undo));
}
