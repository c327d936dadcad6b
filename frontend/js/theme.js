// Runs in <head> before the first paint: "system" becomes light or dark. A choice of the person was already written by the server.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const apply = () => {
  if (root.dataset.theme === "system") root.dataset.bsTheme = dark.matches ? "dark" : "light";
};
root.dataset.js = "";
apply();
dark.addEventListener("change", () => { apply(); dispatchEvent(new Event("prm:theme")); });
