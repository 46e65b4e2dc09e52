// Rules 30, 31 and 43: ticks are kept in this browser by item and text, cleared on one's word, printed on one's wish,
// and nothing breaks where the browser keeps nothing. The guide is built anew while its pages are open.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { address, open } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { copy, folder, sites } from "./lib/sites.mjs";
import { build, without } from "./lib/tools.mjs";

const source = "content/steps/01-set-expectations.md";
const step = "steps/set-expectations.html";
const sheet = "checklists/step-set-expectations.html";
const notices = "main [role=status]:not([data-progress])";
const key = (id) => `input[data-key$="#${id}"]`;

describe("ticks", { skip: without("chromium") }, () => {
  let root, server, context, page;

  before(async () => {
    root = copy("guide", join(folder(), "ticks"));
    build(root, join(root, "public"), "--no-pdf");
    server = await serve(join(root, "public"));
  });
  after(() => server?.close());

  // A new browser for each test, so that none finds another's ticks.
  const fresh = (name, test, options = {}) => it(name, async () => {
    context = await open({ acceptDownloads: true, ...options });
    try {
      page = await context.newPage();
      await test();
    } finally {
      await context.close();
    }
  });
  const visit = (path) => page.goto(server.url + path);
  const checked = (id) => page.locator(key(id)).isChecked();
  const until = (what, expected) => assertSoon(page, what, expected);

  fresh("are kept over a reload, and shared by the step, its sheet and the role's sheet", async () => {
    await visit(step);
    await page.locator(key("name-clinicians")).check();
    await until("[data-progress]", /^1 of 9 done$/);
    for (const path of [step, sheet, "checklists/role-clinicians.html"]) {
      await visit(path);
      assert.ok(await checked("name-clinicians"), path);
    }
    await visit("index.html");
    await until("main", /1 of 9 done/);
  });

  fresh("are kept from file:// too", async () => {
    const [guide] = sites();
    await page.goto(address(guide, step));
    await page.locator(key("name-clinicians")).check();
    await page.reload();
    assert.ok(await checked("name-clinicians"));
  });

  fresh("are ticked by the label and by the keyboard", async () => {
    await visit(step);
    await page.locator(`label[for="${await page.locator(key("hit-facilitates")).getAttribute("id")}"]`).click();
    assert.ok(await checked("hit-facilitates"));
    await page.locator(key("show-help")).focus();
    await page.keyboard.press("Space");
    assert.ok(await checked("show-help"));
  });

  fresh("are cleared by a button that shows, and brought back", async () => {
    await visit(step);
    await page.locator(key("name-clinicians")).check();
    await page.locator("[data-clear]").click();
    assert.equal(await checked("name-clinicians"), false);
    await page.locator(`${notices} button`).click();
    assert.ok(await checked("name-clinicians"));
    await page.locator("[data-clear]").click();
    await page.reload();
    assert.equal(await checked("name-clinicians"), false);
  });

  fresh("of an item whose text has changed are gone, with a notice that names it; an item that is gone is told of too", async () => {
    await visit(step);
    for (const id of ["name-clinicians", "hit-facilitates", "show-help"]) await page.locator(key(id)).check();
    const text = readFileSync(join(root, source), "utf8");
    const edited = text.replace("Name the clinicians who will", "Name all clinicians who will").replace(/^- \[ \] Show how.*\n/m, "");
    try {
      writeFileSync(join(root, source), edited);
      build(root, join(root, "public"), "--no-pdf");
      await page.reload();
      assert.equal(await checked("name-clinicians"), false);
      assert.ok(await checked("hit-facilitates"), "an item that stayed keeps its tick");
      await until(notices, /Name all clinicians who will/);
      await until(notices, /no longer on this page/);
      assert.equal(await page.locator(notices).getAttribute("role"), "status");
      // Ticked anew, it is settled.
      await page.locator(key("name-clinicians")).check();
      await page.reload();
      assert.ok(await checked("name-clinicians"));
      assert.equal(await page.locator(notices).innerText(), "");
    } finally {
      writeFileSync(join(root, source), text);
      build(root, join(root, "public"), "--no-pdf");
    }
  });

  fresh("go to a file and come back in another browser; a wrong file changes nothing", async () => {
    await visit(step);
    await page.locator(key("name-clinicians")).check();
    const download = page.waitForEvent("download");
    await page.locator("[data-save]").click();
    const file = join(root, "ticks.json");
    await (await download).saveAs(file);
    await page.locator("[data-clear]").click();
    await page.locator("[data-tick-tools] input[type=file]").setInputFiles(file);
    await until(notices, /Ticks loaded: 1/);
    assert.ok(await checked("name-clinicians"));
    for (const [name, text, notice] of [["broken", "{", /no ticks/], ["other", '{"guidepost":1,"site":"x","ticks":{}}', /another guide/]]) {
      await page.locator("[data-tick-tools] input[type=file]").setInputFiles({ name: `${name}.json`, mimeType: "application/json", buffer: Buffer.from(text) });
      await until(notices, notice);
      assert.ok(await checked("name-clinicians"), name);
      // Of one reason, only the last notice stands there.
      assert.equal(await page.locator(`${notices} > div`).count(), 1, name);
    }
  });

  fresh("are counted on the step, on the first page, on that of all steps, and for a role; what is done is said, and drawn", async () => {
    await visit(step);
    for (const box of await page.locator("main input[data-key]").all()) await box.check();
    await until("[data-progress]", /^All 9 done$/);
    for (const path of ["index.html", "steps/index.html"]) {
      await visit(path);
      await until(".journey li:first-child .progress", /^All 9 done$/);
      await until(".journey li:nth-child(2) .progress", /^\d+ tasks$/);
      await until("[data-progress-all]", /^9 of \d+ done$/);
      assert.equal(await page.locator("p[data-progress-all]").getAttribute("role"), "status");
      const line = (at) => page.locator(`.journey li:nth-child(${at})`).evaluate((post) => getComputedStyle(post, "::after").borderTopColor);
      assert.notEqual(await line(1), await line(2), path);
    }
    await visit("roles/clinicians.html");
    await until("[data-progress]", /^1 of \d+ done$/);
    assert.equal(await page.locator("p[data-progress]").getAttribute("role"), "status");
  });

  for (const [name, spoil, notice] of [
    ["blocked", () => Object.defineProperty(globalThis, "localStorage", { get: () => { throw new DOMException("no", "SecurityError"); } }), /keeps no data/],
    ["full", () => (Storage.prototype.setItem = () => { throw new DOMException("no", "QuotaExceededError"); }), /full/],
    ["damaged", () => (Storage.prototype.getItem = () => "{{{"), /could not be read/],
    ["damaged in another way", () => (Storage.prototype.getItem = () => '"ticks"'), /could not be read/],
  ]) {
    fresh(`where storage is ${name}, the page says so in a line and all else works`, async () => {
      const errors = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.addInitScript(spoil);
      await visit(step);
      const read = page.locator(notices).innerText();
      const isDamaged = name.startsWith("damaged");
      if (isDamaged) assert.match(await read, notice);
      await page.locator(key("name-clinicians")).check();
      if (!isDamaged) await until(notices, notice);
      await until("[data-progress]", /^1 of 9 done$/);
      await page.locator("a.term").first().focus();
      await page.locator("#definition").waitFor();
      assert.deepEqual(errors, []);
    });
  }

  fresh("are in no print, but where one asks for them", async () => {
    await page.addInitScript(() => (globalThis.print = () => (globalThis.printed = document.documentElement.dataset.print)));
    await visit(sheet);
    await page.locator(key("name-clinicians")).check();
    await page.emulateMedia({ media: "print" });
    // A tick is drawn by `::before`; the box itself is drawn in any case.
    const drawn = () => page.locator(key("name-clinicians")).evaluate((box) => getComputedStyle(box, "::before").display !== "none");
    assert.equal(await drawn(), false, "plain printing is blank");
    for (const [button, expected] of [["ticks", true], ["blank", false]]) {
      await page.emulateMedia({ media: "screen" });
      await page.locator(`button[data-print=${button}]`).click();
      assert.equal(await page.evaluate(() => globalThis.printed), button);
      await page.emulateMedia({ media: "print" });
      assert.equal(await drawn(), expected, button);
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      assert.equal(await drawn(), false, "afterwards printing is blank again");
    }
  });

  fresh("are told to a second window of the same guide", async () => {
    const other = await context.newPage();
    await visit(step);
    await other.goto(server.url + sheet);
    await page.locator(key("name-clinicians")).check();
    await other.waitForFunction((box) => document.querySelector(box).checked, key("name-clinicians"));
  });
});

// Waits until an element says what is expected, up to the page's deadline.
async function assertSoon(page, selector, expected) {
  const said = page.locator(selector).first();
  await page.waitForFunction(([selector, source]) => new RegExp(source).test(document.querySelector(selector)?.innerText), [selector, expected.source]).catch(async () => {
    assert.match(await said.innerText(), expected);
  });
}
