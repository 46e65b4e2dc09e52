// Rule 25: a stamp changes with what its sheet prints, and with nothing else. The guide is built anew after each edit,
// and all stamps are compared.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { none } from "./lib/faults.mjs";
import { copy, files, folder, isSheet } from "./lib/sites.mjs";
import { build } from "./lib/tools.mjs";

// Each sheet of each page that prints it, by page and address.
function stamps(out) {
  const found = new Map();
  for (const path of files(out).filter(isSheet)) {
    for (const sheet of readFileSync(join(out, path), "utf8").split('<article class="sheet').slice(1)) {
      const [html] = sheet.split("</article>");
      const address = /class="address">([^<]*)/.exec(html)[1];
      found.set(`${path} (${address})`, { stamp: /Stamp (\w{6})/.exec(html)?.[1], html, address });
    }
  }
  return found;
}

const prints = (words) => ({ html }) => html.includes(words);
const step = "content/steps/01-set-expectations.md";
const edits = [
  { name: "an item's text", file: step, from: "Name the clinicians who will help decide", to: "Name all clinicians who will help decide", in: prints("#name-clinicians") },
  { name: "a hint", file: step, from: "  - Such as project management", to: "  - Such as good project management", in: prints("#offer-skills") },
  { name: "an owner", file: step, from: "@clinicians #name", to: "@vendor #name", in: prints("#name-clinicians") },
  { name: "a month", file: step, from: "{month 1 added", to: "{month 2 added", in: prints("#sign-agreement") },
  { name: "a preset cell", file: "content/worksheets/expectation-agreement.md", from: "At heart a clinical project", to: "A clinical project at heart", in: ({ address }) => address === "worksheets/expectation-agreement.html" },
  { name: "prose of a step", file: step, from: "As a first step, set", to: "First of all, set", in: () => false },
  { name: "a review date", file: step, from: "reviewed: 2026-11-20", to: "reviewed: 2026-11-21", in: () => false },
  { name: "the paper", file: "content/site.yaml", from: "paper: both", to: "paper: letter", in: () => false },
];

test("rule 25: an edit changes the stamps of exactly the sheets that print it", () => {
  const root = copy("guide", join(folder(), "stamps"));
  const out = join(root, "public");
  const read = () => {
    build(root, out, "--no-pdf");
    return stamps(out);
  };
  const before = read();
  const faults = [];
  for (const edit of edits) {
    const file = join(root, edit.file);
    const text = readFileSync(file, "utf8");
    if (!text.includes(edit.from)) faults.push(`${edit.name}: “${edit.from}” is no longer in ${edit.file}: mend this test`);
    writeFileSync(file, text.replace(edit.from, edit.to));
    const after = read();
    writeFileSync(file, text);
    for (const sheet of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(sheet), after.get(sheet)];
      const is = old?.stamp !== now?.stamp;
      const should = [old, now].some((sheet) => sheet && edit.in(sheet));
      if (is !== should) faults.push(`${edit.name}: ${sheet} ${is ? "has another stamp" : "keeps its stamp"}`);
    }
  }
  none(faults);
});

test("rule 25: the pages that lead to a sheet show its stamp", () => {
  const root = copy("guide", join(folder(), "live"));
  const out = join(root, "public");
  build(root, out, "--no-pdf");
  const faults = [];
  for (const [sheet, { stamp, address }] of stamps(out)) {
    if (!/^[0-9a-hjkmnp-tv-z]{6}$/.test(stamp)) faults.push(`${sheet}: stamp ${stamp}`);
    const live = [address, "checklists/index.html", address.replace(/^checklists\/step-/, "steps/")];
    for (const path of live.filter((path) => files(out).includes(path))) {
      if (!readFileSync(join(out, path), "utf8").includes(`Stamp ${stamp}`)) faults.push(`${path}: does not show ${stamp} of ${sheet}`);
    }
  }
  none(faults);
});
