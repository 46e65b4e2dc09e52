// The Nu HTML checker finds no error in any page, style sheet or drawing. One run over all files of both sites.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { test } from "node:test";
import { none } from "./lib/faults.mjs";
import { sites } from "./lib/sites.mjs";
import { without } from "./lib/tools.mjs";

const jar = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");

// `kinds` are the checker's options for files that are no pages.
function check(files, ...kinds) {
  return new Promise((done, fail) => {
    const parameters = ["-Xss2m", "-jar", jar, "--format", "json", "--errors-only", ...kinds, ...files];
    execFile("java", parameters, { maxBuffer: 1 << 28 }, (error, _, told) => {
      if (error && typeof error.code !== "number") fail(error);
      else done(JSON.parse(told).messages);
    });
  });
}

for (const [what, ending, ...kinds] of [["pages", ".html"], ["style sheets", ".css", "--also-check-css"], ["drawings", ".svg", "--also-check-svg"]]) {
  test(`Nu checker: ${what}`, { skip: without("java") }, async () => {
    const built = sites();
    const files = built.flatMap((site) => site.all.filter((path) => path.endsWith(ending)).map((path) => join(site.out, path)));
    const messages = await check(files, ...kinds);
    const place = (url) => built.map((site) => relative(site.out, decodeURIComponent(new URL(url).pathname))).find((path) => !path.startsWith(".."));
    // The first place where it is found, so that the same fault on many pages is told once.
    const extracts = new Map(messages.map((found) => [found.message, found.extract ?? ""]).reverse());
    const shown = (message) => extracts.get(message).replace(/\s+/g, " ").trim().slice(0, 160);
    none(messages.map((found) => `${place(found.url)}: ${found.message} (${shown(found.message)})`));
  });
}
