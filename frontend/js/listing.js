// Selection, column order, narrowing of long choices. Without JavaScript the boxes, links and forms work by themselves.
import { $, $$, words } from "./page.js";

const boxes = (listing) => $$(".tick input[name=id]", listing);

function count(listing) {
  const bar = $("[data-bulk]", listing);
  if (!bar) return;
  const all = boxes(listing);
  const ticked = all.filter((box) => box.checked);
  const every = $("[data-select-page]", listing);
  every.checked = ticked.length > 0 && ticked.length === all.length;
  every.indeterminate = ticked.length > 0 && ticked.length < all.length;
  if (ticked.length < all.length) everything(bar, false);
  $("[data-count]", bar).textContent = words("selected", { n: $("[data-all]", bar).value ? bar.dataset.total : ticked.length });
}

function everything(bar, on) {
  $("[data-all]", bar).value = on ? "1" : "";
  $("[data-select-all]", bar)?.toggleAttribute("hidden", on);
}

/** A table wider than its sheet scrolls sideways, else its head may stick to the window; tabs that do not fit fade out. */
function widths() {
  for (const wrap of $$(".tbl-wrap, .tabs")) {
    wrap.classList.remove("wide");
    wrap.classList.toggle("wide", wrap.scrollWidth > wrap.clientWidth + 1);
  }
}

/** The tab of the view that is open is seen, however many stand before it. */
function currentTab() {
  const tab = $(".tabs [aria-current]");
  const tabs = tab?.closest(".tabs");
  if (!tabs) return;
  const over = tab.getBoundingClientRect().right + 48 - tabs.getBoundingClientRect().right; // 48: what fades out at the end
  if (over > 0) tabs.scrollLeft += over;
}

export function startListing() {
  widths();
  addEventListener("resize", widths);
  document.addEventListener("htmx:afterSettle", widths);
  document.addEventListener("htmx:oobAfterSwap", currentTab);
  document.fonts.ready.then(() => { widths(); currentTab(); });

  let last = null;
  document.addEventListener("click", (event) => {
    const listing = event.target.closest?.(".listing");
    if (!listing) return;
    const bar = $("[data-bulk]", listing);
    if (event.target.matches("input[name=id]")) {
      const all = boxes(listing);
      if (event.shiftKey && last && all.includes(last)) {
        const [from, to] = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
        all.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; });
      }
      last = event.target;
      count(listing);
    } else if (event.target.matches("[data-select-page]")) {
      boxes(listing).forEach((box) => { box.checked = event.target.checked; });
      count(listing);
    } else if (event.target.closest("[data-select-all]")) {
      boxes(listing).forEach((box) => { box.checked = true; });
      everything(bar, true);
      count(listing);
    } else if (event.target.closest("[data-unselect]")) {
      boxes(listing).forEach((box) => { box.checked = false; });
      count(listing);
    }
  });

  // A dialog over rows says how many are ticked; which are the first is asked only where none is.
  document.addEventListener("click", ({ target }) => {
    const dialog = document.getElementById(target.closest?.("[data-opens]")?.dataset.opens ?? "");
    const said = dialog && $("[data-ticked]", dialog);
    if (!said) return;
    const n = $$(".tick input[name=id]:checked").length;
    said.textContent = words("selected", { n });
    said.hidden = !n;
    $("[data-none-ticked]", dialog).hidden = n > 0;
  });

  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("[data-narrow]")) return;
    const wanted = target.value.toLowerCase();
    for (const label of $$("label", target.parentElement)) label.hidden = !label.textContent.toLowerCase().includes(wanted);
  });

  // Columns: by mouse, or arrows on the grip.
  let dragged = null;
  document.addEventListener("dragstart", ({ target }) => { dragged = target.closest?.("[data-columns] li") ?? null; dragged?.classList.add("dragging"); });
  document.addEventListener("dragend", () => { dragged?.classList.remove("dragging"); dragged = null; });
  document.addEventListener("dragover", (event) => {
    const over = event.target.closest?.("[data-columns] li");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    over.parentElement.insertBefore(dragged, event.clientY > box.top + box.height / 2 ? over.nextSibling : over);
  });
  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.(".grip");
    if (!grip || !event.key.startsWith("Arrow")) return;
    const item = grip.closest("li");
    const other = event.key === "ArrowUp" ? item.previousElementSibling : event.key === "ArrowDown" ? item.nextElementSibling : null;
    if (!other) return;
    event.preventDefault();
    other[event.key === "ArrowUp" ? "before" : "after"](item);
    grip.focus();
  });

  // What is typed while an answer is on its way stays in the box.
  let typed = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const box = document.activeElement;
    typed = box?.matches?.("#listing-q") ? { value: box.value, at: box.selectionStart } : null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const box = $("#listing-q");
    if (typed && box) { box.value = typed.value; box.focus(); box.setSelectionRange(typed.at, typed.at); }
  });
}
