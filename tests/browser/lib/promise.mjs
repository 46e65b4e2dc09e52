// Reports how often a promise of docs/reliability.md was kept, to a file of one line of JSON, where somebody asks for it
// (GUIDEPOST_PROMISES). tests/suite/promise.rs says what is in it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.GUIDEPOST_PROMISES;
const started = Date.now();

export function kept(name, promise, tried, count) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const seconds = Math.round((Date.now() - started) / 1000);
  writeFileSync(join(folder, `browser.${name}.json`), `${JSON.stringify({ promise, tried, count, full: true, seconds })}\n`);
}
