// Theme and density change at once and are kept by the server; language loads the page again.
import { $$, post } from "./page.js";

export function startPreferences() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-preferences], [data-density-form]");
    const { name, value } = event.submitter ?? {};
    if (!form || !(name === "theme" || name === "density")) return;
    event.preventDefault();
    const root = document.documentElement;
    if (name === "density") root.dataset.density = value;
    else {
      root.dataset.theme = value;
      const dark = value === "dark" || (value === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
      root.dataset.bsTheme = dark ? "dark" : "light";
      dispatchEvent(new Event("prm:theme"));
    }
    for (const button of $$(`button[name=${name}][aria-pressed]`)) button.setAttribute("aria-pressed", String(button.value === value));
    if (form.matches("[data-density-form]")) event.submitter.value = { normal: "compact", compact: "comfortable", comfortable: "normal" }[value];
    await post(form.action, { [name]: value });
  });
}
