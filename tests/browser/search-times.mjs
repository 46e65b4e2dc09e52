// How long search takes: the first answer after the index has come, and each later one, letter by letter. Prints; fails never.
//
//   node tests/browser/search-times.mjs            guides of 500 pages (with their texts) and of 1,000 and 5,000 (without)
//   node tests/browser/search-times.mjs 1000       a guide of so many pages
//   SLOWER=4 node tests/browser/search-times.mjs   as on a phone whose processor is a fourth as quick
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { open } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { folder } from "./lib/sites.mjs";
import { build } from "./lib/tools.mjs";

const queries = ["vendor", "vender", "portal team", "who decides the order of features", "wrokflow", "a", "the checklist of the vendor"];

// The same numbers each time, so that two runs compare.
let seed = 7;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
const common = "the of and to a in is for on with that by this vendor portal team step workflow checklist order feature decide who clinic patient role plan training record contact nurse".split(" ");
const syllables = "ba ce di fo gu la me ni po ru sa te vi wo ka".split(" ");
const rare = Array.from({ length: 8000 }, () => Array.from({ length: 2 + Math.floor(random() * 3) }, () => syllables[Math.floor(random() * syllables.length)]).join(""));
// As in any text, few words are most of it.
const word = () => (random() < 0.5 ? common[Math.floor(random() * common.length)] : rare[Math.floor(rare.length * random() ** 3)]);
const words = (count) => Array.from({ length: count }, word).join(" ");

function guide(pages) {
  const root = join(folder(), `guide-${pages}`);
  const kinds = ["step", "role", "term", "page", "page", "page"];
  mkdirSync(join(root, "content"), { recursive: true });
  writeFileSync(join(root, "content/index.md"), "---\nkind: guide\ntitle: A large guide\nsummary: Made for measuring.\n---\nText.\n");
  for (let page = 1; page < pages; page += 1) {
    const kind = kinds[page % kinds.length];
    const text = Array.from({ length: 4 }, () => `## ${words(4)}\n\n${words(40)}.\n\n${words(35)}.\n`).join("\n");
    writeFileSync(join(root, `content/p${page}.md`), `---\nkind: ${kind}\ntitle: ${words(3)} ${page}\nsummary: ${words(12)}.\n---\n${text}`);
  }
  build(root, join(root, "public"), "--no-pdf");
  return join(root, "public");
}

const wanted = process.argv.slice(2).map(Number);
for (const pages of wanted.length ? wanted : [500, 1000, 5000]) {
  const out = guide(pages);
  const server = await serve(out, "/", { compress: true });
  const context = await open();
  const page = await context.newPage();
  const slower = Number(process.env.SLOWER ?? 1);
  if (slower > 1) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: slower });
  await page.goto(`${server.url}p1.html`);
  const times = await page.evaluate(async (queries) => {
    const field = document.querySelector(".site-search input");
    const results = document.querySelector(".search-results");
    const type = (words) => {
      field.value = words;
      field.dispatchEvent(new Event("input"));
      return results.offsetHeight;
    };
    const answered = new Promise((answered) => new MutationObserver(() => results.childElementCount && answered(performance.now())).observe(results, { childList: true }));
    type(queries[0]);
    const first = await answered;
    const came = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("search-index.js")).responseEnd;
    const later = [];
    for (const query of queries) {
      for (let length = 1; length <= query.length; length += 1) {
        const start = performance.now();
        type(query.slice(0, length));
        later.push([performance.now() - start, query.slice(0, length)]);
      }
    }
    return { first: first - came, later };
  }, queries);
  const path = join(out, "search-index.js");
  const sorted = times.later.sort(([one], [other]) => one - other);
  const [middle, [most, which]] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  const size = (bytes) => `${Math.round(bytes / 1024)} KB`;
  console.log(
    `${pages} pages: index ${size(statSync(path).size)}, ${size(gzipSync(readFileSync(path)).length)} gzipped; first answer ${times.first.toFixed(1)} ms after it came; ` +
      `later ones ${middle[0].toFixed(1)} ms in the middle, ${sorted[Math.floor(sorted.length * 0.95)][0].toFixed(1)} ms at 95 %, ${most.toFixed(1)} ms at most ("${which}")`,
  );
  await context.close();
  await server.close();
}
process.exit();
