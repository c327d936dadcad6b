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

let stepping = false; // by arrows, since the last click
let walked = false; // and what was stepped to stands in the history already

function step(by) {
  const all = links();
  const at = all.findIndex((link) => link === document.activeElement || link.closest("tr").contains(document.activeElement));
  const next = all[at + by];
  if (at < 0 || !next) return false;
  next.focus();
  stepping = true;
  next.click();
  return true;
}

/** What the address says is looked at: its row is read again; the sheet closes where it names none. */
function follow() {
  const asked = new URLSearchParams(location.search).get("company");
  const link = links().find((one) => one.dataset.why === asked) ?? links()[0];
  if (narrow.matches && !asked) { close(); return; }
  mark(link.dataset.why);
  window.htmx.ajax("GET", link.getAttribute("hx-get"), { target: "#why", swap: "outerHTML" });
}

function close() {
  $("#why")?.classList.remove("asked");
  ($("#rows tr[aria-current] a[data-why]") ?? links()[0])?.focus();
}

export function startDrawer() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-why]");
    if (link) mark(link.dataset.why);
    if (link && event.isTrusted) stepping = walked = false;
    if (event.target.closest?.("[data-close-why]") && narrow.matches) { event.preventDefault(); close(); }
  });
  document.addEventListener("prm:chosen", ({ detail }) => {
    mark(detail.id);
    const link = links().find((one) => one.dataset.why === detail.id);
    if (link) history.pushState({ why: true }, "", link.href);
  });
  // Who was looked at one after the other is gone back through; a walk by arrows leaves one step.
  document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
    if (!stepping) return;
    if (walked) detail.history.type = "replace";
    walked = true;
  });
  addEventListener("popstate", (event) => {
    if (!links().length) return;
    stepping = walked = false;
    event.stopImmediatePropagation(); // before htmx, which would load the whole page again
    follow();
  });
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
