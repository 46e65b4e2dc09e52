// The two sites under test, built once into a temporary folder: the guide that Guidepost was made for, and one that
// holds every construct. Where run.mjs has built them already, its folder is taken.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { build, here, missing, root } from "./tools.mjs";

const from = {
  guide: { source: root, base: null },
  constructs: { source: join(here, "site"), base: "https://guide.example.org/portal" },
};

// A folder that is gone when the process ends.
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "guidepost-browser-"));
  process.on("exit", () => rmSync(path, { recursive: true, force: true }));
  return path;
}

// A copy of a site's content that a test may edit.
export function copy(name, to) {
  mkdirSync(to, { recursive: true });
  cpSync(join(from[name].source, "content"), join(to, "content"), { recursive: true });
  const themes = join(from[name].source, "themes");
  if (name === "guide") cpSync(themes, join(to, "themes"), { recursive: true });
  if (name === "constructs") arabicFont(join(to, "content", "fonts"));
  return to;
}

// The Arabic guide's sheets need a font that the theme lacks; it is the machine's, since fonts are large.
function arabicFont(fonts) {
  const found = missing.includes("fc-list") ? "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf" : execFileSync("fc-list", [":lang=ar:fontformat=TrueType", "file"], { encoding: "utf8" });
  const paths = found.split("\n").map((line) => line.replace(/:\s*$/, "")).filter((path) => path.endsWith(".ttf")).sort();
  const path = paths.find((path) => path.endsWith("/DejaVuSans.ttf")) ?? paths[0];
  if (!path) throw new Error("the Arabic sheets need a TrueType font with Arabic letters (Debian: fontconfig fonts-dejavu-core)");
  mkdirSync(fonts, { recursive: true });
  copyFileSync(path, join(fonts, "arabic.ttf"));
}

export function files(folder) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/")).sort();
}

export function buildAll(into) {
  for (const name of Object.keys(from)) build(copy(name, join(into, name)), join(into, name, "public"));
  return into;
}

let built;

export function sites() {
  built ??= process.env.GUIDEPOST_BUILT ?? buildAll(folder());
  return Object.keys(from).map((name) => site(name, join(built, name, "public")));
}

function site(name, out) {
  const all = files(out);
  const html = all.filter((path) => path.endsWith(".html"));
  // Redirects lead on as soon as they are opened, so only the crawl and the Nu checker look at them.
  const redirects = html.filter((path) => readFileSync(join(out, path), "utf8").includes('http-equiv="refresh"'));
  // With a `url`, the 404 page is made for its host alone, as it stands in for any address; the crawl reads it there.
  const pages = html.filter((path) => !redirects.includes(path) && !(path === "404.html" && from[name].base));
  return { name, out, all, html, redirects, pages, base: from[name].base, sheets: pages.filter(isSheet) };
}

// Pages made for paper, but the whole guide on one page.
export function isSheet(path) {
  return /(^|\/)((checklists|worksheets)\/(?!index\.)[^/]+|print\/role-[^/]+|[^/]*plan-(sheet|blank))\.html$/.test(path);
}
