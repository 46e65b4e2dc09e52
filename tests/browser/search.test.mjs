// Search: it finds what one means, by keyboard and ear as by eye, from a server and from a folder; and where it can't, the
// page says so and all else works.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, it, test } from "node:test";
import { runInNewContext } from "node:vm";
import { address, open, watch } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { serve } from "./lib/server.mjs";
import { folder, sites } from "./lib/sites.mjs";
import { build, root, without } from "./lib/tools.mjs";

const skip = without("chromium");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const client = readFileSync(join(root, "themes/default/assets/js/30-search.js"), "utf8");
const step = "steps/set-expectations.html";

// What an index file says.
function indexAt(path) {
  const context = {};
  runInNewContext(readFileSync(path, "utf8"), context);
  return context.guidepostIndex;
}

// A site for what the guides don't have: other scripts, odd words, what a page may try to break out with.
function oddSite(into) {
  const page = (path, front, text = "") => {
    mkdirSync(join(into, "content", path, ".."), { recursive: true });
    writeFileSync(join(into, "content", path), `---\n${front}\n---\n${text}\n`);
  };
  page("index.md", "kind: guide\ntitle: Odd words\nsummary: For the tests.", "All of [a](jp.md) [b](th.md) [c](zh.md) [d](es.md) [e](html.md) [f](long.md) [g](draft-free.md)");
  page("jp.md", "title: 電子カルテの手順\nsummary: がん診療の記録", "電子カルテに患者ポータルを接続します。ＥＨＲ対応。");
  page("zh.md", "title: 患者门户", "临床医生如何使用患者门户网站。");
  page("th.md", "title: พอร์ทัลผู้ป่วย", "ผู้ป่วยสามารถดูผลการตรวจได้");
  page("es.md", "title: Qué acordó el señor Łukasz", "La reunión de Straße & œuvre, ΛΌΓΟΣ λόγος, naïve co-operation’s 3½ ﬁt مُدَرِّس हिन्दी 한국어.");
  page("html.md", "title: '<img src=x onerror=alert(1)> & \"quotes\"'\nsummary: '</script><b>bold</b>'", "Zebra `<script>alert(2)</script>` \\</script\\> {{ zebra }}");
  page("long.md", "title: A long page", `${"Filler words go on and on. ".repeat(40)}Here is the needle in it. ${"And more of the same. ".repeat(40)}`);
  page("draft.md", "title: Secretplan\ndraft: true", "Secretword.");
  page("draft-free.md", "title: Comments", "<!-- Secretnote -->\nSeen.\n\n- [ ] Tick me {#secretid}");
  page("terms/ehr.md", "kind: term\ntitle: EHR\nalso: [electronic chart, health file]\nsummary: A record.", "");
  build(into, join(into, "public"), "--no-pdf");
  return { name: "odd", out: join(into, "public") };
}

describe("search", { skip }, () => {
  const [guide, constructs] = sites();
  let odd;
  let server;
  before(async () => {
    odd = oddSite(join(folder(), "odd"));
    server = await serve(guide.out, "/departments/health it/");
  });
  after(() => server.close());

  const hrefs = (page) => page.locator(".search-results a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  // Types, and waits for what comes of it.
  async function ask(page, words) {
    await page.locator("#page\\.search").fill(words);
    await page.locator(".search-count").waitFor();
    return hrefs(page);
  }

  const on = (name, url, task, options = {}) => it(name, async () => {
    const context = await open({ reducedMotion: "reduce", ...options });
    const faults = [];
    try {
      const page = await context.newPage();
      await watch(page, faults);
      await page.goto(typeof url === "function" ? url() : url);
      await task(page, faults);
    } finally {
      await context.close();
    }
    none(faults);
  });
  const from = { "a folder": () => address(guide, step), "a server": () => new URL(step, server.url).href };

  for (const [where, url] of Object.entries(from)) {
    on(`from ${where}: nothing is loaded before it is used, and then one script`, url, async (page) => {
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.waitForLoadState("networkidle");
      assert.deepEqual(asked.filter((url) => url.includes("search-index")), []);
      assert.ok((await ask(page, "vender")).includes("../roles/vendor.html"), "a slip of the keyboard is forgiven");
      assert.equal(asked.filter((url) => url.includes("search-index")).length, 1);
    });

    on(`from ${where}: a result leads to its page, a heading to its place`, url, async (page) => {
      await ask(page, "vendor");
      await page.locator('.search-results a[href="../roles/vendor.html"]').click();
      await page.waitForURL(/\/roles\/vendor\.html$/);
      const heading = (await ask(page, "checklist")).find((href) => href.includes("#"));
      if (heading) {
        await page.locator(`.search-results a[href="${heading}"]`).first().click();
        await page.waitForURL(new RegExp(`#${heading.split("#")[1]}$`));
      }
    });
  }

  on("finds what one means", address(guide, step), async (page) => {
    const vendor = "../roles/vendor.html";
    for (const words of ["vendor", "VENDOR", "vendors", "vender", "vednor", "vndor", "vvendor", "vend", "véndor"]) {
      assert.ok((await ask(page, words)).includes(vendor), words);
    }
    assert.ok((await ask(page, "electronic health record")).includes("../terms/ehr.html"), "another name");
    const both = await ask(page, "vendor contacts");
    assert.ok(both[0].includes("vendor-contacts"), `the page with both words comes first: ${both}`);
    await ask(page, "xqzw");
    assert.match(await page.locator(".search-count").innerText(), /^Nothing found for “xqzw”/);
    assert.equal((await hrefs(page)).length, 0);
    assert.equal((await ask(page, "vndr")).includes(vendor), false, "two slips are too many");
  });

  on("other scripts and spellings, with what was found marked", () => address(odd, "index.html"), async (page) => {
    const finds = {
      カルテ: ["jp.html", "カルテ"],
      電子: ["jp.html", "電子"],
      電: ["jp.html", "電子"],
      ehr対応: ["jp.html"],
      门户: ["zh.html", "门户"],
      ผู้ป่วย: ["th.html"],
      "que acordo": ["es.html", "Quéacordó"],
      lukasz: ["es.html", "Łukasz"],
      strasse: ["es.html", "Straße"],
      λογοσ: ["es.html"],
      "मन": [],
      "हिन्दी": ["es.html", "हिन्दी"],
      needle: ["long.html", "needle"],
      "health file": ["terms/ehr.html", "healthfile"],
    };
    for (const [words, [path, marked]] of Object.entries(finds)) {
      const found = await ask(page, words);
      if (!path) assert.deepEqual(found, [], words);
      else assert.ok(found.some((href) => href.split("#")[0] === path), `${words}: ${found}`);
      const marks = await page.locator(`.search-results li:has(> a[href="${path}"]) mark`).allInnerTexts();
      if (marked) assert.ok(marks.join("").includes(marked), `${words}: ${marks}`);
    }
    await ask(page, "needle");
    const excerpt = await page.locator(".search-results li p").innerText();
    assert.ok(excerpt.length < 200 && excerpt.startsWith("…") && excerpt.endsWith("…"), excerpt);
  });

  on("what pages say is shown as text, and what is not published is not found", () => address(odd, "index.html"), async (page) => {
    assert.ok((await ask(page, "zebra")).includes("html.html"));
    assert.ok((await page.locator(".search-results").innerText()).includes("<img src=x onerror=alert(1)>"));
    assert.equal(await page.locator(".search-results :is(img, script, b)").count(), 0);
    for (const words of ["secretplan", "secretword", "secretnote", "secretid"]) assert.deepEqual(await ask(page, words), [], words);
    assert.ok(!/secret/i.test(readFileSync(join(odd.out, "search-index.js"), "utf8")));
  });

  on("Chromium's clock apart, a word typed letter by letter gives the same as when pasted", address(guide, step), async (page) => {
    await ask(page, "ven");
    const field = page.locator("#page\\.search");
    await field.fill("");
    await field.pressSequentially("vendor");
    await page.waitForFunction(() => document.querySelector(".search-count")?.textContent.includes("“vendor”"));
    const typed = await hrefs(page);
    assert.deepEqual(typed, await ask(page, "vendor"));
  });

  on("the whole way by keyboard", address(guide, step), async (page) => {
    const at = () => page.evaluate(() => document.activeElement.getAttribute("href") ?? document.activeElement.id);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await at(), "page.search");
    await page.keyboard.type("vendor");
    await page.locator(".search-count").waitFor();
    const all = await hrefs(page);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await at(), all[1]);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.equal(await at(), "page.search");
    await page.keyboard.press("Tab");
    assert.equal(await at(), all[0]);
    await page.keyboard.press("Escape");
    assert.equal(await at(), "page.search");
    assert.ok(await page.locator(".search-results").isHidden());
    assert.equal(await page.locator("#page\\.search").inputValue(), "vendor", "Esc closes, and takes nothing away");
    // Tab leads on from the field, and closed results are no stops.
    await page.keyboard.press("Tab");
    assert.ok(!all.includes(await at()) || (await page.locator(".search-results").isHidden()));
    await page.locator("#page\\.search").focus();
    await page.locator(".search-count").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname.endsWith(all[0].replace("../", "/").split("#")[0]));
  });

  on("leaving the field closes the results, by pointer and by Tab", address(guide, step), async (page) => {
    await ask(page, "vendor");
    await page.locator("h1").click();
    assert.ok(await page.locator(".search-results").isHidden());
    await page.locator("#page\\.search").click();
    await page.locator(".search-count").waitFor();
    for (let stop = (await hrefs(page)).length; stop >= 0; stop -= 1) await page.keyboard.press("Tab");
    assert.ok(await page.locator(".search-results").isHidden());
    assert.ok(await page.evaluate(() => !document.activeElement.closest(".site-search")));
  });

  on("the count is announced once, when one has stopped typing", address(guide, step), async (page) => {
    await page.locator("[role=status].visually-hidden").waitFor({ state: "attached" });
    await page.evaluate(() => {
      globalThis.heard = [];
      new MutationObserver(([change]) => change.target.textContent && globalThis.heard.push(change.target.textContent)).observe(document.querySelector(".site-search [role=status]"), { childList: true });
    });
    await page.locator("#page\\.search").pressSequentially("vendor");
    await page.waitForFunction(() => globalThis.heard.length);
    const heard = await page.evaluate(() => globalThis.heard);
    assert.match(heard.at(-1), /^\d+ pages found for “vendor”\.$/);
    assert.ok(heard.length <= 2, `said ${heard}`);
  });

  on("results stand under their kind, ten at most, and lead to all of them", address(guide, step), async (page) => {
    await ask(page, "the portal");
    const heads = await page.locator(".search-kind").allInnerTexts();
    assert.ok(heads.length > 1 && new Set(heads).size === heads.length, `${heads}`);
    const lists = await page.locator(".search-results ul").evaluateAll((lists) => lists.map((list) => document.getElementById(list.getAttribute("aria-labelledby")).textContent));
    assert.deepEqual(lists, heads);
    assert.equal(await page.locator(".search-results li").count(), 10);
    const said = await page.locator(".search-count").innerText();
    await page.locator(".search-all").click();
    await page.waitForURL(/search\.html\?q=the%20portal$/);
    await page.locator(".search-count").waitFor();
    assert.equal(await page.locator(".search-count").innerText(), said);
    assert.equal(`${await page.locator(".search-results li").count()}`, /\d+/.exec(said)[0]);
  });

  on("Enter in the field leads to the search page, with what was typed", address(guide, step), async (page) => {
    await ask(page, "véndor & contacts?");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/search\.html\?q=/);
    await page.locator(".search-results li").first().waitFor();
    assert.equal(await page.locator("#page\\.search").inputValue(), "véndor & contacts?");
    assert.equal(await page.locator(".site-search").count(), 1);
    await page.locator("h1").click();
    assert.ok(await page.locator(".search-results").isVisible(), "there the results stay");
  });

  on("each guide is searched for itself, in its language; the list of guides finds guides and what they hold", address(constructs, "clinica/steps/informar.html"), async (page) => {
    await ask(page, "flujo");
    assert.match(await page.locator(".search-count").innerText(), /encontrada/);
    assert.ok((await hrefs(page)).every((href) => href.startsWith("../")));
    await page.goto(address(constructs, "index.html"));
    const found = await ask(page, "informar");
    assert.ok(found.includes("clinica/index.html") && found.includes("clinica/steps/informar.html"), `${found}`);
    await page.goto(address(constructs, "help.html"));
    assert.ok((await ask(page, "clinic")).length);
  });

  for (const [what, answer] of Object.entries({ missing: { status: 404, body: "" }, broken: { contentType: "text/javascript", body: "var guidepostIndex={" } })) {
    on(`an index that is ${what}: the page says so in one line, and everything else works`, () => new URL(step, server.url).href, async (page, faults) => {
      await page.route("**/search-index.js", (route) => route.fulfill(answer));
      await page.locator("#page\\.search").fill("vendor");
      await page.locator(".search-count").waitFor();
      assert.match(await page.locator(".search-results").innerText(), /^Search could not be loaded\.[^\n]*$/);
      await page.waitForFunction(() => document.querySelector(".site-search [role=status]").textContent.startsWith("Search could not"));
      assert.ok(faults.length, "only the browser itself complains");
      faults.length = 0;
      await page.keyboard.press("Escape");
      const box = page.locator("main input[type=checkbox]").first();
      await box.check();
      assert.ok(await box.isChecked());
      // It is tried again when one comes back to the field.
      await page.unroute("**/search-index.js");
      await page.locator("#page\\.search").focus();
      await page.locator(".search-results li").first().waitFor();
    });
  }

  on("without JavaScript there is no field, but a link to a page that says what to do", address(guide, step), async (page) => {
    assert.ok(await page.locator("#page\\.search").isHidden());
    await page.locator(".search-link").click();
    await page.waitForURL(/\/search\.html$/);
    assert.ok(await page.locator("#page\\.search").isHidden());
    assert.match(await page.locator("main").innerText(), /Search needs JavaScript/);
    assert.ok((await page.locator("nav.way a").count()) > 5);
  }, { javaScriptEnabled: false });

  on("nothing moves when the script comes", address(guide, step), async (page) => {
    const top = () => page.locator("h1").evaluate((heading) => heading.getBoundingClientRect().top);
    const before = await top();
    await page.locator(".site-search").evaluate((form) => form.classList.remove("is-ready"));
    assert.equal(await top(), before);
  }, { viewport: { width: 390, height: 800 } });

  for (const [look, media] of Object.entries({ light: {}, dark: { colorScheme: "dark" }, "more contrast": { contrast: "more" } })) {
    on(`axe finds nothing with results open, ${look}`, address(guide, step), async (page, faults) => {
      await ask(page, "vendor");
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      // It reads the style sheet by a way that a folder does not have.
      faults.length = 0;
      none(violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0].html.slice(0, 120)})`));
    }, media);
  }

  for (const [path, width] of [["clinic/constructs.html", 320], ["arabic/steps/brief.html", 320], ["arabic/steps/brief.html", 1280], ["clinic/constructs.html", 1280]]) {
    on(`results stand inside a window of ${width} px: ${path}`, address(constructs, path), async (page) => {
      await ask(page, "e");
      await ask(page, path.startsWith("arabic") ? "ا" : "a");
      const box = await page.locator(".search-results").boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width, `${box.x} to ${box.x + box.width}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    }, { viewport: { width, height: 640 } });
  }
});

test("the program and the page cut words alike", { skip }, () => {
  const cut = new Function(`${client.slice(client.indexOf("  // --- Words. ---"), client.indexOf("  // How much a word"))}; return cut;`)();
  const all = [...sites(), oddSite(join(folder(), "odd"))].flatMap((site) => ["", "clinic/", "clinica/", "arabic/"].map((prefix) => join(site.out, prefix, "search-index.js")));
  let compared = 0;
  for (const path of all) {
    let index;
    try {
      index = indexAt(path);
    } catch {
      continue;
    }
    const texts = index.entries.flatMap(([, , title, also, summary, headings, text]) => [title, ...also, summary, ...headings.map(([heading]) => heading), text]);
    const words = new Set(texts.flatMap((text) => cut(text).map(({ word }) => word)));
    assert.deepEqual([...words].sort(), index.words.split(" ").filter(Boolean).sort(), path);
    assert.equal(index.places.split(" ").length, index.words.split(" ").length);
    compared += words.size;
  }
  assert.ok(compared > 1000, `${compared} words`);
});
