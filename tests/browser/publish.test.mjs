// What search engines, feed readers and readers of another language find in the head of pages and beside them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { none } from "./lib/faults.mjs";
import { sites } from "./lib/sites.mjs";

const [guide, constructs] = sites();
const read = (site, path) => readFileSync(join(site.out, path), "utf8");
const text = (html) => html.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&#x27;|&#39;/g, "'").replace(/&amp;/g, "&");
const found = (html, pattern) => text(pattern.exec(html)?.[1] ?? "");

test("each page has a title of its own and a description", () => {
  for (const site of sites()) {
    const titles = new Map();
    none(site.pages.flatMap((path) => {
      const html = read(site, path);
      const title = found(html, /<title>(.*?)<\/title>/s);
      const faults = [];
      if (!title) faults.push("no title");
      if (titles.has(title)) faults.push(`is called “${title}”, like ${titles.get(title)}`);
      titles.set(title, path);
      if (!found(html, /<meta name="description" content="([^"]*)"/)) faults.push("no description");
      return faults.map((fault) => `${site.name}/${path}: ${fault}`);
    }));
  }
});

test("canonical and Open Graph name the page where the site's address is known, and are left out elsewhere", () => {
  none(constructs.pages.flatMap((path) => {
    const html = read(constructs, path);
    const address = encodeURI(`${constructs.base}/${path.replace(/(^|\/)index\.html$/, "$1")}`);
    const faults = [];
    if (found(html, /<link rel="canonical" href="([^"]*)"/) !== address) faults.push("no canonical link");
    if (found(html, /<meta property="og:url" content="([^"]*)"/) !== address) faults.push("no og:url");
    for (const name of ["og:title", "og:type", "og:site_name"]) if (!found(html, new RegExp(`<meta property="${name}" content="([^"]*)"`))) faults.push(`no ${name}`);
    return faults.map((fault) => `${path}: ${fault}`);
  }));
  none(guide.pages.filter((path) => /rel="canonical"|property="og:|rel="alternate"/.test(read(guide, path))).map((path) => `${path}: names an address that isn't known`));
  for (const file of ["sitemap.xml", "feed.xml", "robots.txt"]) {
    assert.ok(!guide.all.includes(file), file);
    assert.ok(constructs.all.includes(file), file);
  }
  for (const file of ["_headers", "web.config", ".nojekyll"]) {
    assert.ok(!guide.all.includes(file), file);
    assert.ok(constructs.all.includes(file), file);
  }
  assert.match(read(constructs, "index.html"), /<link rel="alternate" type="application\/atom\+xml" href="feed\.xml"/);
});

test("a guide and its translation lead to each other, each in its own language", () => {
  for (const [path, own, other, language] of [["clinic/index.html", "en", "../clinica/index.html", "es"], ["clinica/index.html", "es", "../clinic/index.html", "en"]]) {
    const html = read(constructs, path);
    assert.match(html, new RegExp(`<html lang="${own}" dir="ltr"`));
    assert.ok(html.includes(`<a href="${other}" hreflang="${language}" lang="${language}">`), `${path} leads to ${other}`);
  }
  // In the list of all guides, each name is in the language of its guide.
  assert.match(read(constructs, "index.html"), /<li lang="ar"><a href="arabic\/index\.html"><bdi>/);
});
