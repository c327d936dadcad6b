// Two measures: ours named, references as diamonds, everyone else a pale cloud. Names stand where they cover nothing, or not at all.
import { placed } from "./labels.js";
import { axis, base, figure, font, ground, scale, token } from "./tokens.js";

export function scatter(data, { width, height }) {
  const top = Math.max(...[...data.points, ...data.references].map((p) => p.y), ...data.cloud.map((p) => p[1]), 1);
  const vertical = scale(top, 4);
  const right = data.x.max ?? scale(Math.max(...data.points.map((p) => p.x), 1)).max;
  const grid = { left: 8 + 7 * figure(vertical.max).length, right: 16, top: 12, bottom: 36 };
  const at = (p) => [grid.left + (p.x / right) * (width - grid.left - grid.right), height - grid.bottom - (p.y / vertical.max) * (height - grid.top - grid.bottom)];
  const chosen = data.points.filter((p) => p.id && p.id === data.selected);
  const rest = data.points.filter((p) => !chosen.includes(p));
  const best = [...rest].sort((a, b) => b.y + b.x - a.y - a.x).slice(0, width < 420 ? 0 : data.named);
  const wanted = [...chosen, ...data.references.slice(0, 6), ...best].map((point) => ({ point, at: at(point), words: point.name, gap: chosen.includes(point) ? 9 : 7 }));
  const names = placed(wanted, [...data.points, ...data.references].map(at), { left: grid.left, right: width - 2, top: 0, bottom: height - grid.bottom });
  const dot = (p, words) => ({ value: [p.x, p.y], name: p.name, id: p.id, url: p.url,
    label: names.has(p) ? { show: true, position: names.get(p), distance: 5, ...font(), color: token("ink"), textBorderColor: token("surface"), textBorderWidth: 3, formatter: p.name, ...words } : { show: false } });
  return {
    ...base(), grid,
    tooltip: { ...base().tooltip, formatter: ({ data: p }) => `${p.name}\n${data.x.label} ${figure(p.value[0])}\n${data.y.label} ${figure(p.value[1])}` },
    xAxis: { type: "value", min: 0, max: right, ...ground(), ...(right === 100 ? { interval: 25 } : {}), name: data.x.label, nameLocation: "middle", nameGap: 22, splitNumber: 4, axisLabel: { ...font(), formatter: (v) => figure(v) } },
    yAxis: { type: "value", min: 0, ...vertical, ...axis(), axisLabel: { ...font(), formatter: (v) => figure(v) } },
    series: [
      { type: "scatter", data: data.cloud, symbolSize: 4, silent: true, tooltip: { show: false }, itemStyle: { color: token("ink-3"), opacity: 0.28 }, z: 1 },
      { type: "scatter", data: rest.map((p) => ({ ...dot(p), ...(p.thin ? { itemStyle: { color: token("surface"), borderColor: token("us-3"), borderWidth: 1.5, borderType: "dotted" } } : {}) })), symbolSize: 9, itemStyle: { color: token("us"), borderColor: token("surface"), borderWidth: 1.5 }, z: 4 },
      { type: "scatter", data: data.references.map((p) => dot(p, { color: token("ink-2") })), symbol: "diamond", symbolSize: 12,
        itemStyle: { color: token("surface"), borderColor: token("us"), borderWidth: 1.75 }, z: 5 },
      { type: "scatter", data: chosen.map((p) => dot(p, { fontWeight: 600, distance: 7 })), symbolSize: 13,
        itemStyle: { color: token(chosen[0]?.thin ? "surface" : "us"), borderColor: token("focus"), borderWidth: 2.5 }, z: 6 },
    ],
  };
}
