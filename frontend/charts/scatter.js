// Two measures: ours named, references as diamonds, everyone else a pale cloud.
import { axis, base, figure, font, ground, scale, token } from "./tokens.js";

export function scatter(data, { width }) {
  const top = Math.max(...[...data.points, ...data.references].map((p) => p.y), ...data.cloud.map((p) => p[1]), 1);
  const vertical = scale(top, 4);
  const right = data.x.max ?? scale(Math.max(...data.points.map((p) => p.x), 1)).max;
  const label = (extra) => ({ show: true, position: "right", distance: 5, ...font(), color: token("ink"), formatter: (p) => p.data.name, ...extra });
  const dot = (p) => ({ value: [p.x, p.y], name: p.name, id: p.id, url: p.url });
  const near = (p, edge = 0.72) => (p.x > right * (width < 420 ? Math.min(edge, 0.6) : edge) ? "left" : "right");
  const chosen = data.points.filter((p) => p.id && p.id === data.selected);
  const rest = data.points.filter((p) => !chosen.includes(p));
  const named = new Set((width < 420 ? [] : [...rest].sort((a, b) => b.y + b.x - a.y - a.x).slice(0, data.named)).map((p) => p.name));
  return {
    ...base(),
    grid: { left: 8 + 7 * figure(vertical.max).length, right: 16, top: 12, bottom: 36 },
    tooltip: { ...base().tooltip, formatter: ({ data: p }) => `${p.name}\n${data.x.label} ${figure(p.value[0])}\n${data.y.label} ${figure(p.value[1])}` },
    xAxis: { type: "value", min: 0, max: right, ...ground(), ...(right === 100 ? { interval: 25 } : {}), name: data.x.label, nameLocation: "middle", nameGap: 22, splitNumber: 4, axisLabel: { ...font(), formatter: (v) => figure(v) } },
    yAxis: { type: "value", min: 0, ...vertical, ...axis(), axisLabel: { ...font(), formatter: (v) => figure(v) } },
    series: [
      { type: "scatter", data: data.cloud, symbolSize: 4, silent: true, tooltip: { show: false }, itemStyle: { color: token("ink-3"), opacity: 0.28 }, z: 1 },
      { type: "scatter", data: rest.map((p) => ({ ...dot(p), label: named.has(p.name) ? label({ position: near(p) }) : { show: false } })), symbolSize: 9,
        itemStyle: { color: token("us"), borderColor: token("surface"), borderWidth: 1.5 }, labelLayout: { hideOverlap: true }, z: 4 },
      { type: "scatter", data: data.references.map((p) => ({ ...dot(p), label: label({ color: token("ink-2"), position: near(p, 0.94) }) })), symbol: "diamond", symbolSize: 12,
        itemStyle: { color: token("surface"), borderColor: token("us"), borderWidth: 1.75 }, labelLayout: { hideOverlap: true }, z: 5 },
      { type: "scatter", data: chosen.map((p) => ({ ...dot(p), label: label({ fontWeight: 600, distance: 7, position: near(p, 0.85) }) })), symbolSize: 13,
        itemStyle: { color: token("us"), borderColor: token("focus"), borderWidth: 2.5 }, z: 6 },
    ],
  };
}
