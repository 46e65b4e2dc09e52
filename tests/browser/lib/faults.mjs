// Tests gather all that is wrong before they fail, so that one run shows everything: "page: what is wrong".
import assert from "node:assert/strict";

// Fails unless there are none. The same fault on many pages is told once.
export function none(faults) {
  const pages = new Map();
  for (const fault of faults.flat(3)) {
    const [, page, what] = /^(.*?): (.*)$/s.exec(fault) ?? [null, "", fault];
    pages.set(what, (pages.get(what) ?? new Set()).add(page));
  }
  const lines = [...pages].map(([what, on]) => {
    const [first, second, third, ...more] = on;
    return `- ${what}\n    on ${[first, second, third].filter(Boolean).join(", ")}${more.length ? ` and ${more.length} more` : ""}`;
  });
  if (lines.length) assert.fail(`${lines.length} faults:\n${lines.slice(0, 40).join("\n")}${lines.length > 40 ? "\n…" : ""}`);
}
