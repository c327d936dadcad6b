// A slider's figure follows it, its track is filled up to it, and sliders of one group show their sum.
import { $, $$ } from "./page.js";

function show(slider) {
  const { min, max, value } = slider;
  slider.style.setProperty("--at", `${((value - min) / (max - min || 1)) * 100}%`);
  const output = $(`output[for="${slider.id}"]`);
  if (output) output.textContent = value;
  const group = slider.closest("[data-slider-sum]");
  const sum = group && $("[data-sum]", group);
  if (sum) sum.textContent = String($$("input[data-slider]", group).reduce((total, one) => total + Number(one.value), 0));
}

export function startSliders() {
  const all = (root = document) => $$("input[data-slider]", root).forEach(show);
  all();
  document.addEventListener("input", ({ target }) => { if (target.matches?.("input[data-slider]")) show(target); });
  document.addEventListener("htmx:afterSwap", () => all());
  document.addEventListener("reset", () => setTimeout(all));
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-equal]");
    if (!button) return;
    const sliders = $$("input[data-slider]", button.closest("form") ?? document);
    sliders.forEach((slider) => { slider.value = String(Math.round(100 / sliders.length)); show(slider); slider.dispatchEvent(new Event("change", { bubbles: true })); });
  });
}
