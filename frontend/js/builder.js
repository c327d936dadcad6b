// The page where a questionnaire is built: questions are dragged, or moved with Alt and the arrows. Each has "Move to…" besides, without scripts.
import { $, $$ } from "./page.js";

let dragged = null;

const send = (form, values) => {
  for (const [name, value] of Object.entries(values)) $(`[name="${name}"]`, form).value = value;
  form.requestSubmit();
};

document.addEventListener("dragstart", ({ target, dataTransfer }) => {
  dragged = target.closest?.("[data-item]");
  if (!dragged) return;
  dataTransfer.effectAllowed = "move";
  dataTransfer.setData("text/plain", dragged.dataset.item);
  dragged.classList.add("dragged");
});
document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
  for (const one of $$(".drop-at")) one.classList.remove("drop-at");
});
document.addEventListener("dragover", (event) => {
  const goal = dragged && event.target.closest?.("[data-drop]");
  if (!goal) return;
  event.preventDefault();
  for (const one of $$(".drop-at")) one.classList.toggle("drop-at", one === goal);
  goal.classList.add("drop-at");
});
document.addEventListener("drop", (event) => {
  const goal = dragged && event.target.closest?.("[data-drop]");
  if (!goal) return;
  event.preventDefault();
  const [section, at] = goal.dataset.drop.split("/");
  send($("#move-dragged"), { key: dragged.dataset.item, to: `${section}/${at}` });
});
document.addEventListener("keydown", (event) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const item = document.activeElement?.closest?.("[data-item]");
  const button = item && $(`[data-step="${event.key === "ArrowUp" ? "up" : "down"}"]`, item);
  if (!button) return;
  event.preventDefault();
  sessionStorage.setItem("builder:focus", item.dataset.item);
  button.click();
});
document.addEventListener("htmx:afterSettle", () => {
  const key = sessionStorage.getItem("builder:focus");
  sessionStorage.removeItem("builder:focus");
  if (key) $(`[data-item="${key}"] a`)?.focus();
});
