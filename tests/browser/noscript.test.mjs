// Rules 5 and 44: without JavaScript every page shows all its text, its boxes can be ticked and printed, and it says
// that ticks aren't kept.
import assert from "node:assert/strict";
import { before, describe, it, test } from "node:test";
import { address, each, open } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { sites } from "./lib/sites.mjs";
import { without } from "./lib/tools.mjs";

const skip = without("chromium");

// The texts that a reader sees, less what is only of use with scripts.
function texts() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest("script, noscript, template, svg, .print-only")) continue;
    if (parent.closest("[data-tick-tools], [data-print-tools], [data-progress], [data-progress-all], [data-ticks], [data-needs-script], [role=status]")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = node.data.trim().replace(/\s+/g, " ");
    found.push({ text, row: parent.closest("tr"), isShown: range.getClientRects().length > 0 });
  }
  // An owner stands in a column or below its item, as there is room.
  return found.map(({ text, row, isShown }) => ({ text, isShown: isShown || found.some((other) => row && other.row === row && other.isShown && other.text === text) }));
}

// What is wrong with a page whose scripts don't run.
function dead() {
  const faults = [];
  const boxes = [...document.querySelectorAll("main input[type=checkbox]")];
  for (const box of boxes) {
    box.focus();
    const name = box.labels[0]?.innerText.trim();
    if (box.disabled || document.activeElement !== box) faults.push(`a box that takes no focus: ${name}`);
    if (!name) faults.push(`a box without a label: ${box.id}`);
  }
  const said = [...document.querySelectorAll("noscript")].map((element) => element.innerText).join(" ");
  if (boxes.length && document.querySelector("[data-tick-tools]") && !/ticks are not kept|las marcas no se guardan|لا تُحفظ/.test(said)) faults.push("does not say that ticks aren't kept");
  for (const element of document.querySelectorAll("details:not([open]), [aria-expanded], [role=button], main button")) {
    if (element.getClientRects().length) faults.push(`looks as if it did something: ${element.outerHTML.slice(0, 80)}`);
  }
  return faults;
}

// What helps those who read with other means than their eyes, and needs no script.
function outline() {
  const faults = [];
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((heading) => heading.getClientRects().length).map((heading) => [+heading.tagName[1], heading.innerText]);
  if (levels.filter(([level]) => level === 1).length !== 1) faults.push("not one h1");
  levels.forEach(([level, text], at) => at && level > levels[at - 1][0] + 1 && faults.push(`level ${level} under ${levels[at - 1][0]}: ${text}`));
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  const { lang, dir } = document.documentElement;
  if (!lang || !document.title.trim()) faults.push("no language or title");
  if ((dir === "rtl") !== (lang === "ar")) faults.push(`lang=${lang} dir=${dir}`);
  return faults;
}

for (const site of sites()) {
  describe(`without JavaScript: ${site.name}`, { skip }, () => {
    const found = { text: [], use: [], outline: [] };

    before(() => each(site.pages, { javaScriptEnabled: false }, async (page, path) => {
      const note = (what, faults) => found[what].push(...faults.map((fault) => `${site.name}/${path}: ${fault}`));
      await page.goto(address(site, path));
      note("text", (await page.evaluate(texts)).filter(({ isShown }) => !isShown).map(({ text }) => `hidden text: ${text.slice(0, 60)}`));
      note("use", await page.evaluate(dead));
      note("outline", await page.evaluate(outline));
    }));

    it("all text shows", () => none(found.text));
    it("boxes can be ticked, and nothing looks as if it did more than it does", () => none(found.use));
    it("headings go down one level at a time, and the page says its language", () => none(found.outline));
  });
}

test("without JavaScript one finds one's part, ticks, prints, and looks a word up", { skip }, async () => {
  const [guide] = sites();
  const context = await open({ javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    const follow = async (link, expected) => {
      await page.locator(link).first().click();
      assert.ok(page.url().endsWith(expected), `${link} leads to ${page.url()}`);
    };
    await page.goto(address(guide, "index.html"));
    await follow('.next-action a[href="#page.roles"]', "#page.roles");
    await follow(".roles a", "roles/hit-champion.html");
    await follow(".next-action > a", "print/role-hit-champion.html");
    const box = page.locator("main input[type=checkbox]").first();
    await page.locator(`label[for="${await box.getAttribute("id")}"]`).first().click();
    assert.ok(await box.isChecked());
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator(".sheet").first().isVisible());
    assert.ok(!(await page.locator(".site-head").isVisible()));
    await page.emulateMedia({ media: "screen" });
    await follow(".breadcrumbs a", "index.html");
    await follow("main a.term", ".html");
    assert.match(page.url(), /\/terms\//);
    await page.goBack();
    await follow(".journey a", "steps/set-expectations.html");
    await follow("a[rel=next]", "steps/brief-the-team.html");
  } finally {
    await context.close();
  }
});
