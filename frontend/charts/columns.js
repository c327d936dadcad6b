// Stacked columns with direct labels at the right, or a legend on top where a target or a gap is shown.
import { axis, base, figure, font, ground, missing, scale, token, tone } from "./tokens.js";

const LINE = 14;

/** How far down each end label moves (negative: up) so that none covers another: from the foot up, at least a line apart. */
function apart(places) {
  const order = places.map((y, n) => ({ y, n })).sort((a, b) => b.y - a.y);
  order.forEach((place, i) => { place.to = i ? Math.min(place.y, order[i - 1].to - LINE) : place.y; });
  return order.sort((a, b) => a.n - b.n).map(({ y, to }) => to - y);
}

export function columns(data, { width, height }) {
  const totals = data.labels.map((_, i) => data.series.reduce((sum, s) => sum + (s.values[i] ?? 0), 0));
  const top = Math.max(...totals, ...data.targets.map((t) => t ?? 0), 1e-9);
  const vertical = scale(top, 4);
  const withTarget = data.targets.length > 0;
  const roomy = width > 360 && !withTarget && data.series.length > 1;
  const last = data.labels.length - 1;
  const words = roomy ? Math.max(...data.series.map((s) => `${s.name} ${figure(s.values[last], data.digits)}`.length)) * 6.2 + 18 : 6;
  // A second line (the year) that would run into the next one gives way to it.
  const second = data.labels.map((label, i) => (label.includes("\n") ? i : -1)).filter((i) => i >= 0);
  const crowded = new Set(second.filter((i, n) => second[n + 1] && (second[n + 1] - i) * (width / data.labels.length) < 36));
  const labels = data.labels.map((label, i) => (crowded.has(i) ? label.split("\n")[0] : label));
  const digits = vertical.interval < 1 ? 1 : 0;
  const short = data.labels.every((l) => l.split("\n")[0].length <= 3);
  const slot = (width - words - 30) / data.labels.length;
  const twoLines = !short || data.labels.some((l) => l.includes("\n"));
  const series = data.series.map((s) => ({
    name: s.name, type: "bar", stack: "all", barMaxWidth: 28, barCategoryGap: "32%", data: s.values, itemStyle: tone(s.tone), tooltip: { valueFormatter: (v) => figure(v, data.digits) },
    ...(s.tone === "missing" ? { label: { show: true, position: "top", distance: 6, ...font(), color: token("danger-ink"), fontWeight: 600, formatter: (p) => (p.value > 0.05 * top ? `−${figure(p.value, data.digits)}` : "") } } : {}),
  }));
  if (withTarget) series.push({ name: targetName(), type: "scatter", symbol: "rect", symbolSize: [34, 2], data: data.targets, itemStyle: { color: token("ink") }, z: 5 });
  const grid = { left: 8 + 6.5 * figure(vertical.max, digits).length, right: words, top: withTarget ? 30 : 10, bottom: !short && slot < 54 ? 56 : twoLines ? 34 : 22 };
  if (roomy) {
    let below = 0;
    const middles = data.series.map((s) => { const value = s.values[last] ?? 0; below += value; return below - value / 2; });
    const moved = apart(middles.map((value) => (1 - value / vertical.max) * (height - grid.top - grid.bottom)));
    const at = middles.map((value, n) => ({ value: [last, value], label: { offset: [0, moved[n]] } }));
    series.push({ type: "scatter", symbolSize: 0, silent: true, data: at, tooltip: { show: false },
      label: { show: true, position: "right", distance: 14, ...font(), color: token("ink-2"), formatter: (p) => `${data.series[p.dataIndex].name} ${figure(data.series[p.dataIndex].values[last], data.digits)}` } });
  }
  return {
    ...base(),
    grid,
    tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "none" } },
    legend: withTarget ? { left: 0, top: 0, itemWidth: 10, itemHeight: 10, itemGap: 14, icon: "roundRect", textStyle: { ...font(), color: token("ink-2") }, selectedMode: false,
      data: [...data.series.map((s) => (s.tone === "missing" ? { name: s.name, itemStyle: missing() } : s.name)), { name: targetName(), icon: "rect" }] } : undefined,
    xAxis: { type: "category", data: labels, ...ground(), axisLabel: { ...font(), color: token("ink-2"), interval: 0, lineHeight: 14, ...(short ? {} : slot < 54 ? { rotate: 40 } : { width: slot - 4, overflow: "break" }) } },
    yAxis: { type: "value", ...vertical, ...axis(), axisLabel: { ...font(), showMaxLabel: false, formatter: (v) => figure(v, digits) } },
    series,
  };
}

const targetName = () => (document.documentElement.lang === "fr" ? "Objectif" : "Target");
