// Two measures: ours named, references as diamonds, everyone else a pale cloud. Names stand where they cover nothing, or not at all.
import { axis, base, figure, font, ground, scale, token } from "./tokens.js";

const LETTER = 6.1;
const LINE = 14;

/** Places of a name around a point at (x, y), the likeliest first: box to keep free, and what ECharts calls it. */
const around = (x, y, wide, gap) => [
  ["right", x + gap, y - LINE / 2], ["left", x - gap - wide, y - LINE / 2], ["top", x - wide / 2, y - gap - LINE], ["bottom", x - wide / 2, y + gap],
].map(([position, left, top]) => ({ position, left, top, right: left + wide, bottom: top + LINE }));

const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Gives each of `wanted` ({point, gap}, the most wanted first) a place that meets no dot and no other name; none where there is none. */
function placed(wanted, dots, frame) {
  const taken = dots.map(([x, y]) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  const found = new Map();
  for (const { point, at: [x, y], gap, must } of wanted) {
    const within = around(x, y, point.name.length * LETTER + 4, gap).filter((box) => box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom);
    const free = within.find((box) => !taken.some((other) => meets(box, other))) ?? (must ? within[0] : undefined);
    if (free) { taken.push(free); found.set(point, free.position); }
  }
  return found;
}

export function scatter(data, { width, height }) {
  const top = Math.max(...[...data.points, ...data.references].map((p) => p.y), ...data.cloud.map((p) => p[1]), 1);
  const vertical = scale(top, 4);
  const right = data.x.max ?? scale(Math.max(...data.points.map((p) => p.x), 1)).max;
  const grid = { left: 8 + 7 * figure(vertical.max).length, right: 16, top: 12, bottom: 36 };
  const at = (p) => [grid.left + (p.x / right) * (width - grid.left - grid.right), height - grid.bottom - (p.y / vertical.max) * (height - grid.top - grid.bottom)];
  const chosen = data.points.filter((p) => p.id && p.id === data.selected);
  const rest = data.points.filter((p) => !chosen.includes(p));
  const best = [...rest].sort((a, b) => b.y + b.x - a.y - a.x).slice(0, width < 420 ? 0 : data.named);
  const wanted = [...chosen, ...data.references.slice(0, 6), ...best].map((point) => ({ point, at: at(point), gap: chosen.includes(point) ? 9 : 7, must: chosen.includes(point) }));
  const names = placed(wanted, [...data.points, ...data.references].map(at), { left: grid.left, right: width, top: 0, bottom: height - grid.bottom });
  const dot = (p, words) => ({ value: [p.x, p.y], name: p.name, id: p.id, url: p.url,
    label: names.has(p) ? { show: true, position: names.get(p), distance: 5, ...font(), color: token("ink"), textBorderColor: token("surface"), textBorderWidth: 3, formatter: p.name, ...words } : { show: false } });
  return {
    ...base(), grid,
    tooltip: { ...base().tooltip, formatter: ({ data: p }) => `${p.name}\n${data.x.label} ${figure(p.value[0])}\n${data.y.label} ${figure(p.value[1])}` },
    xAxis: { type: "value", min: 0, max: right, ...ground(), ...(right === 100 ? { interval: 25 } : {}), name: data.x.label, nameLocation: "middle", nameGap: 22, splitNumber: 4, axisLabel: { ...font(), formatter: (v) => figure(v) } },
    yAxis: { type: "value", min: 0, ...vertical, ...axis(), axisLabel: { ...font(), formatter: (v) => figure(v) } },
    series: [
      { type: "scatter", data: data.cloud, symbolSize: 4, silent: true, tooltip: { show: false }, itemStyle: { color: token("ink-3"), opacity: 0.28 }, z: 1 },
      { type: "scatter", data: rest.map((p) => dot(p)), symbolSize: 9, itemStyle: { color: token("us"), borderColor: token("surface"), borderWidth: 1.5 }, z: 4 },
      { type: "scatter", data: data.references.map((p) => dot(p, { color: token("ink-2") })), symbol: "diamond", symbolSize: 12,
        itemStyle: { color: token("surface"), borderColor: token("us"), borderWidth: 1.75 }, z: 5 },
      { type: "scatter", data: chosen.map((p) => dot(p, { fontWeight: 600, distance: 7 })), symbolSize: 13,
        itemStyle: { color: token("us"), borderColor: token("focus"), borderWidth: 2.5 }, z: 6 },
    ],
  };
}
