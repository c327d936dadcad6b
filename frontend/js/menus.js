// Menus are <details>: this closes them from outside and by Escape, keeps them in the window, and moves by arrows. Also the drawer and dialogs.
import { $, $$ } from "./page.js";

const open = () => $$("details[data-menu][open]");

export function startMenus() {
  document.addEventListener("click", ({ target }) => {
    for (const menu of open()) if (!menu.contains(target)) menu.open = false;
    const opener = target.closest("[data-opens]");
    if (opener) $(`#${opener.dataset.opens}`)?.showModal();
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    if (target.matches("dialog:not([data-stay])")) target.close(); // a click on the scrim lands on the dialog itself
    if (target.closest("[data-nav-toggle]")) nav();
  });
  document.addEventListener("toggle", ({ target }) => { if (target.open && target.matches?.("details[data-menu]")) place(target); }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = open().pop();
      if (menu) { menu.open = false; $("summary", menu).focus(); event.stopPropagation(); }
      else if (document.documentElement.hasAttribute("data-nav-open")) nav();
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest?.("details[data-menu]") && !event.target.closest("form[data-columns]") && !event.target.matches("input")) {
      const stops = $$("summary, .pop :is(a, button, input)", event.target.closest("details[data-menu]")).filter((stop) => stop.offsetParent);
      const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { next.focus(); event.preventDefault(); }
    }
  });
}

/** Opens or closes the sidebar's drawer under 960 px; focus follows. */
function nav() {
  const root = document.documentElement;
  const isOpen = root.toggleAttribute("data-nav-open");
  const button = $("button[data-nav-toggle]");
  button?.setAttribute("aria-expanded", String(isOpen));
  (isOpen ? $("#side a") : button)?.focus();
}

function place(menu) {
  for (const other of open()) if (other !== menu && !other.contains(menu)) other.open = false;
  const pop = $(":scope > .pop", menu);
  if (!pop || menu.closest(".me")) return;
  const box = pop.getBoundingClientRect();
  if (box.right > innerWidth - 8) pop.style.setProperty("translate", `${Math.min(0, innerWidth - 12 - box.right)}px 0`);
  $("input:not([type=hidden], [type=checkbox], [type=radio])", pop)?.focus({ preventScroll: true });
}
