// Sites and results on the outlines of countries: no tiles, nothing asked from anybody.
import { placed } from "./labels.js";
import { base, figure, font, token } from "./tokens.js";

/** The window around the points, with a margin and the box's proportions (1° of latitude counts 1/cos φ of longitude). */
function around(points, { width, height }, least) {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const middle = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
  const squeeze = 1 / Math.cos((middle[1] * Math.PI) / 180);
  let tall = Math.max((Math.max(...ys) - Math.min(...ys)) * 1.5, least);
  let wide = Math.max((Math.max(...xs) - Math.min(...xs)) * 1.4, least);
  const shape = (width / height) * squeeze;
  if (wide / tall < shape) wide = tall * shape;
  else tall = wide / shape;
  return { coords: [[middle[0] - wide / 2, middle[1] + tall / 2], [middle[0] + wide / 2, middle[1] - tall / 2]], squeeze };
}

/** Nine tenths of what counts, where those lie much closer together than all do: a few far places do not press the rest into a blob. */
function core(points) {
  const middle = (key) => { const sorted = [...points].sort((a, b) => a[key] - b[key]); return sorted[Math.floor(sorted.length / 2)][key]; };
  const [lon, lat] = [middle("lon"), middle("lat")];
  const far = (p) => Math.max(Math.abs(p.lon - lon), Math.abs(p.lat - lat) * 1.5);
  const near = [...points].sort((a, b) => far(a) - far(b));
  const kept = near.slice(0, Math.max(Math.ceil(near.length * 0.8), 1));
  const edge = Math.max(far(kept.at(-1)), 2) * 1.6;
  return far(near.at(-1)) > 3 * edge ? near.filter((p) => far(p) <= edge) : points;
}

/** How many are named where there is room. */
const NAMED = 8;

/** Where a point of the window lies in the box. */
const pixels = ({ coords: [[west, north], [east, south]] }, { width, height }) => ({ lon, lat }) =>
  [((lon - west) / (east - west)) * width, ((north - lat) / (north - south)) * height];

const outside = (names) => (document.documentElement.lang === "fr" ? "Hors de la carte : " : "Outside of the map: ") + names;

function ground(name, window) {
  return {
    map: name, roam: false, silent: true, aspectScale: 1 / window.squeeze, boundingCoords: window.coords, left: 0, right: 0, top: 0, bottom: 0,
    itemStyle: { areaColor: token("even"), borderColor: token("line-strong"), borderWidth: 1 }, emphasis: { disabled: true }, label: { show: false }, tooltip: { show: false },
  };
}

const plate = () => ({ backgroundColor: token("surface"), borderRadius: 3, padding: [2, 5],
  rich: { a: { ...font(), fontWeight: 600, color: token("ink") }, b: font() } });

export function sites(data, box) {
  const every = [...data.places.map((p) => [p.lon, p.lat]), ...data.dots];
  const window = around(every.length ? every : [[2.5, 47]], box, every.length > 1 ? 0.9 : 3);
  const at = pixels(window, box);
  const wanted = data.places.map((point) => ({ point, at: at(point), words: point.about ? `${point.name}  ${point.about}` : point.name, gap: 10 }));
  const names = placed(wanted, data.places.map((p) => [...at(p), 6]), { left: 2, right: box.width - 2, top: 2, bottom: box.height - 2 });
  const side = (p) => (names.has(p) ? { show: true, position: names.get(p) } : { show: false });
  return {
    ...base(), tooltip: { show: false }, geo: ground(data.map, window),
    series: [
      { type: "scatter", coordinateSystem: "geo", data: data.dots, silent: true, symbolSize: (v) => Math.max(3.5, Math.min(9, Math.sqrt(v[2] ?? 4) * 1.7)), itemStyle: { color: token("us"), opacity: 0.38 } },
      { type: "scatter", coordinateSystem: "geo", data: data.places.map((p) => ({ value: [p.lon, p.lat], name: p.name, about: p.about, label: side(p) })), symbolSize: 11, z: 5, silent: true,
        itemStyle: { color: token("us"), borderColor: token("surface"), borderWidth: 2 },
        label: { distance: 5, ...plate(), formatter: (p) => `{a|${p.data.name}}${p.data.about ? `{b|  ${p.data.about}}` : ""}` } },
    ],
  };
}

export function places(data, box) {
  const located = data.points.filter((p) => p.lon !== null && p.lat !== null);
  const all = located.length ? core(located) : located;
  const beyond = located.filter((p) => !all.includes(p));
  const window = around(all.length ? all.map((p) => [p.lon, p.lat]) : [[2.5, 47]], box, 4);
  const values = all.map((p) => p.value);
  const low = Math.min(...values, 0);
  const span = Math.max(...values, 1) - low || 1;
  const size = (value) => 5 + 11 * Math.sqrt((value - low) / span);
  const at = pixels(window, box);
  const radius = (p) => (p.reference ? 6 : size(p.value) / 2);
  const told = (p) => p.figure ?? figure(p.value);
  const ours = all.filter((p) => !p.reference);
  // The references and the best are named; the others where somebody points at them.
  const best = [...ours].sort((a, b) => b.value - a.value);
  const wanted = [...all.filter((p) => p.reference), ...best].map((point) => ({ point, at: at(point), words: `${point.name}  ${told(point)}`, gap: radius(point) + 5 }));
  const foot = beyond.length ? 24 : 0;
  const names = placed(wanted, all.map((p) => [...at(p), radius(p)]), { left: 2, right: box.width - 2, top: 2, bottom: box.height - foot }, box.width > 420 ? NAMED : 3);
  const label = { ...plate(), distance: 4, formatter: (p) => `{a|${p.data.name}}{b|  ${p.data.figure}}` };
  const dot = (p) => ({ value: [p.lon, p.lat, p.value], name: p.name, figure: told(p), url: p.url, id: p.id, label: names.has(p) ? { show: true, position: names.get(p) } : { show: false },
    ...(p.tone ? { itemStyle: { color: token(p.tone) } } : {}) });
  return {
    ...base(), geo: ground(data.map, window), tooltip: { ...base().tooltip, formatter: ({ data: p }) => `${p.name}\n${p.figure}` },
    ...(beyond.length ? { title: { text: outside(beyond.slice(0, 3).map((p) => p.name).join(", ") + (beyond.length > 3 ? ` +${beyond.length - 3}` : "")), left: 0, bottom: 4, padding: [2, 5], backgroundColor: token("surface"), borderRadius: 3, textStyle: { ...font(), fontWeight: 400 } } } : {}),
    series: [
      { type: "scatter", coordinateSystem: "geo", data: ours.map(dot), symbolSize: (v) => size(v[2]), z: 4, itemStyle: { color: token("us"), opacity: 0.75, borderColor: token("surface"), borderWidth: 1 },
        label },
      { type: "scatter", coordinateSystem: "geo", data: all.filter((p) => p.reference).map(dot), symbol: "diamond", symbolSize: 12, z: 5, itemStyle: { color: token("surface"), borderColor: token("us"), borderWidth: 1.75 },
        label },
    ],
  };
}
