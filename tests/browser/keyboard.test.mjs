// Rule 42 by keyboard and pointer: everything is reached in the order in which it is read, and seen where it is; a
// term's definition shows, stays and goes as WCAG 1.4.13 asks.
import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { address, each, open } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { sites } from "./lib/sites.mjs";
import { without } from "./lib/tools.mjs";

const skip = without("chromium");

// One page of each sort, and one that is read from right to left.
const journeys = {
  guide: ["index.html", "steps/set-expectations.html", "checklists/step-set-expectations.html", "roles/hit-champion.html"],
  constructs: ["index.html", "clinic/constructs.html", "clinic/plan.html", "arabic/steps/brief.html", "clinic/worksheets/contacts.html"],
};

// Everything that can be focused and is shown, in the order of the page, each marked by its number.
function number() {
  const able = "a[href], button, input, select, textarea, summary, [tabindex]";
  const shown = [...document.querySelectorAll(able)].filter((element) => element.tabIndex >= 0 && !element.disabled && element.getClientRects().length && getComputedStyle(element).visibility === "visible");
  shown.forEach((element, at) => (element.dataset.stop = at));
  return shown.map((element) => element.outerHTML.slice(0, 100));
}

// Where the focus is, and whether a reader sees it there.
function here() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const middle = document.elementFromPoint(Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1), Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1));
  return {
    stop: element.dataset.stop ?? null,
    what: element.outerHTML.slice(0, 80),
    isSeen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    isMarked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none",
    where: `${Math.round(box.top)} to ${Math.round(box.bottom)} of ${innerHeight}, ${scrollX} ${scrollY}, ${Math.round(box.left)} of ${innerWidth}`,
    isCovered: Boolean(middle) && getComputedStyle(middle).position === "fixed" && !element.contains(middle),
  };
}

// Where the system forces its colours, shadows and backgrounds are gone, and a mark has to be seen without them.
const looks = { "": {}, ", in forced colours": { forcedColors: "active" } };

for (const [site, [look, media]] of sites().flatMap((site) => Object.entries(looks).map((look) => [site, look]))) {
  test(`keyboard: ${site.name}: Tab reaches everything in its order, seen and marked${look}`, { skip }, async () => {
    none(await each(journeys[site.name], { reducedMotion: "reduce", ...media }, async (page, path) => {
      await page.goto(address(site, path));
      const stops = await page.evaluate(number);
      const faults = [];
      const reached = [];
      // A definition that opens adds a stop of its own, hence twice as many.
      for (let presses = 0; presses < 2 * stops.length + 2; presses += 1) {
        await page.keyboard.press("Tab");
        let at = await page.evaluate(here);
        if (!at) break;
        // A busy machine scrolls to it some frames later.
        for (const deadline = Date.now() + 5_000; !at?.isSeen && Date.now() < deadline; at = await page.evaluate(here)) {
          await page.evaluate(() => new Promise((later) => requestAnimationFrame(later)));
        }
        if (at.stop !== null) reached.push(+at.stop);
        if (!at.isSeen) faults.push(`focused out of sight: ${at.what} ${at.where}`);
        if (!at.isMarked) faults.push(`focus is not marked: ${at.what}`);
        if (at.isCovered) faults.push(`focus is covered: ${at.what}`);
        if (at.stop === String(stops.length - 1)) break;
      }
      stops.forEach((stop, at) => reached.includes(at) || faults.push(`not reached: ${stop}`));
      if (reached.some((stop, at) => at && stop < reached[at - 1])) faults.push(`out of order: ${reached.join(" ")}`);
      return faults.map((fault) => `${path}: ${fault}`);
    }));
  });
}

describe("a page by keyboard and pointer", { skip }, () => {
  const [guide, constructs] = sites();
  const step = "steps/set-expectations.html";
  const on = (name, site, path, test, options = {}) => it(name, async () => {
    const context = await open(options);
    try {
      const page = await context.newPage();
      await page.goto(address(site, path));
      await test(page, page.locator("main a.term").first(), page.locator("#definition"));
    } finally {
      await context.close();
    }
  });

  on("the skip link shows first, and leads to the text", guide, step, async (page) => {
    await page.keyboard.press("Tab");
    const skip = page.locator(".skip");
    assert.ok(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().top >= 0));
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "MAIN");
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.querySelector("main").contains(document.activeElement)));
  });

  on("a definition shows on focus, is announced, and goes with Esc without moving the focus", guide, step, async (page, term, definition) => {
    await term.focus();
    await definition.waitFor();
    assert.equal(await definition.innerText(), await term.getAttribute("data-definition"));
    assert.equal(await term.getAttribute("aria-describedby"), "definition");
    await page.keyboard.press("Escape");
    await definition.waitFor({ state: "detached" });
    assert.ok(await term.evaluate((link) => link === document.activeElement));
  });

  on("Tab leads from a term into its definition and on", guide, step, async (page, term) => {
    await term.focus();
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.closest(".definition")));
    await page.keyboard.press("Tab");
    // What comes next may be a term too, with a definition of its own.
    await page.waitForFunction((link) => !link.hasAttribute("aria-describedby"), await term.elementHandle());
  });

  on("a definition shows on hover, can be pointed at, stays, and goes with Esc or when one leaves", guide, step, async (page, term, definition) => {
    await term.hover();
    await definition.waitFor();
    const box = await definition.boundingBox();
    await page.mouse.move(box.x + 10, box.y + box.height / 2, { steps: 8 });
    // Longer than the page waits before it closes: it is still there.
    await page.evaluate(() => new Promise((later) => setTimeout(later, 600)));
    assert.ok(await definition.isVisible(), "it stays under the pointer");
    await page.keyboard.press("Escape");
    await definition.waitFor({ state: "detached" });
    await page.mouse.move(0, 0);
    await term.hover();
    await definition.waitFor();
    await page.mouse.move(0, 0);
    await definition.waitFor({ state: "detached" });
  });

  on("a tap shows the definition, a second one follows the link", guide, step, async (page, term, definition) => {
    await term.tap();
    await definition.waitFor();
    assert.ok(page.url().endsWith(step));
    const box = await definition.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, "it stands inside the window");
    await term.tap();
    await page.waitForURL(/\/terms\//);
  }, { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });

  on("every definition stands inside a narrow window, from the right as from the left", constructs, "clinic/constructs.html", async (page) => {
    for (const path of ["clinic/constructs.html", "arabic/steps/brief.html"]) {
      await page.goto(address(constructs, path));
      const terms = page.locator("main a.term");
      for (let at = 0; at < (await terms.count()); at += 1) {
        await terms.nth(at).focus();
        const box = await page.locator(".definition").boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= 320, `${path}: ${await terms.nth(at).innerText()} at ${box.x}`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), `${path} scrolls sideways`);
      }
    }
  }, { viewport: { width: 320, height: 640 } });

  on("from the first page to the next step's by keyboard alone: a task ticked, cleared and brought back", guide, "index.html", async (page) => {
    const to = async (selector, key = "Tab") => {
      for (let presses = 0; presses < 120; presses += 1) {
        await page.keyboard.press(key);
        if (await page.evaluate((selector) => document.activeElement.matches(selector), selector)) return;
      }
      assert.fail(`${selector} is not reached`);
    };
    await to(".next-action > a");
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`${step}$`));
    await to(".next-action > a");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#page\.tasks$/);
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.closest(".checklist")), "the next stop is in the checklist");
    await to("input[data-key]");
    await page.keyboard.press("Space");
    const progress = page.locator(".checklist [data-progress]");
    assert.match(await progress.innerText(), /^1 of 9 done$/);
    assert.equal(await progress.getAttribute("role"), "status");
    await to("[data-clear]");
    await page.keyboard.press("Enter");
    assert.match(await progress.innerText(), /^0 of 9 done$/);
    await to("[role=status] button", "Shift+Tab");
    await page.keyboard.press("Enter");
    assert.match(await progress.innerText(), /^1 of 9 done$/);
    assert.ok(await page.evaluate(() => document.activeElement.matches("[data-clear]")), "the focus is back");
    await to("a[rel=next]");
    await page.keyboard.press("Enter");
    await page.waitForURL(/steps\/brief-the-team\.html$/);
  });

  on("no single key does anything", guide, step, async (page) => {
    const before = await page.content();
    for (const letter of "abcdefghijklmnopqrstuvwxyz/?.") await page.keyboard.press(letter);
    assert.equal(page.url(), address(guide, step));
    assert.equal(await page.content(), before);
  });
});
