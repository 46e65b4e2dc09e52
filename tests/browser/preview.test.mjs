// The preview in a real browser, as an editor lives in it: open a page, save its file, see the change; make a mistake, and
// see it named over the last good page; mend it, and the message is gone. Whatever must happen is waited for.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { open, watch } from "./lib/browser.mjs";
import { folder } from "./lib/sites.mjs";
import { guidepost, today, without } from "./lib/tools.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const overlay = ".guidepost-preview";
const long = Array.from({ length: 120 }, (_, line) => `Paragraph ${line + 1} of a long page.\n`).join("\n");
const picture = (width, title = "Map") => `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="10"><title>${title}</title></svg>`;
const page = (title, text, more = "") => `---\ntitle: ${title}\nsummary: About it.\n${more}---\n${text}\n`;
const template = (block) => `{% extends "default/page.html" %}{% block after_main %}${block}{% endblock %}\n`;

const files = {
  "content/index.md": "---\nkind: guide\ntitle: Guide\nsummary: A guide.\n---\nTo [about](about.md) and [the other](other.md).\n",
  "content/about.md": page("About", `First text.\n\n![Map](map.svg)\n\n${long}`),
  "content/other.md": page("Other", "Other text."),
  "content/map.svg": picture(10),
  "content/site.yaml": "title: Clinic\ntheme: own\n",
  "themes/own/assets/css/90-own.css": "main { outline: 1px solid rgb(1, 2, 3) }\n",
  "themes/own/templates/page.html": template(""),
};

function write(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  // As editors do that want no half file ever seen.
  const aside = join(root, "aside");
  writeFileSync(aside, text);
  renameSync(aside, join(root, path));
}

// Starts `guidepost serve`, and waits until it says where.
async function serve(root, port, ...more) {
  const child = spawn(guidepost(), ["serve", "--root", root, "--port", String(port), "--today", today, ...more], { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const found = /open (http:\/\/\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.on("exit", () => reject(new Error(`guidepost serve ended: ${said}`)));
  });
  const stop = () => new Promise((resolve) => child.exitCode === null ? (child.on("exit", resolve), child.kill("SIGINT")) : resolve());
  return { address, port: Number(new URL(address).port), stop };
}

describe("preview", { skip: without("chromium") }, () => {
  let root, server, context, tab, faults;

  after(() => server?.stop());

  // Each with a site and a preview of its own, so that nothing of another test is still on its way.
  const round = (name, test) => it(`preview: ${name}`, { timeout: 120_000 }, async () => {
    faults = [];
    root = join(folder(), "preview");
    for (const [path, text] of Object.entries(files)) write(root, path, text);
    server = await serve(root, 0);
    context = await open();
    try {
      tab = await context.newPage();
      await watch(tab, faults);
      await test();
      assert.deepEqual(faults, []);
    } finally {
      await server.stop();
      // Now and then Chromium does not say that a context is closed in which a page was just loading again; the browser's end
      // ends it too.
      await Promise.race([context.close(), pause(5_000, undefined, { ref: false })]);
    }
  });
  const visit = async (path) => {
    await tab.goto(server.address + path);
    await tab.waitForFunction(() => (globalThis.since = "here"));
  };
  const shows = (text) => tab.getByText(text, { exact: false }).first().waitFor();
  const complains = (...words) => Promise.all(words.map((words) => tab.locator(overlay).getByText(words).first().waitFor()));
  const isContent = () => tab.locator(overlay).waitFor({ state: "detached" });
  // Whether the page is still the document that was opened, or has been loaded again.
  const isSame = () => tab.evaluate(() => globalThis.since === "here");

  round("a save is seen, and the page stays where it was scrolled to", async () => {
    await visit("about.html");
    await tab.evaluate(() => scrollTo(0, 1500));
    write(root, "content/about.md", page("About", `Second text.\n\n![Map](map.svg)\n\n${long}`));
    await shows("Second text.");
    assert.equal(await isSame(), false, "the page was loaded again");
    await tab.waitForFunction(() => scrollY === 1500);
    // A page that looks the same is left alone: only its own edit loads it again.
    let loads = 0;
    tab.on("request", (request) => (loads += Number(request.isNavigationRequest())));
    write(root, "content/other.md", page("Other", "Other text, edited."));
    const other = await context.newPage();
    await other.goto(`${server.address}other.html`);
    await other.getByText("Other text, edited.").waitFor();
    await other.close();
    write(root, "content/about.md", page("About", `Third text.\n\n![Map](map.svg)\n\n${long}`));
    await shows("Third text.");
    assert.equal(loads, 1, "an edit of another page loaded this one again");
  });

  round("broken front matter is named at its line, over the last good page, until it is mended", async () => {
    await visit("about.html");
    write(root, "content/about.md", page("About", "Broken text.", "order: [1\n"));
    await complains("content/about.md:", /^One error$/, /^\[yaml/);
    assert.match(await tab.locator(`${overlay} .guidepost-place`).innerText(), /^content\/about\.md:[45]:\d+$/);
    assert.ok(await tab.locator(`${overlay} pre`).isVisible());
    await shows("First text.");
    assert.ok(await isSame(), "the last good page stays");
    // It is there for whoever opens the page now, and on every other page too.
    await tab.reload();
    await shows("First text.");
    await complains("content/about.md:");
    await visit("other.html");
    await shows("Other text.");
    await complains("content/about.md:");
    await visit("about.html");
    await complains("content/about.md:");
    write(root, "content/about.md", page("About", "Mended text."));
    await shows("Mended text.");
    await isContent();
  });

  round("a link that leads nowhere is named over the page as it is", async () => {
    await visit("other.html");
    write(root, "content/other.md", page("Other", "To [nowhere](nowhere.md), and new text."));
    await shows("and new text");
    await complains("content/other.md:5:", /nowhere\.md/, "[broken-link]");
    assert.equal(await tab.locator(`${overlay} mark`).innerText(), "nowhere.md");
    write(root, "content/other.md", files["content/other.md"]);
    await isContent();
  });

  for (const [name, broken, words] of [
    ["that can't be read", "{% block %}", "themes/own/templates/page.html:1:"],
    ["that asks for what is not there", template("{{ nothing.there }}"), "themes/own/templates/page.html:1:"],
  ]) {
    round(`a template ${name} is named, and the last good theme is shown`, async () => {
      write(root, "themes/own/templates/page.html", template("<p>of ours</p>"));
      await visit("about.html");
      await shows("of ours");
      write(root, "themes/own/templates/page.html", broken);
      await complains(words);
      await shows("of ours");
      write(root, "content/about.md", page("About", "Edited meanwhile."));
      await shows("Edited meanwhile.");
      await shows("of ours");
      await complains(words);
      write(root, "themes/own/templates/page.html", template("<p>of ours, mended</p>"));
      await shows("of ours, mended");
      await isContent();
    });
  }

  round("settings that can't be read leave the last good ones", async () => {
    await visit("about.html");
    write(root, "content/site.yaml", "title: [Clinic\ntheme: own\n");
    await complains("content/site.yaml:");
    assert.match(await tab.locator("body").innerText(), /Clinic/);
    write(root, "content/site.yaml", "title: Hospital\ntheme: own\n");
    await shows("Hospital");
    await isContent();
  });

  round("a stylesheet and a picture are exchanged, and the page is not loaded again", async () => {
    await visit("about.html");
    const style = () => tab.locator("main").evaluate((main) => getComputedStyle(main).outlineColor);
    assert.equal(await style(), "rgb(1, 2, 3)");
    write(root, "themes/own/assets/css/90-own.css", "main { outline: 1px solid rgb(3, 2, 1) }\n");
    await tab.waitForFunction(() => getComputedStyle(document.querySelector("main")).outlineColor === "rgb(3, 2, 1)");
    assert.equal(await tab.locator("link[rel=stylesheet][href*=style-]").count(), 1);
    const before = await tab.locator("main img").getAttribute("src");
    write(root, "content/map.svg", picture(10, "Other map"));
    await tab.waitForFunction((before) => document.querySelector("main img").getAttribute("src") !== before, before);
    assert.ok(await isSame());
    // The page says how large it is, so with another size it is another page.
    await tab.evaluate(() => scrollTo(0, 1500));
    write(root, "content/map.svg", picture(77));
    await tab.waitForFunction(() => document.querySelector("main img").getAttribute("width") === "77");
    await tab.waitForFunction(() => document.querySelector("main img").naturalWidth === 77 && scrollY === 1500);
  });

  round("the message is reached, hidden and scrolled by keyboard, and comes back with another mistake", async () => {
    await visit("about.html");
    write(root, "content/other.md", page("Other", Array.from({ length: 12 }, (_, at) => `[${at}](nowhere-${at}.md)`).join("\n\n")));
    await complains("12 errors");
    // The first stop is its button, the next the list, which is longer than its room.
    const focused = () => tab.evaluate(() => document.activeElement.outerHTML.slice(0, 40));
    await tab.keyboard.press("Tab");
    assert.match(await focused(), /^<button/);
    await tab.keyboard.press("Tab");
    assert.match(await focused(), /^<ul/);
    await tab.keyboard.press("End");
    await tab.waitForFunction((overlay) => document.querySelector(`${overlay} ul`).scrollTop > 0, overlay);
    // Nothing of the page is out of reach: its end can be scrolled to above the message.
    const isCovered = () => tab.evaluate((overlay) => {
      scrollTo(0, document.documentElement.scrollHeight);
      return document.querySelector("main").getBoundingClientRect().bottom > document.querySelector(overlay).getBoundingClientRect().top;
    }, overlay);
    assert.equal(await isCovered(), false);
    await tab.keyboard.press("Escape");
    await isContent();
    // Hidden, it stays so while nothing else is wrong, also over a reload of the page.
    write(root, "content/about.md", page("About", "Edited with the message hidden."));
    await shows("Edited with the message hidden.");
    assert.equal(await tab.locator(overlay).count(), 0);
    write(root, "content/other.md", page("Other", "[Only one](nowhere.md)"));
    await complains("One error");
    await tab.locator(`${overlay} button`).focus();
    await tab.keyboard.press("Enter");
    await isContent();
    write(root, "content/other.md", files["content/other.md"]);
    // Mended and broken again just so, it is said again.
    const other = await context.newPage();
    await other.goto(`${server.address}other.html`);
    await other.getByText("Other text.").waitFor();
    await tab.bringToFront();
    write(root, "content/other.md", page("Other", "[Only one](nowhere.md)"));
    await complains("One error");
  });

  round("the message is text, whatever the mistake has in it, and axe finds nothing in it", async () => {
    await visit("about.html");
    write(root, "content/other.md", page("Other", "Text.", 'kind: "<img src=x onerror=alert(1)><b>bold</b>"\n'));
    await complains("content/other.md:4:", /<b>bold<\/b>/);
    assert.match(await tab.locator(`${overlay} pre`).innerText(), /kind: "<img src=x onerror=alert\(1\)><b>bold<\/b>"/);
    assert.equal(await tab.locator(`${overlay} :is(img, script, b, i)`).count(), 0);
    await tab.evaluate(axe);
    const { violations } = await tab.evaluate((overlay) => globalThis.axe.run(overlay), overlay);
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    await tab.emulateMedia({ media: "print" });
    assert.equal(await tab.locator(overlay).isVisible(), false, "it is not printed");
  });

  round("the browser goes to the page that is edited only with --follow", async () => {
    const following = await serve(root, 0, "--follow");
    try {
      const follower = await context.newPage();
      await follower.goto(`${following.address}about.html`);
      await visit("about.html");
      // A change that both pages show first, so that both are known to listen.
      write(root, "content/about.md", page("About", "Seen by both."));
      await Promise.all([shows("Seen by both."), follower.getByText("Seen by both.").waitFor()]);
      write(root, "content/other.md", page("Other", "Edited, and gone to."));
      await follower.waitForURL("**/other.html");
      await follower.getByText("Edited, and gone to.").waitFor();
      assert.ok(tab.url().endsWith("/about.html"), "without --follow it stays");
      await follower.close();
    } finally {
      await following.stop();
    }
  });

  round("a tab finds the preview again that was ended and started", async () => {
    await visit("about.html");
    await server.stop();
    write(root, "content/about.md", page("About", "Written while it was off."));
    server = await serve(root, server.port);
    await shows("Written while it was off.");
    // The browser says on its console that nobody answered for a while, and it is right.
    faults.splice(0, faults.length, ...faults.filter((fault) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/.test(fault)));
  });

  round("a page that is new appears, and one that is deleted says that it is gone", async () => {
    await tab.goto(`${server.address}new.html`);
    faults.length = 0;
    write(root, "content/new.md", page("New", "Here now."));
    await shows("Here now.");
    rmSync(join(root, "content/new.md"));
    await tab.locator("h1").getByText("New").waitFor({ state: "detached" });
    faults.length = 0;
  });
});
