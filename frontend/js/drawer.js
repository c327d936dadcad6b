// The rows of a study and their why: arrows move between rows and the drawer follows, the chart marks who is looked at; on a phone
// the why is a sheet that closes. Rows are links, so all of it works without this.
import { $, $$, isTyping } from "./page.js";

const narrow = matchMedia("(max-width: 59.99rem)");
const links = () => $$("#rows a[data-why]");

function mark(id) {
  for (const link of links()) {
    if (link.dataset.why === id) link.closest("tr").setAttribute("aria-current", "true");
    else link.closest("tr").removeAttribute("aria-current");
  }
  document.dispatchEvent(new CustomEvent("prm:row", { detail: { id } }));
}

function step(by) {
  const all = links();
  const at = all.findIndex((link) => link === document.activeElement || link.closest("tr").contains(document.activeElement));
  const next = all[at + by];
  if (at < 0 || !next) return false;
  next.focus();
  next.click();
  return true;
}

function close() {
  $("#why")?.classList.remove("asked");
  ($("#rows tr[aria-current] a[data-why]") ?? links()[0])?.focus();
}

export function startDrawer() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-why]");
    if (link) mark(link.dataset.why);
    if (event.target.closest?.("[data-close-why]") && narrow.matches) { event.preventDefault(); close(); }
  });
  document.addEventListener("prm:chosen", ({ detail }) => mark(detail.id));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTyping(event.target)) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && event.target.closest?.("#rows tbody") && step(by)) event.preventDefault();
    if (event.key === "Escape" && narrow.matches && $("#why.asked")) close();
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.elt?.id === "why" && narrow.matches) $("[data-close-why]", detail.elt)?.focus();
  });
}
