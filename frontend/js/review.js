// "Review in a row": the home page's work, one page after the other, with a bar that leads on. Only addresses are kept, in this tab.
import { $, $$, icon, make, words } from "./page.js";

const KEY = "prm:review";
const read = () => { try { return JSON.parse(sessionStorage.getItem(KEY)) ?? []; } catch { return []; } };
const keep = (list) => { try { sessionStorage.setItem(KEY, JSON.stringify(list)); } catch { /* private mode */ } };
const stop = () => { try { sessionStorage.removeItem(KEY); } catch { /* private mode */ } };

function bar(list, at) {
  const link = (to, name, glyph) => to && make("a", { className: "btn btn-sm", href: to, rel: name }, icon(glyph), words(`review_${name}`));
  const after = list[at + 1];
  const end = make("button", { type: "button", className: "btn btn-sm btn-ghost" }, words("review_end"));
  const parts = [
    make("span", { className: "grow" }, words("review_at", { n: at + 1, all: list.length })),
    link(list[at - 1], "prev", "chevron-left"), after ? link(after, "next", "chevron-right") : null, end,
  ];
  const found = make("div", { className: "reviewbar" }, ...parts.filter(Boolean));
  found.setAttribute("role", "region");
  found.setAttribute("aria-label", words("review_name"));
  end.addEventListener("click", () => { stop(); location.href = $(".side .brand")?.href ?? "/"; });
  return found;
}

export function startReview() {
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-review-start]")) return;
    const list = [...new Set($$("[data-review]").map((one) => one.dataset.review))];
    if (!list.length) return;
    keep(list);
    location.href = list[0];
  });
  show();
  // Two of the work may stand on one page: going on to the second loads none.
  addEventListener("hashchange", show);
}

function show() {
  const list = read();
  if (!list.length) return;
  const here = location.pathname + location.search;
  const found = [here + location.hash, here, location.pathname].map((one) => list.indexOf(one)).find((at) => at >= 0);
  const at = found ?? list.findIndex((one) => one.split("#")[0] === here);
  const sheet = $("#main");
  $(".reviewbar")?.remove();
  if (at >= 0 && sheet) sheet.append(bar(list, at));
  else if ($("[data-review-start]")) stop();
}
