// Tabler ships every component it has; most of the loud ones have no place here. What is listed here is dropped from the sheet,
// which halves its parse time. Nothing may use these names (tests/ui/test_templates.py).

export const DROPPED = [
  // integrations with scripts that we do not load
  "apexcharts", "carousel", "countup", "dropzone", "dz-", "fc-", "fslightbox", "fullcalendar", "hljs", "jvm-", "litepicker", "nouislider", "noUi", "plyr", "signature",
  "tom-", "tox", "ts-", "typed", "wysiwyg", "nprogress", "turbo",
  // what is too loud here, and what our own components replace
  "accordion", "alert", "avatar", "badge", "browser", "card", "chat", "chip", "datagrid", "dimmer", "dropdown", "flag", "form-colorinput", "form-imagecheck",
  "form-selectgroup", "gradient", "hero", "icon-", "image-upload", "kanban", "legend", "list-group", "loader", "markdown", "modal", "nav-", "navbar", "offcanvas",
  "page-", "pagination", "payment", "placeholder", "popover", "pricing", "progress", "ribbon", "segmented", "social", "spinner", "star-rating", "status", "stepper", "steps",
  "swatch", "switch-icon", "tag", "timeline", "toast", "tooltip", "tracking", "trends", "sidebar", "skeleton", "tabs",
  // colours by name: ours come from tokens.css
  "bg-", "text-bg", "btn-", "border-(?:primary|secondary|success|warning|danger|info|light|dark)", "link-", "theme-", "hover-", "table-(?:primary|secondary|success|info|warning|danger|light|dark|striped)",
  "text-(?:blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|black|white|light|dark|gray|x|facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler)",
];
const dropped = new RegExp(`^(?:${DROPPED.join("|")})`);

/** Index just after the block or statement that starts at `from`; quotes, brackets and nested blocks are stepped over. */
function endOf(css, from) {
  let depth = 0;
  for (let at = from; at < css.length; at += 1) {
    const char = css[at];
    if (char === '"' || char === "'") at = css.indexOf(char, at + 1);
    else if (char === "\\") at += 1;
    else if (css.startsWith("/*", at)) at = css.indexOf("*/", at) + 1;
    else if (char === "(") { while (css[at] !== ")") at += 1; }
    else if (char === "{") depth += 1;
    else if (char === "}" && --depth === 0) return at + 1;
    else if (char === ";" && depth === 0) return at + 1;
  }
  return css.length;
}

const needsDropped = (selector) => [...selector.matchAll(/\.((?:[\w-]|\\.)+)/g)].some(([, name]) => dropped.test(name));

/** Tabler's (minified) sheet without the rules whose every selector needs a dropped class. */
export function slimTabler(css) {
  let slim = "";
  for (let at = 0; at < css.length;) {
    const end = endOf(css, at);
    const rule = css.slice(at, end);
    const open = rule.indexOf("{");
    const head = rule.slice(0, open).replace(/\/\*[\s\S]*?\*\//g, "");
    if (open < 0) slim += rule.replace(/\/\*[\s\S]*?\*\//g, "");
    else if (/^@(media|supports|layer|container)/.test(head)) {
      const inner = slimTabler(rule.slice(open + 1, -1));
      if (inner) slim += `${head}{${inner}}`;
    } else if (head.startsWith("@")) slim += rule;
    else {
      const kept = head.split(/,(?![^(]*\))/).filter((selector) => !needsDropped(selector));
      if (kept.length) slim += kept.join(",") + rule.slice(open);
    }
    at = end;
  }
  return slim;
}
