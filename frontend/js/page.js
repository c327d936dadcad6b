// Small things that several modules need.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** The words of the page's language, written by the server into <template id="words">. */
export const words = (key, values = {}) => ($("#words")?.dataset[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** A time of the day as the server writes it: in the page's language and the vendor's zone, whatever the browser's are. */
export function clock(date) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: words("zone") || undefined, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(date);
  const part = (type) => parts.find((one) => one.type === type).value;
  return words("clock", { hour: part("hour"), minute: part("minute") });
}

export const csrf = () => $('meta[name="csrf"]')?.content ?? "";

export const post = (url, values) => fetch(url, {
  method: "POST", body: new URLSearchParams(values), credentials: "same-origin",
  headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch" },
});

/** An icon of the sprite, as the server draws it. */
export function icon(name) {
  const sprite = $("use")?.getAttribute("href").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  svg.firstChild.setAttribute("href", `${sprite}#${name}`);
  return svg;
}

export function make(tag, properties = {}, ...children) {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.dataset, dataset);
  element.append(...children);
  return element;
}

export const isTyping = (target) => target.matches?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");
