// How pages look where a reader has asked for something: less motion, the system's own colours, another direction, paper.
import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { address, each, open } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { sites } from "./lib/sites.mjs";
import { without } from "./lib/tools.mjs";

const skip = without("chromium");
const [guide, constructs] = sites();
const step = "steps/set-expectations.html";

describe("looks", { skip }, () => {
  const on = (name, site, path, options, test) => it(name, async () => {
    const context = await open(options);
    try {
      const page = await context.newPage();
      await page.goto(address(site, path));
      await test(page);
    } finally {
      await context.close();
    }
  });
  // How long a tick takes to show, in seconds.
  const ticking = async (page) => {
    const box = page.locator("main input[data-key]").first();
    await box.check();
    const { name, duration } = await box.evaluate((box) => {
      const tick = getComputedStyle(box, "::before");
      return { name: tick.animationName, duration: parseFloat(tick.animationDuration) };
    });
    assert.equal(name, "tick");
    return duration;
  };

  on("a tick answers within 150 ms", guide, step, {}, async (page) => {
    const duration = await ticking(page);
    assert.ok(duration > 0 && duration < 0.15, `${duration} s`);
  });

  on("nothing moves where a reader asks for that", guide, step, { reducedMotion: "reduce" }, async (page) => {
    assert.equal(await ticking(page), 0);
    assert.equal(await page.evaluate(() => document.getAnimations().filter((animation) => animation.effect.getTiming().duration > 0).length), 0);
  });

  on("in forced colours the next action, the mark and a tick are seen", guide, step, { forcedColors: "active" }, async (page) => {
    const arm = page.locator(".next-action > a").first();
    assert.match(await arm.evaluate((link) => getComputedStyle(link).textDecorationLine), /underline/);
    const [mark, ground] = await page.evaluate(() => [getComputedStyle(document.querySelector(".site-name"), "::before").backgroundColor, getComputedStyle(document.body).backgroundColor]);
    assert.notEqual(mark, ground);
    const box = page.locator("main input[data-key]").first();
    const before = await box.screenshot();
    await box.check();
    assert.notDeepEqual(await box.screenshot(), before);
  });

  on("from right to left everything stands on the other side", constructs, "arabic/steps/brief.html", {}, async (page) => {
    const middle = async (selector) => {
      const { x, width } = await page.locator(selector).first().boundingBox();
      return x + width / 2;
    };
    assert.ok((await middle("nav.way")) > (await middle("main")), "the way stands right of the text");
    assert.ok((await middle(".post")) > (await middle("h1")), "the number stands right of the title");
    assert.ok((await middle(".task > input")) > (await middle(".task > label")), "a box stands right of its item");
    assert.ok((await middle(".facts dt")) > (await middle(".facts dd")));
    // Joined letters are not pulled together.
    assert.match(await page.locator("h1").evaluate((title) => getComputedStyle(title).letterSpacing), /^(normal|0px)$/);
    const tip = await page.locator(".next-action > a").first().evaluate((link) => {
      const tip = getComputedStyle(link, "::after");
      return parseFloat(tip.left) < 0 && tip.clipPath.replace(/\s/g, "").startsWith("polygon(100%0");
    });
    assert.ok(tip, "the arm points to the left");
  });

  // Somebody who has ticked before sees their progress at once, too.
  on("nothing shifts while a page loads", guide, step, { viewport: { width: 390, height: 800 } }, async (page) => {
    await page.locator("main input[data-key]").first().check();
    await page.addInitScript(() => {
      globalThis.shifts = [];
      new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value))).observe({ type: "layout-shift", buffered: true });
    });
    const faults = [];
    for (const path of ["index.html", step, "steps/index.html", "roles/hit-champion.html", "plan.html", "checklists/step-set-expectations.html"]) {
      await page.goto(address(guide, path));
      const shifts = await page.evaluate(() => new Promise((later) => requestAnimationFrame(() => requestAnimationFrame(() => later(globalThis.shifts)))));
      faults.push(...shifts.map((shift) => `${path}: shifts by ${shift}`));
    }
    none(faults);
  });
});

test("a printed page lists the definitions of the terms that it uses, and of no others", { skip }, async () => {
  let pages = 0;
  for (const site of sites()) {
    none(await each(site.pages.filter((path) => !site.sheets.includes(path) && !path.endsWith("print.html")), {}, async (page, path) => {
      await page.emulateMedia({ media: "print" });
      await page.goto(address(site, path));
      const { used, listed } = await page.evaluate(() => ({
        used: [...new Set([...document.querySelectorAll("main a.term")].map((term) => term.dataset.definition))],
        listed: [...document.querySelectorAll("section.print-only dd")].filter((entry) => entry.getClientRects().length).map((entry) => entry.innerText.trim()),
      }));
      pages += used.length > 0;
      const faults = used.filter((definition) => !listed.includes(definition)).map((definition) => `${path}: not listed: ${definition}`);
      return [...faults, ...(listed.length > used.length ? [`${path}: lists ${listed.length} definitions, uses ${used.length}`] : [])];
    }));
  }
  assert.ok(pages > 10, `${pages} pages use terms`);
});
