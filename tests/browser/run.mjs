// Runs all browser tests: builds the sites once, starts one Chromium, and gives both to the test files.
//
//   npm ci && node run.mjs             all of them
//   node run.mjs paper axe             some of them
//   GUIDEPOST=path/to/guidepost        the program under test (else target/debug, target/release)
//   SHOTS=folder                       keeps screenshots (reflow.test.mjs)
//   CI=true                            a missing tool is a failure, not a skipped test
//
// A test file also runs alone: `node --test crawl.test.mjs`.
import { readdirSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { here, guidepost, missing, without } from "./lib/tools.mjs";

if (missing.length && process.env.CI === "true") {
  console.log(`browser tests: can't run without ${missing.join(", ")}`);
  process.exit(1);
}
if (missing.length) console.log(`browser tests: ${without(...missing)}; what needs them is left out`);

const started = Date.now();
let chromium;
try {
  guidepost();
  const { serve } = await import("./lib/chromium.mjs");
  const { buildAll, folder } = await import("./lib/sites.mjs");
  process.env.GUIDEPOST_BUILT = buildAll(folder());
  if (!missing.includes("chromium")) {
    chromium = await serve();
    process.env.GUIDEPOST_CHROMIUM = chromium.wsEndpoint();
  }
} catch (error) {
  console.log(error.code === "ERR_MODULE_NOT_FOUND" ? "browser tests: run `npm ci` in tests/browser first" : `browser tests: ${error.message}`);
  process.exit(1);
}

const wanted = process.argv.slice(2);
const files = readdirSync(here).filter((file) => file.endsWith(".test.mjs")).filter((file) => !wanted.length || wanted.some((name) => file.startsWith(name)));
const count = { passed: 0, failed: 0, skipped: 0, todo: 0 };
// A file that can't be run, or takes too long, tells of no test.
let broken = false;
const tell = (what) => (result) => {
  if (what === "failed") broken = true;
  if (result.details?.type === "suite" || result.file === undefined || result.name.endsWith(".test.mjs")) return;
  count[result.skip !== undefined ? "skipped" : result.todo !== undefined ? "todo" : what] += 1;
};

const tests = run({ files: files.map((file) => here + file), concurrency: 2, timeout: 900_000 });
tests.on("test:pass", tell("passed"));
tests.on("test:fail", tell("failed"));
tests.compose(new spec()).pipe(process.stdout);
tests.once("end", async () => {
  await chromium?.close();
  process.exitCode = broken || count.failed || !count.passed ? 1 : 0;
  const words = Object.entries(count).map(([what, n]) => `${n} ${what}`);
  // After the reporter has written its own, so that this is the last line.
  setImmediate(() => console.log(`browser tests: ${words.join(", ")} in ${Math.round((Date.now() - started) / 1000)} s`));
});
