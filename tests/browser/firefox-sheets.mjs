// Every sheet page, printed by Firefox on Letter and A4 and read back: whole items, and stamp and address in the sheet's
// own body, since Firefox prints nothing into a page's margins. `scripts/firefox-sheets` runs it: Firefox is large, so the
// everyday tests leave it out.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { address } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { firefox } from "./lib/firefox.mjs";
import { read } from "./lib/pdf.mjs";
import { mark, sheets } from "./lib/sheet.mjs";
import { folder, sites } from "./lib/sites.mjs";
import { find } from "./lib/tools.mjs";

const papers = { Letter: [21.59, 27.94], A4: [21, 29.7] }; // centimetres
const program = process.env.FIREFOX ?? find("firefox-esr") ?? find("firefox");
const isArabic = (text) => /[\u0600-\u06ff]/.test(text);
const bare = (text) => text.replace(/\s+/g, "");

describe("paper: sheet pages printed by Firefox", { skip: program ? false : "needs Firefox (Debian: firefox-esr)" }, () => {
  const to = folder();
  const prints = [];
  let browser;

  before(async () => {
    browser = await firefox(program);
    for (const site of sites()) {
      for (const path of site.sheets) {
        await browser.command("WebDriver:Navigate", { url: address(site, path) });
        const said = await browser.evaluate(sheets);
        const marked = await browser.evaluate(mark);
        for (const [paper, [width, height]] of Object.entries(papers)) {
          const file = join(to, `${site.name}-${path.replaceAll("/", "-")}-${paper}.pdf`);
          const pdf = await browser.command("WebDriver:Print", { page: { width, height }, orientation: said[0].landscape ? "landscape" : "portrait", background: false });
          writeFileSync(file, Buffer.from(pdf, "base64"));
          prints.push({ name: `${site.name}/${path} on ${paper}`, sheets: said, marked, pages: await read(file) });
        }
      }
    }
  }, { timeout: 1_200_000 });
  after(() => browser?.close());

  it("splits no item and no row over pages, and prints each", () => {
    none(prints.flatMap(({ name, pages, marked }) => {
      const seen = new Set();
      const split = pages.flatMap(({ text }) => {
        const at = (kind) => [...text.matchAll(new RegExp(`q${kind}(\\d+)q`, "g"))].map(([, number]) => +number);
        const [starts, ends] = [at("S"), at("E")];
        [...starts, ...at("G")].forEach((number) => seen.add(number));
        return [...starts.filter((number) => !ends.includes(number)), ...ends.filter((number) => !starts.includes(number))];
      });
      const lost = marked.map((_, number) => number).filter((number) => !seen.has(number));
      return [...new Set(split)].map((number) => `${name}: split: ${marked[number].what}`).concat(lost.map((number) => `${name}: not printed: ${marked[number].what}`));
    }));
  });

  it("bears title, stamp and address in the sheet's own body", () => {
    none(prints.flatMap(({ name, pages, sheets }) => {
      const text = bare(pages.map((page) => page.text.replace(/q[SEG]\d+q/g, "")).join(" "));
      return sheets.flatMap(({ title, stamp, address }) => [title, stamp ?? "a stamp", address].filter((what) => !isArabic(what) && !text.includes(bare(what))).map((what) => `${name}: does not say ${what}`));
    }));
  });

  it("keeps text and boxes on the paper, 5 mm and more from its edge", () => {
    none(prints.flatMap(({ name, pages }) => pages.flatMap((page, at) => {
      const out = page.words.find((word) => word.left < 14 || word.top < 14 || word.right > page.width - 14 || word.bottom > page.height - 14);
      return out ? [`${name}, page ${at + 1}: “${out.text}” is nearer than 5 mm to the edge`] : [];
    })));
  });

  it("prints no empty page", () => {
    none(prints.flatMap(({ name, pages }) => pages.flatMap(({ words }, at) => (words.length ? [] : [`${name}: page ${at + 1} is empty`]))));
  });

  it("prints nothing of the site's own", () => {
    const own = /Skip to the|Print blank|Print with my ticks|Clear ticks|Save ticks|Search the guide|You are here|Your ticks|JavaScript|PDF, (A4|Letter)/;
    none(prints.flatMap(({ name, pages }) => pages.filter(({ text }) => own.test(text)).map(({ text }) => `${name}: prints “${own.exec(text)[0]}”`)));
  });
});
