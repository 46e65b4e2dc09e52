// The hard rules that no other file holds, by their numbers in the page rules.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it, test } from "node:test";
import { address, each, open } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { copy, folder, sites } from "./lib/sites.mjs";
import { guidepost, today, without } from "./lib/tools.mjs";

const skip = without("chromium");
const dateKeys = /^(reviewed|review_by): (\S+)$/gm;

// Runs `find` in each page that `wanted` picks; what it returns are faults.
async function look(wanted, find) {
  for (const site of sites()) {
    none(await each(site.pages.filter(wanted), {}, async (page, path) => {
      await page.goto(address(site, path));
      return (await page.evaluate(find)).map((fault) => `${site.name}/${path}: ${fault}`);
    }));
  }
}

const isStep = (path) => /(^|\/)steps\/(?!index)/.test(path);

test("rules 1 and 6: each step says in words which of how many it is, beside its title", { skip }, () => look(isStep, () => {
  const steps = [...document.querySelectorAll("ol.line > li")];
  const here = steps.findIndex((step) => step.querySelector("[aria-current]")) + 1;
  const said = document.querySelector(".head .post");
  const faults = [];
  if (!new RegExp(`^\\S+ ${here} \\S+ ${steps.length}$`).test(said?.innerText.replace(/\s+/g, " ").trim())) faults.push(`says “${said?.innerText}”, not step ${here} of ${steps.length}`);
  if (said?.closest("[aria-hidden=true]") || said?.parentElement !== document.querySelector("h1").closest(".head")) faults.push("the number is not read beside the title");
  steps.forEach((step, at) => step.innerText.trim().startsWith(String(at + 1)) || faults.push(`step ${at + 1} has no number in words: ${step.innerText}`));
  return faults;
}));

test("rules 4 and 7: a step leads to all others, marks itself, and has its neighbours before and behind it", { skip }, () => look(isStep, () => {
  const steps = [...document.querySelectorAll("ol.line > li > a")];
  const current = document.querySelectorAll("ol.line [aria-current]");
  const here = steps.findIndex((step) => step.hasAttribute("aria-current"));
  const faults = [];
  if (current.length !== 1 || steps[here]?.href !== location.href) faults.push(`aria-current on ${current.length} steps, ${steps[here]?.href}`);
  if (![...document.querySelectorAll(".way a, .breadcrumbs a")].some((link) => link.href.endsWith("steps/index.html"))) faults.push("no link to all steps");
  for (const [rel, other] of [["prev", steps[here - 1]], ["next", steps[here + 1]]]) {
    const links = [...document.querySelectorAll(`.pager a[rel=${rel}]`)].map((link) => link.href);
    if (links.join() !== (other?.href ?? "")) faults.push(`${rel} leads to ${links.join() || "nothing"}, not ${other?.href ?? "nothing"}`);
  }
  return faults;
}));

test("rules 1 and 4: the page of all steps lists them in order", { skip }, () => look((path) => path.endsWith("steps/index.html"), () => {
  const way = [...document.querySelectorAll("nav.way ol.line a")].map((link) => link.href);
  const main = [...document.querySelectorAll("main ol a")].map((link) => link.href).filter((href) => way.includes(href));
  return [...new Set(main)].join() === way.join() ? [] : [`lists ${main.join(", ")}`];
}));

test("rule 13: the matrix has all criteria down, three blank candidates and more across, and real heads", { skip }, async () => {
  const site = sites()[0];
  const context = await open();
  const page = await context.newPage();
  await page.goto(address(site, "criteria/index.html"));
  const main = page.locator("main");
  const criteria = await main.locator("h2, h3, li > a").allInnerTexts();
  await page.goto(address(site, "checklists/matrix.html"));
  const rows = await page.locator(".sheet table.ruled tbody tr > :first-child").evaluateAll((heads) => heads.map((head) => ({ text: head.firstChild.textContent.trim(), scope: head.scope })));
  const columns = await page.locator(".sheet table.ruled thead tr > *").evaluateAll((heads) => heads.map((head) => ({ text: head.textContent.trim(), scope: head.scope ?? "" })));
  const filled = await page.locator(".sheet table.ruled tbody td").evaluateAll((cells) => cells.filter((cell) => cell.textContent.trim()).length);
  await context.close();
  // A line for the candidates' names, and one for each criterion.
  assert.equal(rows.shift().text, "Name");
  assert.equal(rows.length, 4);
  for (const { text, scope } of rows) {
    assert.equal(scope, "row", `${text} is no row's head`);
    assert.ok(criteria.some((criterion) => criterion.includes(text)), `${text} is no criterion`);
  }
  const candidates = columns.slice(1);
  assert.ok(candidates.length >= 3, `${candidates.length} candidates`);
  for (const { text, scope } of candidates) assert.equal(scope, "col", `${text} is no column's head`);
  assert.equal(filled, 0, "cells are blank");
});

test("rule 33: review dates are shown, and an overdue page is a warning, or an error where that is asked for", { skip }, async () => {
  const site = sites()[1];
  const sources = { "clinic/constructs.html": "clinic/constructs.md", "clinic/steps/brief-the-team.html": "clinic/steps/01-brief-the-team.md" };
  none(await each(Object.keys(sources), {}, async (page, path) => {
    const source = readFileSync(new URL(`site/content/${sources[path]}`, import.meta.url), "utf8");
    await page.goto(address(site, path));
    const shown = await page.locator("main time").evaluateAll((times) => times.map((time) => time.dateTime));
    return [...source.matchAll(dateKeys)].filter(([, , date]) => !shown.includes(date)).map(([said]) => `${path}: does not show ${said}`);
  }));
  const root = copy("constructs", join(folder(), "overdue"));
  const check = (...more) => spawnSync(guidepost(), ["check", "--root", root, "--message-format", "short", ...more], { encoding: "utf8" });
  const overdue = ({ stdout, stderr }) => `${stdout}${stderr}`.split("\n").filter((line) => line.includes("[overdue-review]"));
  const soon = check("--today", today);
  const late = check("--today", "2100-01-01");
  const denied = check("--today", "2100-01-01", "--deny-overdue");
  assert.deepEqual([soon.status, overdue(soon).length], [0, 0]);
  assert.deepEqual([late.status, overdue(late).length], [0, 2]);
  assert.equal(denied.status, 1);
  assert.ok(overdue(denied).every((line) => line.includes("error[")), overdue(denied).join("\n"));
});

// What is looked for on every page, in one visit to each.
const everywhere = {
  "rule 29: each box is an enabled checkbox with a label, 24 by 24 px and more": () =>
    [...document.querySelectorAll("main input[type=checkbox]")].flatMap((box) => {
      const { width, height } = box.getBoundingClientRect();
      const label = box.labels[0]?.innerText.trim();
      const faults = [];
      if (box.disabled) faults.push(`disabled: ${label}`);
      if (!label) faults.push(`without a label: ${box.id}`);
      if (width < 24 || height < 24) faults.push(`${width} by ${height} px: ${label}`);
      return faults;
    }),
  "rule 34: a list leads to the page first, then to its PDF": () =>
    [...document.querySelectorAll("li")].flatMap((entry) => {
      const links = [...entry.querySelectorAll("a")].map((link) => link.pathname);
      const pdf = links.findIndex((path) => path.endsWith(".pdf"));
      if (pdf < 0 || entry.querySelector("li") || !/-(letter|a4)\.pdf$/.test(links[pdf])) return [];
      const page = links[pdf].replace(/-(letter|a4)\.pdf$/, ".html");
      return links.slice(0, pdf).includes(page) ? [] : [`no page before ${links[pdf]}`];
    }),
  "rule 43: no cookies, and nothing is stored but ticks": async () => {
    document.querySelector("main input[data-key]")?.click();
    return [
      ...Object.keys(localStorage).filter((key) => !key.startsWith("guidepost ")),
      ...Object.keys(sessionStorage),
      ...(await indexedDB.databases()).map(({ name }) => `a database: ${name}`),
      ...(document.cookie ? [`a cookie: ${document.cookie}`] : []),
    ].map((what) => `stores ${what}`);
  },
};

describe("rules for every page", { skip }, () => {
  const found = Object.fromEntries(Object.keys(everywhere).map((rule) => [rule, []]));

  before(async () => {
    for (const site of sites()) {
      await each(site.pages, {}, async (page, path) => {
        await page.goto(address(site, path));
        for (const [rule, find] of Object.entries(everywhere)) {
          found[rule].push(...(await page.evaluate(find)).map((fault) => `${site.name}/${path}: ${fault}`));
        }
        const cookies = await page.context().cookies();
        found["rule 43: no cookies, and nothing is stored but ticks"].push(...cookies.map(({ name }) => `${site.name}/${path}: cookie ${name}`));
      });
    }
  });

  for (const rule of Object.keys(everywhere)) it(rule, () => none(found[rule]));
});

test("rule 45: names that every share can store, relative links that name their file, classic scripts only", () => {
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
  for (const site of sites()) {
    const faults = [];
    const folded = new Map();
    for (const path of site.all) {
      const key = path.normalize("NFC").toLowerCase();
      if (folded.has(key)) faults.push(`${path}: is the same as ${folded.get(key)} where case is folded`);
      folded.set(key, path);
      for (const name of path.split("/")) {
        if (reserved.test(name) || /[<>:"\\|?*\u0000-\u001f]|[. ]$/.test(name)) faults.push(`${path}: Windows can't store ${name}`);
      }
    }
    for (const path of site.pages) {
      const html = readFileSync(join(site.out, path), "utf8").replace(/<link rel="canonical"[^>]*>/, "");
      for (const [, link] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
        if (/^(https?:|mailto:|tel:|#)/.test(link)) continue;
        if (link.startsWith("/") || !/\.\w+([?#].*)?$/.test(link)) faults.push(`${path}: links to ${link}`);
      }
      if (/<script(?![^>]*\ssrc=)|<script[^>]*type="?module|<style|\sstyle="|\son[a-z]+="/.test(html.replace(/&lt;.*?&gt;/gs, ""))) faults.push(`${path}: inline script or style, or a module`);
    }
    for (const path of site.all.filter((path) => path.endsWith(".js"))) {
      const script = readFileSync(join(site.out, path), "utf8");
      if (/\bfetch\(|\bimport\s*[({"']|^\s*(import|export)\s/m.test(script)) faults.push(`${path}: fetches or imports`);
    }
    none(faults);
  }
});
