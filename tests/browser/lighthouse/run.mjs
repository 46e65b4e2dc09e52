// Lighthouse's scores and the weight of pages: `scripts/lighthouse`. Not a part of the tests, since it takes minutes and its
// speed figures are worth something only on a machine that does nothing else.
//
//   node run.mjs                 one page of each kind of the guide in content/, five runs each
//   node run.mjs --runs 1 step   once, and only kinds whose names begin with these words
//   GUIDEPOST=path/to/guidepost  the program that builds the site (else target/debug, target/release)
//
// The site is built, served gzipped below a subpath, and opened as on a phone (Lighthouse's own profile: a slow phone on a
// slow network). Scores are medians. The exit code is 1 where a score is below 100 or a budget is exceeded.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { options } from "../lib/chromium.mjs";
import { serve } from "../lib/server.mjs";
import { copy, files, folder } from "../lib/sites.mjs";
import { build } from "../lib/tools.mjs";

// Kilobytes over the wire on a first visit: a page that opens at once on an old phone in a basement.
const BUDGET = { step: 30, script: 10 };
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

const { values, positionals } = parseArgs({ options: { runs: { type: "string", default: "5" } }, allowPositionals: true });
const runs = Number(values.runs);

const work = folder();
const out = join(work, "public");
build(copy("guide", join(work, "site")), out, "--no-pdf");

// The first page of each kind, by the class of its body.
const kinds = new Map();
for (const path of files(out).filter((path) => path.endsWith(".html"))) {
  const html = readFileSync(join(out, path), "utf8");
  const kind = /<body class="page-([a-z-]+)/.exec(html)?.[1];
  if (kind && !html.includes('http-equiv="refresh"') && !kinds.has(kind)) kinds.set(kind, path);
}

const median = (numbers) => numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

const server = await serve(out, "/guide/", { compress: true });
const { executablePath, args } = options();
const chrome = await launch({ chromePath: executablePath, chromeFlags: ["--headless=new", ...args], logLevel: "silent" });
const missed = [];
console.log(`${"kind".padEnd(12)}${CATEGORIES.map((name) => name.slice(0, 13).padStart(15)).join("")}  over the wire, KB (page, style, script, all)`);
try {
  for (const [kind, path] of kinds) {
    if (positionals.length && !positionals.some((name) => kind.startsWith(name))) continue;
    const scores = Object.fromEntries(CATEGORIES.map((name) => [name, []]));
    let weights;
    for (let run = 0; run < runs; run += 1) {
      // What does not depend on time is the same each time.
      const onlyCategories = run ? ["performance"] : CATEGORIES;
      const { lhr } = await lighthouse(server.url + path, { port: chrome.port, logLevel: "silent", onlyCategories });
      for (const name of onlyCategories) {
        const { score } = lhr.categories[name];
        scores[name].push(Math.round((score ?? 0) * 100));
        if (score === 1 || name === "performance") continue;
        const failed = lhr.categories[name].auditRefs.map(({ id }) => lhr.audits[id]).filter((audit) => audit.score !== null && audit.score < 1);
        failed.forEach((audit) => missed.push(`${path}: ${name}: ${audit.title}`));
      }
      weights ??= weigh(lhr.audits["network-requests"].details.items, path);
    }
    const medians = CATEGORIES.map((name) => median(scores[name]));
    if (medians[0] < 100) missed.push(`${path}: performance ${medians[0]}`);
    if (kind === "step" && weights.all > BUDGET.step * 1000) missed.push(`${path}: ${kilobytes(weights.all)} KB, of ${BUDGET.step}`);
    if (weights.script > BUDGET.script * 1000) missed.push(`${path}: scripts of ${kilobytes(weights.script)} KB, of ${BUDGET.script}`);
    console.log(kind.padEnd(12) + medians.map((score) => String(score).padStart(15)).join("") + "  " + ["page", "style", "script", "all"].map((part) => kilobytes(weights[part]).padStart(7)).join(""));
  }
} finally {
  await server.close();
  await chrome.kill();
}
missed.forEach((line) => console.log(`missed: ${line}`));
process.exitCode = missed.length ? 1 : 0;

// What a first visit loads: one page, one stylesheet, one script, and its pictures.
function weigh(requests, path) {
  const weights = { page: 0, style: 0, script: 0, all: 0 };
  const count = { Document: 0, Stylesheet: 0, Script: 0 };
  for (const { resourceType, transferSize, url } of requests) {
    weights.all += transferSize;
    const part = { Document: "page", Stylesheet: "style", Script: "script" }[resourceType];
    if (part) weights[part] += transferSize;
    if (resourceType in count) count[resourceType] += 1;
    else if (!["Image", "Other"].includes(resourceType)) missed.push(`${path}: loads ${url}`);
    if (!url.startsWith(server.url) && !url.startsWith("data:")) missed.push(`${path}: loads ${url} from elsewhere`);
  }
  for (const [type, times] of Object.entries(count)) if (times > 1) missed.push(`${path}: loads ${times} of type ${type}`);
  return weights;
}
