// Names in a picture: each stands where it covers no dot and no other name and stays within the frame, or it is not shown (a tooltip has it).
import { token } from "./tokens.js";

const LINE = 17;
/** How much nearer to its point than its gap a name above or below it is drawn: its letters reach beyond their line. */
const NEARER = 3;
let pen;

/** How wide words are drawn, in pixels. */
function wide(words) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `600 11px ${token("font")}`;
  return Math.ceil(pen.measureText(words).width) + 12;
}

/** Places of a name around a point at (x, y), the likeliest first: box to keep free, and what ECharts calls it. */
const around = (x, y, width, gap) => [
  ["right", x + gap, y - LINE / 2, LINE], ["left", x - gap - width, y - LINE / 2, LINE],
  ["top", x - width / 2, y - gap - LINE, LINE + NEARER], ["bottom", x - width / 2, y + gap - NEARER, LINE + NEARER],
].map(([position, left, top, height]) => ({ position, left, top, right: left + width, bottom: top + height }));

const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const inside = (a, frame) => a.left >= frame.left && a.right <= frame.right && a.top >= frame.top && a.bottom <= frame.bottom;

/** Gives each of `wanted` ({point, at, words, gap}, the most wanted first) a place that meets no dot ([x, y, radius]) and no other name;
 *  none where there is none, and no more than `most` altogether. */
export function placed(wanted, dots, frame, most = Infinity) {
  const taken = dots.map(([x, y, radius = 5]) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }));
  const found = new Map();
  for (const { point, at: [x, y], words, gap } of wanted) {
    if (found.size >= most) break;
    const within = around(x, y, wide(words), gap).filter((box) => inside(box, frame));
    const free = within.find((box) => !taken.some((other) => meets(box, other)));
    if (free) { taken.push(free); found.set(point, free.position); }
  }
  return found;
}
