// Every sheet page, printed by Chromium on Letter and A4 and read back: rules 15, 16, 20 to 28 and 39.
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { address, each } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { codes, ink, millimetre, pageOf, read } from "./lib/pdf.mjs";
import { mark, measure, sheets } from "./lib/sheet.mjs";
import { folder, sites } from "./lib/sites.mjs";
import { without } from "./lib/tools.mjs";

const skip = without("chromium", "pdftotext", "pdftoppm");
const papers = { Letter: [612, 792], A4: [595.28, 841.89] };
const to = folder();

// One sheet page: what it says of itself, its measures, and both prints with their marks.
async function print(page, site, path) {
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  await page.setViewportSize({ width: 1000, height: 800 });
  await page.goto(address(site, path));
  const found = { name: `${site.name}/${path}`, path, sheets: await page.evaluate(sheets), measures: await page.evaluate(measure), prints: [] };
  const marked = await page.evaluate(mark);
  for (const format of Object.keys(papers)) {
    const file = join(to, `${site.name}-${path.replaceAll("/", "-")}-${format}.pdf`);
    await page.pdf({ path: file, format, preferCSSPageSize: true });
    const pages = await read(file);
    for (const one of pages) {
      one.marks = [...one.text.matchAll(/q([SEG])(\d+)q/g)].map(([, kind, number]) => ({ kind, ...marked[number], number: +number }));
      one.words = one.words.map((word) => ({ ...word, text: word.text.replace(/q[SEG]\d+q/g, "") })).filter((word) => word.text);
      one.text = one.words.map((word) => word.text).join(" ");
      one.foot = pageOf(one);
    }
    // The foot, whose line is 2 mm above its words, stands in the margin.
    const inked = await ink(file, pages.map((one) => one.foot && one.foot.top - 3 * millimetre));
    pages.forEach((one, at) => (one.ink = inked[at]));
    found.prints.push({ name: `${found.name} on ${format}`, paper: papers[format], pages, marked });
  }
  return found;
}

describe("paper: sheet pages printed by Chromium", { skip }, () => {
  let printed;
  const prints = () => printed.flatMap((page) => page.prints.map((print) => ({ ...page, ...print })));
  const eachPage = (check) => none(prints().flatMap((print) => print.pages.flatMap((page, at) => (check(page, at, print) ?? []).map((fault) => `${print.name}, page ${at + 1}: ${fault}`))));

  before(async () => {
    const all = sites().flatMap((site) => [...site.sheets, ...site.pages.filter((path) => /(^|\/)print\.html$/.test(path))].map((path) => ({ site, path })));
    printed = await each(all, { deviceScaleFactor: 3 }, (page, { site, path }) => print(page, site, path));
  });

  it("says “Page x of y” on every page", () => {
    eachPage(({ foot, text }, at, { pages }) => (foot?.page === at + 1 && foot.pages === pages.length ? [] : [`says ${foot ? `page ${foot.page} of ${foot.pages}` : "no page"} (${text.slice(-60)})`]));
  });

  it("bears title, stamp and address, the stamp on every page", () => {
    const single = (print) => print.sheets.length > 0;
    eachPage((page, at, print) => (single(print) && !print.sheets.some(({ stamp }) => page.text.includes(stamp)) ? ["no stamp"] : []));
    const bare = (text) => text.replace(/\s+/g, "");
    none(prints().flatMap((print) => {
      const text = bare(print.pages.map((page) => page.text).join(" "));
      // Arabic comes back from a PDF in the order of its shapes; its stamp and address are Latin.
      const said = (what) => text.includes(bare(what)) || /[\u0600-\u06ff]/.test(what);
      return print.sheets.flatMap(({ title, stamp, address }) => [title, stamp ?? "a stamp", address].filter((what) => !said(what)).map((what) => `${print.name}: does not say ${what}`));
    }));
  });

  it("splits no item and no row over pages", () => {
    eachPage(({ marks }) => {
      const at = (kind) => marks.filter((mark) => mark.kind === kind).map((mark) => mark.number);
      const [starts, ends] = [at("S"), at("E")];
      return [...starts.filter((number) => !ends.includes(number)), ...ends.filter((number) => !starts.includes(number))].map((number) => `split: ${marks.find((mark) => mark.number === number).what}`);
    });
    // The marks themselves must all be there, or nothing was tested.
    none(prints().flatMap(({ name, pages, marked }) => {
      const seen = new Set(pages.flatMap((page) => page.marks.map((mark) => mark.number)));
      return marked.flatMap(({ what }, number) => (seen.has(number) ? [] : [`${name}: not printed: ${what}`]));
    }));
  });

  it("keeps at least two items with a heading", () => {
    eachPage(({ marks }) => marks.filter((mark) => mark.kind === "G").flatMap(({ number, what, items }) => {
      const here = marks.filter((mark) => mark.kind === "S" && mark.number > number && mark.number <= number + items).length;
      return here < Math.min(2, items) ? [`heading with ${here} of ${items} items: ${what}`] : [];
    }));
  });

  it("puts a plan of up to fifteen tasks on one sheet", () => {
    const plans = prints().filter(({ path, marked }) => path.endsWith("plan-sheet.html") && marked.length <= 15);
    none(plans.length >= 4 ? [] : ["there are too few plans to test"]);
    none(plans.flatMap(({ name, pages }) => (pages.length > 1 ? [`${name}: takes ${pages.length} pages`] : [])));
  });

  it("repeats a table's head on each page that the table goes on to", () => {
    eachPage(({ marks, text }) => {
      const heads = new Set(marks.filter((mark) => mark.kind === "S").flatMap((mark) => mark.head.flatMap((title) => title.split(" "))));
      return [...heads].filter((word) => !text.includes(word) && !/[\u0600-\u06ff]/.test(word)).map((word) => `no table head “${word}”`);
    });
  });

  it("prints nothing of the site's own", () => {
    const own = /Skip to the|Print blank|Print with my ticks|Clear ticks|Save ticks|Search the guide|You are here|Your ticks|JavaScript|PDF, (A4|Letter)/;
    eachPage(({ text }) => (own.test(text) ? [`prints “${own.exec(text)[0]}”`] : []));
  });

  it("stays inside 185 by 250 mm, or on its side 250 by 185", () => {
    eachPage(({ width, height, ink: box }, at, { paper, sheets: [first], path }) => {
      const faults = [];
      const side = width > height;
      if (path.match(/print(\/role-[^/]*)?\.html$/) === null && side !== Boolean(first?.landscape)) faults.push(side ? "lies on its side" : "does not lie on its side");
      const expected = side ? [...paper].reverse() : paper;
      if (Math.abs(width - expected[0]) > 2 || Math.abs(height - expected[1]) > 2) faults.push(`paper is ${width} by ${height} pt`);
      if (!box) return [...faults, "empty page"];
      const [wide, high] = [box.width, box.height].map((length) => length / millimetre);
      // What 250 mm leave free on Letter are the page's margins. They are the same on A4, which is 17.6 mm longer; half a millimetre is what the picture's resolution can't tell.
      const more = (paper === papers.A4 ? 17.6 : 0) + 0.5;
      if (side ? wide > 250.5 || high > 185.5 : wide > 185.5 || high > 250 + more) faults.push(`content of ${wide.toFixed(1)} by ${high.toFixed(1)} mm`);
      return faults;
    });
  });

  it("has boxes, type, columns, rows and codes of the sizes that the rules ask for, and no chrome", () => {
    none(printed.flatMap(({ name, measures }) => measures.map((fault) => `${name}: ${fault}`)));
  });
});

// On screen too a phone can read it, in the dark as well.
describe("paper: QR codes on sheet pages", { skip: without("chromium", "zbarimg") }, () => {
  it("give the sheet's address", async () => {
    for (const site of sites().filter((site) => site.base)) {
      const paths = site.sheets.filter((path) => !path.includes("print/"));
      none(await each(paths, { deviceScaleFactor: 2, colorScheme: "dark" }, async (page, path) => {
        const picture = join(to, `${path.replaceAll("/", "-")}.png`);
        await page.goto(address(site, path));
        await page.locator(".sheet-head").first().screenshot({ path: picture });
        const found = await codes(picture);
        const expected = `${site.base}/${path}`;
        return found.length === 1 && found[0] === expected ? [] : [`${path}: code says ${found[0] ?? "nothing"}`];
      }));
    }
  });
});
