// Loaded deferred on every page. Each module looks after one thing, by delegation, so that htmx's new content needs no wiring.
import htmx from "htmx.org";
import { startCopy } from "./copy.js";
import { startDrawer } from "./drawer.js";
import { restoreDrafts, startForms } from "./forms.js";
import { startJobs } from "./jobs.js";
import { startListing } from "./listing.js";
import { startMenus } from "./menus.js";
import { startPalette } from "./palette.js";
import { startPreferences } from "./preferences.js";
import { startReview } from "./review.js";
import { startShortcuts } from "./shortcuts.js";
import { startSliders } from "./sliders.js";
import { startToasts, toast } from "./toasts.js";
import { csrf, words } from "./page.js";

window.htmx = htmx;

for (const start of [startMenus, startPreferences, startToasts, startForms, startListing, startDrawer, startSliders, startPalette, startShortcuts, startJobs, startCopy, startReview]) start();

document.addEventListener("htmx:configRequest", ({ detail }) => { if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrf(); });
document.addEventListener("htmx:responseError", ({ detail }) => toast(detail.xhr.status === 401 ? "" : words("failed")));
document.addEventListener("htmx:sendError", () => toast(words("offline")));
document.addEventListener("htmx:afterSettle", ({ detail }) => { restoreDrafts(detail.elt); });
addEventListener("offline", () => toast(words("offline")));

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-back]")) history.back();
  if (target.closest("[data-reload]")) location.reload();
  if (target.closest("[data-again]")) location.replace(location.href); // asked for anew: a form is not sent a second time by this
  if (target.closest("[data-print]")) print();
});
