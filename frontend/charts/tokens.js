// Colours and type come from tokens.css, read at drawing time, so that a chart follows the theme.
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const locale = document.documentElement.lang === "fr" ? "fr-FR" : "en-GB";
export const figure = (value, digits = 0) => (value === null || value === undefined ? "?"
  : new Intl.NumberFormat(locale, { useGrouping: "always", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value).replace("-", "−")
    .replaceAll("\u202f", "\u00a0"));  // not every engine draws the narrow one

export const font = () => ({ fontFamily: token("font"), fontSize: 11, color: token("ink-3") });

export const base = () => ({
  animation: false,
  aria: { enabled: false },
  textStyle: { fontFamily: token("font") },
  tooltip: {
    renderMode: "richText", confine: true, backgroundColor: token("raised"), borderColor: token("line-strong"), borderWidth: 1, padding: [6, 9],
    textStyle: { ...font(), fontSize: 12, color: token("ink") }, shadowBlur: 0, transitionDuration: 0,
  },
});

export const axis = () => ({
  axisLine: { show: false }, axisTick: { show: false }, axisLabel: font(), nameTextStyle: font(),
  splitLine: { lineStyle: { color: token("line"), width: 1 } },
});

export const ground = () => ({ ...axis(), splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: token("line-strong") } } });

/** Missing: a hatch with an outline, never a colour of its own. */
export const missing = () => ({
  color: token("surface"), borderColor: token("line-strong"), borderWidth: 1,
  decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1.5, 3.5], rotation: -Math.PI / 4, color: token("ink-3") },
});

export const tone = (name) => (name === "missing" ? missing() : { color: token(name || "us") });

/** A round step for about `parts` intervals, and the end of the scale above `top`. */
export function scale(top, parts = 4) {
  const rough = Math.max(top, 1e-9) / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough);
  return { interval: step, max: Math.ceil((top * 1.02) / step) * step };
}
