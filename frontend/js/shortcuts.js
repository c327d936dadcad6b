// Ctrl/Cmd K, /, g then a letter, ?, j k (or arrows) x Esc in lists. No single keys inside fields; single keys can be switched off (WCAG 2.1.4).
import { $, $$, isTyping } from "./page.js";
import { openPalette } from "./palette.js";

const OFF = "prm:keys-off";
const isOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };

function row(step) {
  const rows = $$(".listing tbody tr");
  if (!rows.length) return;
  const at = rows.findIndex((one) => one.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
  ($("a.nm", next) ?? $("a, input", next))?.focus();
}

export function startShortcuts() {
  let wentAt = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey) { event.preventDefault(); openPalette(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isOff() || $("dialog[open]")) return;
    const waiting = Date.now() - wentAt < 1200;
    wentAt = 0;
    if (waiting) {
      const link = $(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`);
      if (link) { event.preventDefault(); link.click(); }
    } else if (event.key === "g") wentAt = Date.now();
    else if (event.key === "/") { const find = $("[data-key-slash]"); event.preventDefault(); if (find) { find.focus(); find.select(); } else openPalette(); }
    else if (event.key === "?") $("#keys")?.showModal();
    else if (event.key === "j") row(1);
    else if (event.key === "k") row(-1);
    else if (event.key.startsWith("Arrow") && event.target.closest?.(".listing tbody")) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); row(step); }
    }
    else if (event.key === "Escape" && event.target.closest?.(".listing tbody, [data-bulk]")) $("[data-unselect]", event.target.closest(".listing"))?.click();
    else if (event.key === "x") document.activeElement.closest?.("tr")?.querySelector(".tick input")?.click();
  });
  document.addEventListener("click", ({ target }) => { if (target.closest("[data-keys-open]")) $("#keys")?.showModal(); });
  const off = $("[data-keys-off]");
  if (off) {
    off.checked = isOff();
    off.addEventListener("change", () => { try { localStorage.setItem(OFF, off.checked ? "1" : "0"); } catch { /* private mode */ } });
  }
}
