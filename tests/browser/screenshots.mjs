// Makes the pictures of the README and of the gallery: `scripts/screenshots`, which makes them small afterwards.
//
//   node screenshots.mjs SITE FOLDER      SITE is the built guide of content/, with its PDFs on Letter
//
// In the gallery each kind of page is one picture: as on a phone, a tablet and a desk, in the light and in the dark.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { options } from "./lib/chromium.mjs";
import { folder } from "./lib/sites.mjs";

const [site, to] = process.argv.slice(2).map((path) => resolve(path));
const gallery = join(to, "gallery");
const work = folder();
const browser = await chromium.launch(options());
const open = (context) => browser.newContext(context);
mkdirSync(gallery, { recursive: true });

// Name, address, and the part of the page that is shown where that is not its top.
const kinds = [
  ["home", "index.html"],
  ["step", "steps/set-expectations.html"],
  ["checklist", "steps/set-expectations.html", "#page\\.tasks"],
  ["role", "roles/hit-champion.html"],
  ["criteria", "criteria/index.html"],
  ["sheet", "checklists/step-set-expectations.html"],
  ["worksheet", "worksheets/vendor-contacts.html"],
  ["plan", "plan.html", "#page\\.drawing"],
  ["glossary", "glossary.html"],
  ["search", "search.html"],
  ["printables", "checklists/index.html"],
];
// What a few minutes' work leaves behind, so that ticks and progress are seen.
const TICKED = 4;
// CSS pixels of the windows, and how large they are in the picture.
const widths = [390, 820, 1280];
const HEIGHT = 1040;
const SCALE = 0.62;

const sheets = [
  ["sheets-on-paper", ["checklists/step-set-expectations", "worksheets/expectation-agreement", "checklists/journey"]],
  ["sheets-on-their-side", ["plan-sheet", "checklists/matrix"]],
];
// Pages that one prints with the browser's own command.
const prints = [["pages-on-paper", ["index.html", "steps/set-expectations.html", "roles/hit-champion.html"]]];

async function shoot(file, path, { width, height = HEIGHT, colorScheme, part, scale = SCALE }) {
  const context = await open({ viewport: { width, height }, colorScheme, deviceScaleFactor: scale, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(pathToFileURL(join(site, path)).href);
  const boxes = await page.locator("main input[data-key]").all();
  for (const box of boxes.slice(0, TICKED)) await box.check();
  if (path === "search.html") {
    // A slip of the keyboard, which is forgiven.
    await page.getByRole("searchbox").last().fill("vender");
    await page.getByText("Develop vendor resources and contacts", { exact: false }).last().waitFor();
  }
  await page.mouse.move(0, 0);
  await page.evaluate((part) => {
    document.activeElement?.blur();
    scrollTo(0, part ? document.querySelector(part).getBoundingClientRect().top + scrollY - 32 : 0);
  }, part);
  await page.screenshot({ path: file });
  await context.close();
}

// Puts pictures beside and below each other on a quiet ground.
async function together(file, rows, { width, zoom = 1 }) {
  const context = await open({ viewport: { width, height: 400 } });
  const page = await context.newPage();
  const picture = (path) => `<img src="data:image/png;base64,${readFileSync(path).toString("base64")}" style="zoom:${zoom}">`;
  await page.setContent(`<style>body{margin:0;padding:20px;display:grid;gap:20px;background:#d9d4ca;inline-size:max-content}div{display:flex;gap:20px}img{display:block}</style>${rows.map((row) => `<div>${row.map(picture).join("")}</div>`).join("")}`);
  await page.locator("body").screenshot({ path: file });
  await context.close();
}

// The first page of a PDF as a picture; grey, as a copier would have it.
function page(pdf, name, resolution) {
  execFileSync("pdftoppm", ["-r", String(resolution), "-gray", "-png", "-singlefile", pdf, join(work, name)]);
  return join(work, `${name}.png`);
}

for (const [name, path, part] of kinds.filter(([, path]) => existsSync(join(site, path)))) {
  const rows = [];
  for (const colorScheme of ["light", "dark"]) {
    const row = widths.map((width) => join(work, `${name}-${width}-${colorScheme}.png`));
    for (const [at, file] of row.entries()) await shoot(file, path, { width: widths[at], colorScheme, part });
    rows.push(row);
  }
  await together(join(gallery, `${name}.png`), rows, { width: 1700 });
}
for (const [name, paths] of sheets) {
  const pictures = paths.map((path, at) => page(join(site, `${path}-letter.pdf`), `${name}-${at}`, 62));
  await together(join(gallery, `${name}.png`), [pictures], { width: 1700 });
}
for (const [name, paths] of prints) {
  const context = await open();
  const pictures = [];
  for (const [at, path] of paths.entries()) {
    const tab = await context.newPage();
    await tab.goto(pathToFileURL(join(site, path)).href);
    const pdf = join(work, `${name}-${at}.pdf`);
    await tab.pdf({ path: pdf, format: "Letter", preferCSSPageSize: true });
    pictures.push(page(pdf, `${name}-${at}`, 62));
  }
  await context.close();
  await together(join(gallery, `${name}.png`), [pictures], { width: 1700 });
}

// The README's.
await shoot(join(to, "home.png"), "index.html", { width: 1200, height: 900, colorScheme: "light", scale: 1 });
await shoot(join(to, "step.png"), "steps/set-expectations.html", { width: 1200, height: 1000, colorScheme: "light", scale: 1 });
execFileSync("pdftoppm", ["-r", "60", "-png", "-singlefile", join(site, "checklists/step-set-expectations-letter.pdf"), join(to, "sheet")]);
await browser.close();
