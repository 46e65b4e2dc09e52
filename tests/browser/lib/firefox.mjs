// Firefox, driven by its own protocol (Marionette): a length and a list of JSON over a socket. What it needs is there
// where Firefox is.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { folder } from "./sites.mjs";

const patience = 60_000; // milliseconds

// Starts Firefox without a window. Gives `command(name, parameters)` and `close()`.
export async function firefox(program) {
  const profile = folder();
  writeFileSync(join(profile, "user.js"), 'user_pref("marionette.port", 0);\nuser_pref("browser.shell.checkDefaultBrowser", false);\n');
  const process = spawn(program, ["--headless", "--marionette", "--no-remote", "--profile", profile, "about:blank"], { stdio: "ignore" });
  const file = join(profile, "MarionetteActivePort");
  for (const until = Date.now() + patience; !existsSync(file) || !readFileSync(file, "utf8"); await pause(50)) {
    if (Date.now() > until || process.exitCode !== null) throw new Error("Firefox does not start");
  }
  const socket = connect(+readFileSync(file, "utf8"), "127.0.0.1");
  const waiting = new Map();
  let read = Buffer.alloc(0);
  socket.on("data", (data) => {
    read = Buffer.concat([read, data]);
    for (let colon = read.indexOf(":"); colon > 0; colon = read.indexOf(":")) {
      const end = colon + 1 + +read.subarray(0, colon).toString();
      if (read.length < end) return;
      const said = JSON.parse(read.subarray(colon + 1, end).toString());
      read = read.subarray(end);
      // The first thing said is a greeting.
      if (Array.isArray(said)) waiting.get(said[1])(said);
    }
  });
  let number = 0;
  const command = (name, parameters = {}) => new Promise((resolve, reject) => {
    number += 1;
    waiting.set(number, ([, , error, value]) => (error ? reject(new Error(`${name}: ${error.message}`)) : resolve(value?.value ?? value)));
    const text = JSON.stringify([0, number, name, parameters]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
  });
  await command("WebDriver:NewSession", { capabilities: { alwaysMatch: { acceptInsecureCerts: false } } });
  return {
    command,
    // Runs a function in the page.
    evaluate: (task) => command("WebDriver:ExecuteScript", { script: `return (${task})();`, args: [] }),
    async close() {
      socket.destroy();
      const gone = new Promise((resolve) => process.once("exit", resolve));
      process.kill();
      await gone;
    },
  };
}
