// A slider's figure follows it and its track is filled up to it. Sliders inside [data-slider-sum=100] always add up to that: what
// one takes or leaves, the others give or get, in proportion.
import { $, $$ } from "./page.js";

const ofGroup = (group) => $$("input[data-slider]", group);

/** Whole numbers that add up to `whole`, in proportion to `parts`; the largest remainders get what rounding left over. */
export function split(whole, parts) {
  const sum = parts.reduce((total, part) => total + part, 0);
  const exact = parts.map((part) => (sum ? part / sum : 1 / parts.length) * whole);
  const shares = exact.map(Math.floor);
  const order = exact.map((_, i) => i).sort((a, b) => shares[a] - exact[a] - (shares[b] - exact[b]) || a - b);
  const left = whole - shares.reduce((total, share) => total + share, 0);
  order.slice(0, left).forEach((i) => { shares[i] += 1; });
  return shares;
}

function show(slider) {
  const { min, max, value } = slider;
  slider.style.setProperty("--at", `${((value - min) / (max - min || 1)) * 100}%`);
  const output = $(`output[for="${slider.id}"]`);
  if (output) output.textContent = value;
  const group = slider.closest("[data-slider-sum]");
  const sum = group && $("[data-sum]", group);
  if (sum) sum.textContent = String(ofGroup(group).reduce((total, one) => total + Number(one.value), 0));
}

function set(sliders, values) {
  sliders.forEach((slider, i) => { slider.value = String(values[i]); show(slider); });
}

// What the others weighed when the hand took the slider: moving there and back changes nothing.
let before = null;

function balance(moved) {
  const group = moved.closest("[data-slider-sum]");
  const whole = Number(group?.dataset.sliderSum);
  const others = whole ? ofGroup(group).filter((one) => one !== moved) : [];
  if (!others.length) return;
  if (before?.moved !== moved) before = { moved, weights: others.map((one) => Number(one.value)) };
  set(others, split(Math.max(whole - Number(moved.value), 0), before.weights));
}

export function startSliders() {
  const all = (root = document) => $$("input[data-slider]", root).forEach(show);
  all();
  document.addEventListener("input", ({ target }) => { if (target.matches?.("input[data-slider]")) { balance(target); show(target); } });
  document.addEventListener("change", ({ target }) => { if (target.matches?.("input[data-slider]")) before = null; });
  document.addEventListener("htmx:afterSwap", () => {
    const told = $("[data-weights]");
    if (told) {
      set(ofGroup($("[data-slider-sum]")), told.dataset.weights.split(","));
      told.removeAttribute("data-weights");
      told.dispatchEvent(new Event("prm:set", { bubbles: true }));
    }
    all();
  });
  document.addEventListener("prm:restored", ({ target }) => {
    all(target);
    ofGroup(target)[0]?.dispatchEvent(new Event("change", { bubbles: true })); // what these weights are worth
  });
  document.addEventListener("reset", () => setTimeout(all));
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-equal]");
    if (!button) return;
    const sliders = ofGroup(button.closest("form") ?? document);
    set(sliders, split(100, sliders.map(() => 1)));
    sliders[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
