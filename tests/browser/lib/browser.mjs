// Pages in Chromium; in one browser for all test files where run.mjs has started it.
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { options } from "./chromium.mjs";

let browser;
after(async () => (await browser)?.close());

export async function open(context = {}) {
  if (!browser) {
    const started = process.env.GUIDEPOST_CHROMIUM;
    browser = started ? chromium.connect(started) : chromium.launch(options());
  }
  const opened = await (await browser).newContext({ viewport: { width: 1280, height: 800 }, ...context });
  opened.setDefaultTimeout(20_000);
  return opened;
}

export const address = (site, path) => new URL(path.split("/").map(encodeURIComponent).join("/"), pathToFileURL(`${site.out}/`)).href;

// Runs `task` on every item in two pages of one context, since the machine has two cores. What the tasks return is
// gathered in the order of the items.
export async function each(items, context, task) {
  const opened = await open(context);
  const results = [];
  let next = 0;
  const worker = async () => {
    const page = await opened.newPage();
    while (next < items.length) {
      const at = next++;
      results[at] = await task(page, items[at]);
    }
  };
  try {
    await Promise.all([worker(), worker()]);
  } finally {
    await opened.close();
  }
  return results;
}

// Notes everything that a page may not do: say something on the console, break its policy, ask another origin, fail.
export async function watch(page, faults) {
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.effectiveDirective} blocks ${event.blockedURI || event.sourceFile}`);
    });
  });
  const note = (fault) => faults.push(`${new URL(page.url()).pathname}: ${fault}`);
  page.on("console", (message) => note(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => note(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    const error = request.failure()?.errorText;
    // Aborted is what the browser itself gave up, as when the test goes on before the icon is there.
    if (error !== "net::ERR_ABORTED") note(`failed: ${request.url()} ${error}`);
  });
  page.on("response", (response) => response.status() >= 400 && note(`${response.status()}: ${response.url()}`));
}
