// How Chromium must be started on a machine without a network.
import { chromium } from "playwright-core";
import { find } from "./tools.mjs";

export const options = () => ({
  executablePath: find("chromium") ?? undefined,
  args: [
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

export const serve = () => chromium.launchServer(options());
