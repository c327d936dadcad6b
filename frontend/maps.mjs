// Natural Earth outlines (world-atlas), simplified to what a 600 px wide map can show.
import { readFile } from "node:fs/promises";
import { feature } from "topojson-client";
import { filter, filterWeight, planarRingArea, presimplify, quantile, simplify } from "topojson-simplify";

/** Decimals kept: 2 is about 1 km, a third of a pixel on a map of France 600 px wide. */
const round = (value, digits) => Number(value.toFixed(digits));
const rounded = (points, digits) => (typeof points[0] === "number"
  ? [round(points[0], digits), round(points[1], digits)]
  : points.map((point) => rounded(point, digits)));

function collection(topology, digits, keep) {
  const shapes = feature(topology, topology.objects.countries);
  shapes.features = shapes.features.filter((shape) => shape.geometry && keep(shape)).map((shape) => ({
    type: "Feature",
    id: shape.id,
    properties: { name: shape.properties.name, numeric: shape.id },
    geometry: { type: shape.geometry.type, coordinates: rounded(shape.geometry.coordinates, digits) },
  }));
  return shapes;
}

/** The part of a shape that lies in the window, ring by ring: French Guiana is not in Europe's picture. */
function within(shape, [west, south, east, north]) {
  const inside = (ring) => ring.some(([x, y]) => x > west && x < east && y > south && y < north);
  const polygons = (shape.geometry.type === "Polygon" ? [shape.geometry.coordinates] : shape.geometry.coordinates)
    .filter((polygon) => inside(polygon[0]));
  return polygons.length ? { ...shape, geometry: { type: "MultiPolygon", coordinates: polygons } } : null;
}

const EUROPE = [-25, 33, 46, 72];

/** {europe, world}: GeoJSON feature collections of countries, keyed by ISO numeric code in `id`. */
export async function outlines(packageFile) {
  const read = async (name) => JSON.parse(await readFile(packageFile(`world-atlas/countries-${name}.json`), "utf8"));
  let fine = presimplify(await read("50m"));
  fine = simplify(fine, quantile(fine, 0.3));
  fine = filter(fine, filterWeight(fine, 0.004, planarRingArea));
  const europe = collection(fine, 2, () => true);
  europe.features = europe.features.map((shape) => within(shape, EUROPE)).filter(Boolean);
  const world = collection(await read("110m"), 1, (shape) => shape.properties.name !== "Antarctica");
  return { europe, world };
}
