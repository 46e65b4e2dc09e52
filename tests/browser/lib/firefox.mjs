// Firefox, spoken to by its own remote protocol (Marionette), so that no driver has to be installed: a message is its
// length, a colon, and JSON.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { folder } from "./sites.mjs";
import { find } from "./tools.mjs";

const DEADLINE = 60_000;

// Starts Firefox with a profile of its own; `send` gives a command, `quit` ends it.
export async function start() {
  const profile = folder();
  writeFileSync(join(profile, "user.js"), 'user_pref("marionette.port", 0);\nuser_pref("app.update.enabled", false);\n');
  const firefox = spawn(find("firefox-esr"), ["--headless", "--marionette", "--no-remote", "--profile", profile], { stdio: "ignore", env: { ...process.env, HOME: profile } });
  const told = join(profile, "MarionetteActivePort");
  for (const end = Date.now() + DEADLINE; !existsSync(told); await new Promise((later) => setTimeout(later, 50))) {
    if (Date.now() > end || firefox.exitCode !== null) throw new Error("Firefox does not start");
  }
  const send = talk(connect(+readFileSync(told, "utf8"), "127.0.0.1"));
  await send("WebDriver:NewSession", { capabilities: {} });
  const quit = async () => {
    const gone = new Promise((done) => firefox.once("exit", done));
    send("Marionette:Quit", { flags: ["eForceQuit"] }).catch(() => firefox.kill());
    await gone;
  };
  return { send, quit };
}

function talk(socket) {
  let heard = Buffer.alloc(0);
  let last = 0;
  const waiting = new Map();
  const fail = (error) => waiting.forEach(({ no }) => no(error));
  socket.on("error", fail).on("close", () => fail(new Error("Firefox is gone")));
  socket.on("data", (data) => {
    heard = Buffer.concat([heard, data]);
    for (let colon = heard.indexOf(":"); colon >= 0; colon = heard.indexOf(":")) {
      const end = colon + 1 + Number(heard.subarray(0, colon));
      if (heard.length < end) return;
      const message = JSON.parse(heard.subarray(colon + 1, end));
      heard = heard.subarray(end);
      // The first one only says hello.
      if (!Array.isArray(message)) continue;
      const [, number, error, result] = message;
      const { yes, no } = waiting.get(number);
      waiting.delete(number);
      if (error) no(new Error(error.message));
      else yes(result);
    }
  });
  return (name, parameters = {}) => new Promise((yes, no) => {
    waiting.set((last += 1), { yes, no });
    const text = JSON.stringify([0, last, name, parameters]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
  });
}
