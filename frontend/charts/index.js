// Draws every [data-chart] of the page, and again on a theme change, a new size, or new content (htmx). SVG, no animation.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GeoComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent } from "echarts/components";
import { init, registerMap, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { bars, ranges, waterfall } from "./lines.js";
import { columns } from "./columns.js";
import { places, sites } from "./maps.js";
import { scatter } from "./scatter.js";

use([BarChart, LineChart, ScatterChart, CustomChart, GridComponent, GeoComponent, TooltipComponent, TitleComponent, LegendComponent, AriaComponent, LabelLayout, SVGRenderer]);

const kinds = { scatter, sites, places, columns, bars, waterfall, range: ranges };
const outlines = new Map();
const drawn = new Map();

async function outline(name, url) {
  if (!outlines.has(name)) outlines.set(name, fetch(url).then((answer) => answer.json()).then((map) => { registerMap(name, map); return map; }));
  return outlines.get(name);
}

async function draw(box) {
  const data = JSON.parse(box.dataset.values);
  const map = box.dataset.outlines ? await outline(data.map ?? "europe", box.dataset.outlines) : null;
  if (!box.isConnected || !box.clientWidth) return;
  if (box.dataset.selected) data.selected = box.dataset.selected;
  drawn.get(box)?.dispose();
  const chart = init(box, null, { renderer: "svg" });
  drawn.set(box, chart);
  chart.setOption(kinds[box.dataset.chart](data, { width: box.clientWidth, height: box.clientHeight, map }));
  if (data.points) chart.on("click", ({ data: point }) => choose(box, data, point));
  box.dataset.drawn = "";
}

/** A click on a point: loads its address into the target through htmx, or opens it. */
function choose(box, data, point) {
  if (!point?.url) return;
  if (data.target && window.htmx) window.htmx.ajax("GET", point.url, { target: data.target, swap: "outerHTML" });
  else location.assign(point.url);
  box.dispatchEvent(new CustomEvent("prm:chosen", { bubbles: true, detail: { id: point.id } }));
}

const size = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (!drawn.has(target) || Math.abs(drawn.get(target).getWidth() - target.clientWidth) > 1) draw(target);
  }
});

function all(root = document) {
  for (const [box, chart] of drawn) if (!box.isConnected) { chart.dispose(); drawn.delete(box); size.unobserve(box); }
  root.querySelectorAll("[data-chart]").forEach((box) => { if (!drawn.has(box)) size.observe(box); });
}

document.fonts.ready.then(() => all());
document.addEventListener("htmx:afterSettle", () => all());
document.addEventListener("prm:row", ({ detail }) => {
  for (const box of drawn.keys()) if (box.dataset.chart === "scatter") { box.dataset.selected = detail.id; draw(box); }
});
addEventListener("prm:theme", () => { for (const box of drawn.keys()) draw(box); });
