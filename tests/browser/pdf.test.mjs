// Guidepost's own PDFs, for each sheet page one on Letter and one on A4: whole files, tagged, the right paper, what the
// page says, no item cut or split, and a code that leads to the page.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { before, describe, it } from "node:test";
import { address, each } from "./lib/browser.mjs";
import { none } from "./lib/faults.mjs";
import { acrossCode, codes, pageOf, read } from "./lib/pdf.mjs";
import { sheets } from "./lib/sheet.mjs";
import { folder, sites } from "./lib/sites.mjs";
import { run, without } from "./lib/tools.mjs";

const skip = without("chromium", "pdftotext", "pdfinfo");
const papers = { letter: [612, 792], a4: [595.28, 841.89] };
// Without spaces and marks of direction. poppler takes the ligatures of an Arabic word apart backwards, so its letters are
// compared in an order of their own; that of the words counts.
const word = (text) => (/[\u0600-\u06ff]/.test(text) ? [...text].sort().join("") : text);
const words = (text) => text.normalize("NFKC").replace(/[\u00ad\u200e\u200f\u202a-\u202e.:]/g, "").split(/\s+/).filter(Boolean).map(word);
const bare = (text) => words(text).join("");

// Runs `task` on all PDFs, two at a time; faults are told with the file's name.
async function all(pdfs, task) {
  const faults = [];
  const left = [...pdfs];
  const worker = async () => {
    for (let pdf = left.shift(); pdf; pdf = left.shift()) faults.push(...((await task(pdf)) ?? []).map((fault) => `${pdf.name}: ${fault}`));
  };
  await Promise.all([worker(), worker()]);
  none(faults);
}

describe("pdf: sheets made by Guidepost", { skip }, () => {
  let pdfs;

  before(async () => {
    const pages = sites().flatMap((site) => site.sheets.filter((path) => !path.includes("print/role-")).map((path) => ({ site, path })));
    const found = await each(pages, {}, async (page, { site, path }) => {
      await page.goto(address(site, path));
      const [sheet] = await page.evaluate(sheets);
      return Promise.all(Object.keys(papers).map(async (paper) => {
        const name = path.replace(/\.html$/, `-${paper}.pdf`);
        const file = join(site.out, name);
        return { name: `${site.name}/${name}`, path, site, sheet, paper, file, there: site.all.includes(name), pages: await read(file).catch(() => []) };
      }));
    });
    pdfs = found.flat();
  });

  it("lies beside each page, and no PDF is without a page", () => {
    none(pdfs.filter((pdf) => !pdf.there).map((pdf) => `${pdf.name}: not there`));
    const made = new Set(pdfs.map((pdf) => pdf.file));
    none(sites().flatMap((site) => site.all.filter((path) => /-(letter|a4)\.pdf$/.test(path) && !made.has(join(site.out, path))).map((path) => `${path}: has no page`)));
  });

  it("is a whole file", { skip: without("qpdf") }, () => all(pdfs, async ({ file }) => {
    // qpdf ends with 3 where it warns.
    const failed = await run("qpdf", "--check", file).then(() => null, (error) => error);
    return failed ? [`qpdf: ${(failed.stderr || failed.message).trim().split("\n")[0]}`] : [];
  }));

  it("is tagged, titled and on the right paper", () => all(pdfs, async ({ file, sheet, paper }) => {
    const said = Object.fromEntries((await run("pdfinfo", file)).split("\n").map((line) => /^([^:]+):\s+(.*)$/.exec(line)?.slice(1) ?? [line]));
    const faults = [];
    if (said.Tagged !== "yes") faults.push("not tagged");
    if (!said.Title?.startsWith(sheet.title)) faults.push(`its title is ${said.Title}, not ${sheet.title}`);
    const [width, height] = /([\d.]+) x ([\d.]+)/.exec(said["Page size"]).slice(1).map(Number);
    const expected = sheet.landscape ? [...papers[paper]].reverse() : papers[paper];
    if (Math.abs(width - expected[0]) > 1 || Math.abs(height - expected[1]) > 1) faults.push(`${width} by ${height} pt`);
    return faults;
  }));

  it("says “Page x of y” and the stamp on every page, and keeps inside the paper", () => all(pdfs, ({ pages, sheet }) =>
    pages.flatMap((page, at) => {
      const foot = pageOf(page);
      const faults = [];
      if (foot?.page !== at + 1 || foot.pages !== pages.length) faults.push(`page ${at + 1} says ${foot ? `page ${foot.page} of ${foot.pages}` : "none"}`);
      if (!page.text.includes(sheet.stamp)) faults.push(`page ${at + 1} has no stamp ${sheet.stamp}`);
      const out = page.words.find((word) => word.left < 14 || word.top < 14 || word.right > page.width - 14 || word.bottom > page.height - 14);
      return out ? [...faults, `page ${at + 1}: “${out.text}” is nearer than 5 mm to the edge`] : faults;
    })));

  it("says title, revision and address", () => all(pdfs, ({ pages, sheet }) => {
    const text = bare(pages.map((page) => page.text).join(" "));
    // Words that run from the right come back from the left.
    const says = (what) => text.includes(bare(what)) || (/[\u0600-\u06ff]/.test(what) && words(what).every((one) => text.includes(one)));
    // An address is read aloud and typed without its scheme.
    const address = sheet.address.replace(/^https?:\/\//, "");
    return [sheet.title, sheet.revised, address].filter((what) => what && !says(what)).map((what) => `does not say ${what}`);
  }));

  it("puts a plan of up to fifteen tasks on one sheet", () => {
    const plans = pdfs.filter(({ path, sheet }) => path.endsWith("plan-sheet.html") && sheet.rows <= 15);
    none(plans.length >= 4 ? [] : ["there are too few plans to test"]);
    none(plans.flatMap(({ name, pages }) => (pages.length > 1 ? [`${name}: takes ${pages.length} pages`] : [])));
  });

  it("has every item whole, on one page", () => all(pdfs, async ({ file, sheet }) => {
    if (!sheet.items.length) return [];
    // In the order in which it was drawn, an item isn't mixed with the columns beside it.
    const pages = (await run("pdftotext", "-raw", file, "-")).split("\f").map(bare);
    return sheet.items.filter((item) => !pages.some((page) => page.includes(bare(item)))).map((item) => `item not found whole: ${item}`);
  }));

  it("has a code that gives the page's address, 25 mm wide and more", { skip: without("pdftoppm", "zbarimg") }, async () => {
    const to = folder();
    const resolution = 200;
    await all(pdfs.filter((pdf) => pdf.site.base), async ({ file, path, site }) => {
      const picture = join(to, `${basename(file)}.pgm`);
      // Only the head of the first page, at the sharpness of an ordinary printer.
      await run("pdftoppm", "-gray", "-singlefile", "-r", String(resolution), "-x", "0", "-y", "0", "-W", "2400", "-H", "600", file, picture.replace(/\.pgm$/, ""));
      const found = await codes(picture);
      if (found.length !== 1 || found[0] !== `${site.base}/${path}`) return [`code says ${found[0] ?? "nothing"}`];
      const width = (acrossCode(readFileSync(picture)) / resolution) * 25.4;
      return width < 24.9 ? [`code is ${width.toFixed(1)} mm wide`] : [];
    });
  });
});
