// axe-core finds nothing on any page, serious or not: WCAG 2.2 AA and its best practices, in light and in dark.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { address, each } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { sites } from "./lib/sites.mjs";
import { without } from "./lib/tools.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// Only what depends on colours is looked at again in the dark, and with more contrast.
const looks = [
  { name: "light", media: { colorScheme: "light" }, run: { runOnly: tags } },
  { name: "dark", media: { colorScheme: "dark" }, run: { runOnly: ["color-contrast", "link-in-text-block"] } },
  { name: "more contrast", media: { colorScheme: "light", contrast: "more" }, run: { runOnly: ["color-contrast", "link-in-text-block"] } },
];

for (const site of sites()) {
  test(`axe: ${site.name}`, { skip: without("chromium") }, async () => {
    const found = await each(site.pages, { reducedMotion: "reduce" }, async (page, path) => {
      const faults = [];
      await page.emulateMedia(looks[0].media);
      await page.goto(address(site, path));
      await page.evaluate(axe);
      for (const look of looks) {
        await page.emulateMedia(look.media);
        const { violations } = await page.evaluate((options) => globalThis.axe.run(document, { ...options, resultTypes: ["violations"] }), look.run);
        for (const { id, help, nodes } of violations) {
          faults.push(`${path}: ${look.name}: ${id}: ${help} (${nodes[0].target.join(" ")}: ${nodes[0].html.slice(0, 120)})`);
        }
      }
      return faults;
    });
    none(found);
  });
}
