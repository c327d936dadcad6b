// Builds everything that a browser loads into static/build/ (git-ignored). Run: npm run build
//   vendor.css   Tabler, without the parts that this product does not use     app.css   tokens.css and ours
//   reference.css, question.css, account.css, questionnaires.css, portal.css, mailbox.css   what the pages for integrators, the question of a study,
//                sign-in, questionnaires and partners need besides
//   app.js       htmx and our modules    theme.js   sets the theme before the first paint
//   passkeys.js  what the pages of sign-in and security need besides
//   portal.js, worker.js   the portal when the line is down
//   answers.js   the page where a questionnaire is answered    builder.js   the page where it is built
//   charts.js    ECharts (bar, line, scatter, custom, geo, SVG) and our kinds of charts
//   icons.svg    the sprite of frontend/icons.txt    maps/*.json   outlines    fonts/*.woff2   Inter
import { build, context, transform } from "esbuild";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { outlines } from "./maps.mjs";
import { slimTabler } from "./tabler.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const watching = process.argv.includes("--watch");
const place = join(root, "static", "build");
// Built beside and put in place at the end: a running server never finds half of it.
const out = watching ? place : join(root, "static", `.build-${process.pid}`);
const packageFile = createRequire(import.meta.url).resolve;

/** One symbol per icon; stroke and fill are inherited, so that CSS decides weight and colour. */
async function sprite() {
  const names = (await readFile(join(here, "icons.txt"), "utf8"))
    .split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const symbols = await Promise.all([...new Set(names)].sort().map(async (name) => {
    const svg = await readFile(packageFile(`@tabler/icons/outline/${name}.svg`), "utf8");
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "").replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  }));
  await writeFile(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function fonts() {
  await mkdir(join(out, "fonts"), { recursive: true });
  for (const subset of ["latin", "latin-ext"]) {
    const file = packageFile(`@fontsource-variable/inter/files/inter-${subset}-opsz-normal.woff2`);
    await cp(file, join(out, "fonts", `inter-${subset}.woff2`));
  }
}

async function maps() {
  await mkdir(join(out, "maps"), { recursive: true });
  for (const [name, data] of Object.entries(await outlines(packageFile))) {
    await writeFile(join(out, "maps", `${name}.json`), JSON.stringify(data));
  }
}

async function vendorStyles() {
  const css = await readFile(packageFile("@tabler/core/dist/css/tabler.min.css"), "utf8");
  const slim = slimTabler(css.replace(/\/\*# sourceMappingURL=.*?\*\//, ""));
  await writeFile(join(out, "vendor.css"), (await transform(slim, { loader: "css", minify: true })).code);
}

const shared = { bundle: true, minify: true, target: ["es2022", "chrome111", "firefox115", "safari16.4"], legalComments: "none" };
// What one page or two need besides.
const pages = { answers: join(here, "js/answers.js"), builder: join(here, "js/builder.js") };
const bundles = [
  {
    entryPoints: {
      app: join(root, "static/css/app.css"), reference: join(root, "static/css/ui/reference.css"), question: join(root, "static/css/ui/question.css"),
      account: join(root, "static/css/ui/account.css"), questionnaires: join(root, "static/css/ui/questionnaires.css"),
      portal: join(root, "static/css/ui/portal.css"), mailbox: join(root, "static/css/ui/mailbox.css"),
    },
    external: ["./fonts/*"],
  },
  { entryPoints: { app: join(here, "js/app.js"), theme: join(here, "js/theme.js"), passkeys: join(here, "js/passkeys.js"), portal: join(here, "js/portal.js"), worker: join(here, "js/worker.js"), ...pages }, format: "iife" },
  { entryPoints: { charts: join(here, "charts/index.js") }, format: "iife" },
].map((options) => ({ ...shared, ...options, outdir: out, logLevel: "warning" }));

await mkdir(out, { recursive: true });
const started = performance.now();
await Promise.all([sprite(), fonts(), maps(), vendorStyles(), ...(watching ? [] : bundles.map((options) => build(options)))]);
if (watching) {
  await Promise.all(bundles.map(async (options) => (await context(options)).watch()));
  console.log("watching static/css and frontend");
} else {
  await rm(place, { recursive: true, force: true });
  await rename(out, place);
  console.log(`static/build written in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
