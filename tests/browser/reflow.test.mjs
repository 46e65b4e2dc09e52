// At 320 px, which is also a window of 1280 px at 400 %, no page scrolls sideways and nothing is cut off (WCAG 1.4.10).
// With SHOTS=folder, pictures of all pages are kept there: phone, tablet and desktop, light and dark.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { address, each } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { sites } from "./lib/sites.mjs";
import { without } from "./lib/tools.mjs";

const skip = without("chromium");
const windows = { "320 px": { width: 320, height: 640 }, "1280 by 1024 px at 400 %": { width: 320, height: 256 } };

// Text that ends outside the window counts, but inside a region that scrolls by itself, as wide tables may.
function beyond() {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => element && (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const found = [];
  if (document.documentElement.scrollWidth > width) found.push(`scrolls sideways: ${document.documentElement.scrollWidth} px`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim() || node.parentElement.closest(".visually-hidden, .skip, svg") || scrolls(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const out = [...range.getClientRects()].find((box) => box.width && (box.right > width + 1 || box.left < -1));
    if (out) found.push(`text is cut off: ${node.data.trim().slice(0, 60)}`);
  }
  return found.slice(0, 5);
}

// Where each picture of the text ends, counted from the top of the page.
const ends = () => [...document.querySelectorAll("main img")].map((image) => Math.round(image.getBoundingClientRect().bottom + scrollY));

test("pictures have their room before they come, so that nothing moves when they do", { skip }, async () => {
  const site = sites().find((other) => other.name === "constructs");
  const paths = ["clinic/constructs.html", "clinic/checklists/long.html", "clinic/print.html"];
  none(await each(paths, {}, async (page, path) => {
    const found = [];
    for (const [name, size] of Object.entries({ ...windows, "a desk": { width: 1280, height: 900 } })) {
      await page.setViewportSize(size);
      // They never come; then they do.
      const held = (url) => /\/images\//.test(url.pathname);
      await page.route(held, () => {});
      await page.goto(address(site, path), { waitUntil: "domcontentloaded" });
      const before = await page.evaluate(ends);
      await page.unroute(held);
      await page.goto(address(site, path));
      await page.evaluate(() => Promise.all([...document.images].map((image) => ((image.loading = "eager"), image.decode()))));
      const after = await page.evaluate(ends);
      if (!before.length || String(before) !== String(after)) found.push(`${path}: ${name}: pictures end at ${before}, and at ${after} once they are there`);
    }
    return found;
  }));
});

for (const site of sites()) {
  test(`reflow: ${site.name}`, { skip }, async () => {
    none(await each(site.pages, {}, async (page, path) => {
      const found = [];
      await page.goto(address(site, path));
      for (const [name, size] of Object.entries(windows)) {
        await page.setViewportSize(size);
        found.push((await page.evaluate(beyond)).map((fault) => `${path}: ${name}: ${fault}`));
      }
      return found;
    }));
  });

  const shots = process.env.SHOTS;
  test(`screenshots: ${site.name}`, { skip: skip || (shots ? false : "SHOTS names no folder") }, async () => {
    await each(site.pages, {}, async (page, path) => {
      await page.goto(address(site, path));
      for (const width of [390, 820, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          const folder = join(shots, site.name, `${width}-${colorScheme}`);
          mkdirSync(folder, { recursive: true });
          await page.screenshot({ path: join(folder, `${path.replaceAll("/", "--").replace(".html", "")}.png`), fullPage: true });
        }
      }
    });
  });
}
