// What the tests call: programs on PATH, and the `guidepost` under test.
import { execFile, execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const here = fileURLToPath(new URL("..", import.meta.url));
export const root = resolve(here, "../..");

// Each program, and the Debian package that has it.
const packages = {
  chromium: "chromium",
  "firefox-esr": "firefox-esr",
  java: "default-jre-headless",
  pdftotext: "poppler-utils",
  pdfinfo: "poppler-utils",
  pdftoppm: "poppler-utils",
  qpdf: "qpdf",
  zbarimg: "zbar-tools",
  "fc-list": "fontconfig",
};

export function find(program) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

export const missing = Object.keys(packages).filter((program) => !find(program));

// For `test(name, { skip: without("qpdf") }, …)`. Under CI nothing is skipped: there the test fails by what it lacks.
export function without(...programs) {
  const lacking = programs.filter((program) => missing.includes(program));
  if (!lacking.length || process.env.CI === "true") return false;
  return `needs ${lacking.join(", ")} (Debian: ${[...new Set(lacking.map((program) => packages[program]))].join(" ")})`;
}

export function guidepost() {
  const built = ["debug", "release"].map((profile) => join(root, "target", profile, "guidepost"));
  const found = process.env.GUIDEPOST ? resolve(process.env.GUIDEPOST) : built.find((path) => existsSync(path));
  if (!found || !existsSync(found)) throw new Error("no guidepost to test: run `cargo build`, or name it in GUIDEPOST");
  return found;
}

// Review dates are compared with this day, so that the tests say the same on every day.
export const today = "2026-11-22";

export function build(site, output, ...more) {
  try {
    execFileSync(guidepost(), ["build", "--root", site, "--output", output, "--today", today, "--message-format", "short", ...more], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    throw new Error(`guidepost build --root ${site} failed:\n${error.stdout}${error.stderr}`);
  }
}

const execute = promisify(execFile);

export async function run(program, ...parameters) {
  const { stdout } = await execute(program, parameters, { maxBuffer: 1 << 28, encoding: "utf8" });
  return stdout;
}

export async function bytes(program, ...parameters) {
  const { stdout } = await execute(program, parameters, { maxBuffer: 1 << 28, encoding: "buffer" });
  return stdout;
}
