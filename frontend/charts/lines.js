// Horizontal bars, ranges P10–P90, and the waterfall of what drives a figure.
import { axis, base, figure, font, scale, token, tone } from "./tokens.js";

const names = (items, room) => ({
  type: "category", inverse: true, data: items.map((i) => i.name), axisLine: { show: false }, axisTick: { show: false },
  axisLabel: { ...font(), fontSize: 12, color: token("ink"), align: "left", margin: room, width: room - 8, overflow: "truncate" },
});
const roomFor = (items, width) => Math.min(width * 0.38, Math.max(...items.map((i) => i.name.length)) * 7 + 12);

/** Room for the words behind the longest bar. */
const wordRoom = (words) => Math.max(...words.map((w) => w.length), 4) * 6.6 + 12;

export function bars(data, { width }) {
  const room = roomFor(data.items, width);
  return {
    ...base(), tooltip: { show: false },
    grid: { left: room, right: wordRoom(data.items.map((i) => `${i.figure}${i.about ? `  ${i.about}` : ""}`)), top: 0, bottom: 0 },
    xAxis: { type: "value", show: false, max: Math.max(...data.items.map((i) => i.value), 1e-9) },
    yAxis: names(data.items, room),
    series: [{ type: "bar", barMaxWidth: 20, data: data.items.map((i) => ({ value: i.value, itemStyle: { ...tone(i.tone), borderRadius: [0, 3, 3, 0] } })),
      label: { show: true, position: "right", distance: 8, formatter: (p) => { const i = data.items[p.dataIndex]; return `{v|${i.figure}}${i.about ? `{n|  ${i.about}}` : ""}`; },
        rich: { v: { ...font(), fontSize: 12, fontWeight: 500, color: token("ink") }, n: font() } } }],
  };
}

export function ranges(data, { width }) {
  const room = roomFor(data.items, width);
  const scaleX = scale(Math.max(...data.items.map((i) => Math.max(i.high, i.actual ?? 0))), 4);
  const draw = (params, api) => {
    const item = data.items[params.dataIndex];
    const y = api.coord([0, params.dataIndex])[1];
    const x = (value) => api.coord([value, 0])[0];
    const shapes = [
      { type: "rect", shape: { x: x(item.low), y: y - 1.5, width: x(item.high) - x(item.low), height: 3, r: 1.5 }, style: { fill: token(item.thin ? "line-strong" : "us-3") } },
      { type: "rect", shape: { x: x(item.mid) - 1.5, y: y - 7, width: 3, height: 14, r: 1 }, style: { fill: token(item.thin ? "ink-3" : "us") } },
    ];
    if (item.actual !== null && item.actual !== undefined) shapes.push({ type: "circle", shape: { cx: x(item.actual), cy: y, r: 4.5 }, style: { fill: token("surface"), stroke: token("ink"), lineWidth: 1.75 } });
    return { type: "group", children: shapes };
  };
  return {
    ...base(), tooltip: { show: false }, grid: { left: room, right: wordRoom(data.items.map((i) => i.figure)), top: 4, bottom: 22 },
    xAxis: { type: "value", min: 0, ...scaleX, ...axis(), axisLabel: { ...font(), formatter: (v) => figure(v, scaleX.interval < 1 ? 1 : 0) } }, yAxis: names(data.items, room),
    series: [{ type: "custom", renderItem: draw, data: data.items.map((i) => i.mid), encode: { x: 0 } },
      { type: "scatter", symbolSize: 0, silent: true, data: data.items.map((i, n) => [scaleX.max, n]), label: { show: true, position: "right", distance: 8, ...font(), fontSize: 12, fontWeight: 500, color: token("ink"), formatter: (p) => data.items[p.dataIndex].figure } }],
  };
}

export function waterfall(data, { width }) {
  // Beside the bars there is no room for names in a drawer: they stand above.
  const above = width < 340;
  const room = above ? 0 : roomFor(data.items, width);
  const lift = above ? 10 : 0;
  let at = 0;
  const spans = data.items.map((step) => {
    const from = step.total ? 0 : at;
    at = step.total ? step.value : at + step.value;
    return [Math.min(from, at), Math.max(from, at)];
  });
  const low = Math.min(0, ...spans.map((s) => s[0]));
  const high = Math.max(...spans.map((s) => s[1]), 1e-9);
  const colour = (step) => (step.total ? token("us") : step.value < 0 ? token("ink-3") : token("us-3"));
  const half = above ? 4 : 8;
  const draw = (params, api) => {
    const n = params.dataIndex;
    const item = data.items[n];
    const [from, to] = spans[n];
    const [x, middle] = api.coord([from, n]);
    const y = middle + lift;
    const right = api.coord([to, n])[0];
    const end = item.total || item.value >= 0 ? right : x;
    const step = api.size([0, 1])[1];
    const shapes = [{ type: "rect", shape: { x, y: y - half, width: Math.max(right - x, 1.5), height: 2 * half, r: 2 }, style: { fill: colour(item) } }];
    if (spans[n + 1] && !above) shapes.push({ type: "line", shape: { x1: end, y1: y + half, x2: end, y2: y + step - half }, style: { stroke: token("line-strong"), lineWidth: 1 } });
    if (above) {
      const words = { y: y - half - 7, textVerticalAlign: "bottom", fill: token("ink"), font: `12px ${token("font")}` };
      shapes.push({ type: "text", style: { ...words, text: item.name, x: 0 } });
      shapes.push({ type: "text", style: { ...words, text: item.figure, x: width, textAlign: "right", font: `${item.total ? 600 : 400} 12px ${token("font")}` } });
    }
    return { type: "group", children: shapes };
  };
  return {
    ...base(), tooltip: { show: false }, grid: { left: room, right: above ? 0 : wordRoom(data.items.map((s) => s.figure)), top: 0, bottom: 0 },
    xAxis: { type: "value", show: false, min: low, max: high }, yAxis: { ...names(data.items, room), ...(above ? { axisLabel: { show: false } } : {}) },
    series: [{ type: "custom", renderItem: draw, data: spans.map((s) => s[1]) },
      ...(above ? [] : [{ type: "scatter", symbolSize: 0, silent: true, data: spans.map((s, n) => [s[1], n]),
        label: { show: true, position: "right", distance: 8, formatter: (p) => `{${data.items[p.dataIndex].total ? "t" : "d"}|${data.items[p.dataIndex].figure}}`,
          rich: { t: { ...font(), fontSize: 12, fontWeight: 600, color: token("ink") }, d: { ...font(), fontSize: 12, color: token("ink-2") } } } }])],
  };
}
