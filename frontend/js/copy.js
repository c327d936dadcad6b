// A button with data-copy="#id" copies the text of that element, and says so.
import { $, words } from "./page.js";
import { toast } from "./toasts.js";

export function startCopy() {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    const source = $(button.dataset.copy);
    const text = source.value ?? source.textContent;
    try {
      await navigator.clipboard.writeText(text.trim());
      toast(button.dataset.copied || words("copied"));
    } catch {
      // Without the permission, or over plain HTTP: select it, so that the keyboard can copy.
      if (source.select) source.select(); else getSelection().selectAllChildren(source);
    }
  });
}
