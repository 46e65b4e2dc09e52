// Every link and anchor of every page resolves, from a folder and from a subpath of a server; meanwhile no page says
// anything on the console, breaks its policy, or asks another origin. The crawler is this file's own.
import { join } from "node:path";
import { after, test } from "node:test";
import { address, each, open, watch } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { kept } from "./lib/promise.mjs";
import { serve } from "./lib/server.mjs";
import { sites } from "./lib/sites.mjs";
import { without } from "./lib/tools.mjs";

const skip = without("chromium");

let opened = 0;
after(() => opened && kept("crawl", "Pages call nobody and run nothing inline", "pages opened in Chromium, which found no violation and no request to others", opened));

// What a page offers and asks for, as absolute addresses. Redirects are read without following them.
const read = () => ({
  ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
  links: [...document.querySelectorAll("[href], [src], [srcset], [poster], [action], [data]")].flatMap((element) =>
    ["href", "src", "srcset", "poster", "action", "data"]
      .filter((name) => element.hasAttribute(name))
      .map((name) => new URL(element.getAttribute(name), document.baseURI).href),
  ),
});

async function crawl(site, base) {
  const faults = [];
  const own = new URL(base);
  const found = new Map();
  // With a `url`, the 404 page is made for its host, where it stands in for any address; it is tried below.
  await each(site.html.filter((path) => !(site.base && path === "404.html")), {}, async (page, path) => {
    if (!page.watched) {
      page.watched = true;
      await watch(page, faults);
      page.on("request", (request) => {
        if (!request.url().startsWith(base)) faults.push(`${page.url()}: asks ${request.url()}`);
      });
    }
    const url = base + path.split("/").map(encodeURIComponent).join("/");
    // A redirect is stopped, so that its own links can be read.
    const redirect = site.redirects.includes(path);
    if (redirect) await page.route((other) => other.href !== url, (route) => route.fulfill({ status: 204 }));
    await page.goto(url);
    found.set(path, await page.evaluate(read));
    if (redirect) await page.unrouteAll();
  });
  const files = new Set(site.all);
  const reached = new Set(["index.html"]);
  for (const [path, { links }] of found) {
    for (const link of links) {
      // Canonical links name the address at which the site will be.
      const url = new URL(site.base && link.startsWith(`${site.base}/`) ? base + link.slice(site.base.length + 1) : link);
      if (!/^(https?|file):$/.test(url.protocol)) continue;
      if (url.origin !== own.origin || !url.href.startsWith(base)) {
        const outside = url.protocol === "https:" || url.protocol === "http:";
        if (!outside || url.host === own.host) faults.push(`${path}: leads out of the site, to ${link}`);
        continue;
      }
      // The exact name, in capitals too, since not every host is a case-insensitive share.
      // Only canonical links may name a folder, which means its index.
      const named = decodeURIComponent(url.href.slice(base.length).replace(/[?#].*$/, ""));
      const target = url.href !== link && (named === "" || named.endsWith("/")) ? `${named}index.html` : named;
      const anchor = decodeURIComponent(url.hash.slice(1));
      if (!files.has(target)) faults.push(`${path}: no file ${target}`);
      else if (anchor && !found.get(target)?.ids.includes(anchor)) faults.push(`${path}: no anchor ${target}#${anchor}`);
      reached.add(target);
    }
  }
  for (const path of site.pages) {
    if (!reached.has(path) && path !== "404.html") faults.push(`${path}: no page leads here`);
  }
  none([...new Set(faults)]);
  opened += found.size;
}

for (const site of sites()) {
  test(`crawl: ${site.name}, from a folder`, { skip }, () => crawl(site, address(site, "")));

  test(`crawl: ${site.name}, from a subpath of a server`, { skip }, async () => {
    const server = await serve(site.out, "/departments/health it/");
    try {
      await crawl(site, new URL(server.url).href);
    } finally {
      await server.close();
    }
  });
}

test("the 404 page looks right at any address of its host", { skip }, async () => {
  const site = sites().find((site) => site.base);
  const faults = [];
  const context = await open();
  await context.route(`${new URL(site.base).origin}/**`, (route) => {
    const path = decodeURIComponent(route.request().url().slice(site.base.length + 1));
    return site.all.includes(path) ? route.fulfill({ path: join(site.out, path) }) : route.fulfill({ status: 200, path: join(site.out, "404.html") });
  });
  const page = await context.newPage();
  await watch(page, faults);
  for (const path of ["/gone.html", "/deep/down/gone.html"]) {
    await page.goto(site.base + path);
    const links = (await page.evaluate(read)).links.filter((link) => link.startsWith(new URL(site.base).origin) && !link.startsWith(`${site.base}${path}#`));
    for (const link of links) {
      const target = decodeURIComponent(link.slice(site.base.length + 1).replace(/[?#].*$/, ""));
      if (!site.all.includes(target)) faults.push(`404.html: no file ${target}`);
    }
    if (!(await page.evaluate(() => document.styleSheets.length))) faults.push("404.html: no style sheet");
  }
  await context.close();
  none(faults);
});
