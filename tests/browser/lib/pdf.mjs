// PDFs read back by poppler: words with their places, and what a photocopier would see.
import { bytes, run } from "./tools.mjs";

export const millimetre = 72 / 25.4; // in points

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const decode = (text) => text.replace(/&(?:#(\d+)|(\w+));/g, (all, code, name) => (code ? String.fromCodePoint(code) : (entities[name] ?? all)));

// The pages of a PDF: their size and words, in points from the top left.
export async function read(file) {
  const text = await run("pdftotext", "-bbox", file, "-");
  return text.split("<page ").slice(1).map((page) => {
    const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(page);
    const found = page.matchAll(/<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)<\/word>/g);
    const words = [...found].map(([, left, top, right, bottom, word]) => ({ left: +left, top: +top, right: +right, bottom: +bottom, text: decode(word) }));
    return { width: +width, height: +height, words, text: words.map((word) => word.text).join(" ") };
  });
}

// Where "Page 2 of 3" stands on a page, and what it says; in the languages of the sites.
export function pageOf(page) {
  const { words } = page;
  for (let at = words.length - 4; at >= 0; at -= 1) {
    const said = words.slice(at, at + 4).map((word) => word.text).join(" ");
    const found = /^(?:Page|Página|صفحة|الصفحة) (\d+) (?:of|de|من) (\d+)$/.exec(said);
    if (found) return { page: +found[1], pages: +found[2], top: words[at].top };
  }
  return null;
}

// Grey pictures as pdftoppm writes them, one after the other: width, height and pixels.
function* pictures(bytes) {
  for (let at = 0; at < bytes.length; ) {
    const [head, width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(at, at + 40).toString("latin1"));
    at += head.length;
    yield { width: +width, height: +height, isInk: (x, y, start = at) => bytes[start + y * width + x] < 200 };
    at += width * height;
  }
}

// The box around all ink above `bottom` on each page, in points; null where a page is empty.
export async function ink(file, bottoms) {
  const resolution = 60;
  const points = 72 / resolution;
  const boxes = [];
  for (const { width, height, isInk } of pictures(await bytes("pdftoppm", "-gray", "-r", String(resolution), file))) {
    const bottom = Math.min(height, Math.floor((bottoms[boxes.length] ?? Infinity) / points));
    let box = null;
    for (let y = 0; y < bottom; y += 1) {
      for (let x = 0; x < width; x += 1) {
        if (!isInk(x, y)) continue;
        box ??= { left: x, right: x, top: y, bottom: y };
        box.left = Math.min(box.left, x);
        box.right = Math.max(box.right, x + 1);
        box.bottom = y + 1;
      }
    }
    boxes.push(box && { width: (box.right - box.left) * points, height: (box.bottom - box.top) * points });
  }
  return boxes;
}

// What the QR codes in a picture say.
export async function codes(picture) {
  // zbarimg ends with 4 where it finds none.
  const found = await run("zbarimg", "--quiet", "--xml", "-Sdisable", "-Sqrcode.enable", picture).catch(() => "");
  return [...found.matchAll(/<!\[CDATA\[(.*?)\]\]>/gs)].map(([, text]) => text);
}

// The width of the code in a grey picture, in pixels: from its left finder to its right one, the squares whose rows are
// 1 dark, 1 light, 3 dark, 1 light, 1 dark.
export function acrossCode(picture) {
  let widest = 0;
  for (const { width, height, isInk } of pictures(picture)) {
    for (let y = 0; y < height; y += 1) {
      const edges = [];
      for (let x = 1; x < width; x += 1) if (isInk(x, y) !== isInk(x - 1, y)) edges.push(x);
      const finders = edges.slice(0, -5).flatMap((start, at) => {
        const runs = edges.slice(at, at + 6).map((edge, of, all) => (of ? edge - all[of - 1] : 0)).slice(1);
        const module = (edges[at + 5] - start) / 7;
        const fits = module > 2 && isInk(start, y) && [1, 1, 3, 1, 1].every((modules, of) => Math.abs(runs[of] - modules * module) < module * 0.6);
        return fits ? [{ start, end: edges[at + 5] }] : [];
      });
      if (finders.length > 1) widest = Math.max(widest, finders.at(-1).end - finders[0].start);
    }
  }
  return widest;
}
