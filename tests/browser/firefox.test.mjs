// Sheets printed by Firefox, which has no words in a page's margins: title, stamp and address stand in the sheet's own head,
// no item is split, a sheet of one page stays one, and nothing of the site's own prints. One sheet of each sort; all of them
// with FIREFOX_SHEETS=all.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { address } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { start } from "./lib/firefox.mjs";
import { ink, millimetre, read } from "./lib/pdf.mjs";
import { mark, sheets } from "./lib/sheet.mjs";
import { folder, sites } from "./lib/sites.mjs";
import { without } from "./lib/tools.mjs";

// In centimetres, as the protocol has it.
const papers = { letter: { width: 21.59, height: 27.94 }, a4: { width: 21, height: 29.7 } };
const margin = { top: 1.4, left: 1.4, right: 1.4, bottom: 1.6 };
const side = { top: 1.3, left: 1.45, right: 1.45, bottom: 1.5 };
const wanted = {
  guide: ["checklists/step-set-expectations", "checklists/journey", "checklists/champion", "checklists/matrix", "worksheets/expectation-agreement", "plan-sheet"],
  constructs: ["clinic/checklists/long", "clinic/worksheets/contacts", "arabic/checklists/step-brief"],
};
const own = /Skip to the|Print blank|Print with my ticks|Clear ticks|Save ticks|Search the guide|You are here|Your ticks|JavaScript|PDF, (A4|Letter)/;

describe("paper: sheet pages printed by Firefox", { skip: without("firefox-esr", "pdftotext", "pdftoppm", "pdfinfo") }, () => {
  const to = folder();
  const prints = [];
  let firefox;

  before(async () => {
    firefox = await start();
    for (const site of sites()) {
      const all = site.sheets.map((path) => path.replace(/\.html$/, "")).filter((path) => !/(^|\/)print\//.test(path));
      for (const path of process.env.FIREFOX_SHEETS === "all" ? all : wanted[site.name]) {
        await firefox.send("WebDriver:Navigate", { url: address(site, `${path}.html`) });
        const { value: [sheet] } = await firefox.send("WebDriver:ExecuteScript", { script: `return (${sheets})()`, args: [] });
        const { value: marked } = await firefox.send("WebDriver:ExecuteScript", { script: `return (${mark})()`, args: [] });
        for (const [paper, page] of Object.entries(papers)) {
          const { value } = await firefox.send("WebDriver:Print", {
            page: sheet.landscape ? { width: page.height, height: page.width } : page,
            margin: sheet.landscape ? side : margin,
            shrinkToFit: false,
          });
          const file = join(to, `${site.name}-${path.replaceAll("/", "-")}-${paper}.pdf`);
          writeFileSync(file, Buffer.from(value, "base64"));
          const beside = join(site.out, `${path}-${paper}.pdf`);
          const made = existsSync(beside) ? (await read(beside)).length : undefined;
          prints.push({ name: `${site.name}/${path} on ${paper}`, sheet, marked, made, file, pages: await read(file) });
        }
      }
    }
  });
  after(() => firefox?.quit());

  const eachPrint = (check) => none(prints.map((print) => check(print).map((fault) => `${print.name}: ${fault}`)));
  const bare = (text) => text.replace(/q[SEG]\d+q/g, "").replace(/\s+/g, "");

  it("bears title, stamp and address, and nothing of the site's own", () => eachPrint(({ sheet, pages }) => {
    const text = pages.map((page) => page.text).join(" ");
    const missing = [sheet.title, sheet.stamp ?? "a stamp", sheet.address].filter((what) => !/[\u0600-\u06ff]/.test(what) && !bare(text).includes(bare(what)));
    return [...missing.map((what) => `does not say ${what}`), ...(own.test(text) ? [`prints “${own.exec(text)[0]}”`] : [])];
  }));

  it("splits no item", () => eachPrint(({ marked, pages }) => {
    const on = (kind, number) => pages.findIndex((page) => page.text.includes(`q${kind}${number}q`));
    return marked.flatMap(({ group, what }, number) => (group || (on("S", number) >= 0 && on("S", number) === on("E", number)) ? [] : [`split, or not printed: ${what}`]));
  }));

  it("needs no more pages than the PDF where that has one", () => eachPrint(({ made, pages }) => (made === 1 && pages.length > 1 ? [`takes ${pages.length} pages`] : [])));

  it("stays inside 185 by 250 mm, or on its side 250 by 185", async () => {
    for (const print of prints) print.boxes = await ink(print.file, []);
    eachPrint(({ sheet, boxes, pages }) => boxes.flatMap((box, at) => {
      if (!box) return [`page ${at + 1} is empty`];
      const [wide, high] = [box.width, box.height].map((length) => length / millimetre);
      const [most, highest] = sheet.landscape ? [250.5, 185.5] : [185.5, pages[at].height / millimetre - 29];
      return wide > most || high > highest ? [`page ${at + 1}: content of ${wide.toFixed(1)} by ${high.toFixed(1)} mm`] : [];
    }));
  });
});
