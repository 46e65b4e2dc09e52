// Ticks: what is ticked on a checklist is kept in this browser, and nowhere else.
//
// Kept is one map for the site, from an item's key (page and id) to the hash of what it said when it was ticked. An item
// that says something else now comes back unticked, with a notice. Nothing is sent; without storage all else works.
(() => {
  const root = document.documentElement;
  const words = document.getElementById("page.words").dataset;
  const place = "guidepost ticks: " + root.dataset.site;
  const boxes = [...document.querySelectorAll("input[data-key]")];
  // Elsewhere, as on the home page, steps only say which ticks they count: "key=hash key=hash".
  const counters = [...document.querySelectorAll("[data-ticks]")].map((element) => ({
    element,
    otherwise: element.textContent,
    items: element.dataset.ticks.split(" ").map((pair) => {
      const cut = pair.lastIndexOf("=");
      return [pair.slice(0, cut), pair.slice(cut + 1)];
    }),
  }));
  let ticks = new Map();

  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

  // --- Notices: one line for each reason, announced by the region that they stand in. ---

  const notices = document.getElementById("page.notices");

  function say(reason, sentence, items = [], action) {
    unsay(reason);
    const notice = document.createElement("div");
    notice.dataset.reason = reason;
    const line = document.createElement("p");
    line.textContent = sentence;
    notice.append(line);
    if (items.length) {
      const list = document.createElement("ul");
      for (const item of items) {
        const entry = document.createElement("li");
        entry.textContent = item;
        list.append(entry);
      }
      notice.append(list);
    }
    if (action) line.append(" ", action);
    notices.append(notice);
  }

  function unsay(reason) {
    notices.querySelector(`[data-reason="${reason}"]`)?.remove();
  }

  // --- What is kept. ---

  // The ticks in a text that was kept or saved; null where it holds something else.
  function parse(text) {
    try {
      const kept = JSON.parse(text);
      const found = Object.entries(kept);
      return typeof kept === "object" && found.every(([, hash]) => typeof hash === "string") ? new Map(found) : null;
    } catch {
      return null;
    }
  }

  function recall() {
    let kept;
    try {
      kept = localStorage.getItem(place);
    } catch {
      if (boxes.length) say("storage", words.blocked);
      return;
    }
    const found = parse(kept ?? "{}");
    if (!found) say("storage", words.damaged);
    ticks = found ?? new Map();
  }

  function keep() {
    try {
      localStorage.setItem(place, JSON.stringify(Object.fromEntries(ticks)));
      unsay("storage");
    } catch (error) {
      say("storage", error.name === "SecurityError" ? words.blocked : words.full);
    }
  }

  // --- What is shown. ---

  function progress(items) {
    const all = new Map(items);
    const done = [...all].filter(([key, hash]) => ticks.get(key) === hash).length;
    return { done, all: all.size, words: fill(done === all.size ? words.all : words.progress, { done, all: all.size }) };
  }

  function write(element, sentence) {
    // Only a change is announced.
    if (element && element.textContent !== sentence) element.textContent = sentence;
  }

  function show() {
    for (const box of boxes) box.checked = ticks.get(box.dataset.key) === box.dataset.hash;
    if (boxes.length) {
      const here = progress(boxes.map((box) => [box.dataset.key, box.dataset.hash]));
      for (const element of document.querySelectorAll("p[data-progress]")) write(element, here.words);
    }
    for (const counter of counters) {
      const step = progress(counter.items);
      write(counter.element, step.done ? step.words : counter.otherwise);
      counter.element.toggleAttribute("data-done", step.done === step.all);
    }
    if (counters.length) {
      const way = progress(counters.flatMap((counter) => counter.items));
      write(document.querySelector("[data-progress-all]"), way.done ? way.words : "");
    }
  }

  // A stale tick stays kept until its item is ticked anew, so that the notice isn't missed.
  function showStale() {
    const stale = boxes.filter((box) => ticks.has(box.dataset.key) && ticks.get(box.dataset.key) !== box.dataset.hash);
    if (stale.length) say("changed", words.changed, stale.map((box) => box.labels[0].textContent));
    else unsay("changed");
  }

  // A tick whose item is gone is told of once, on the page that had it. (A key that ends with "#" is of a whole page, as
  // on the sheet of the whole way.)
  function dropGone() {
    const here = new Set(boxes.map((box) => box.dataset.key));
    const own = root.dataset.page + "#";
    const gone = [...ticks.keys()].filter((key) => key.startsWith(own) && key !== own && !here.has(key));
    if (!gone.length) return;
    for (const key of gone) ticks.delete(key);
    keep();
    say("gone", words.gone);
  }

  // --- What one does. ---

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches?.("input[data-key]")) return;
    if (box.checked) ticks.set(box.dataset.key, box.dataset.hash);
    else ticks.delete(box.dataset.key);
    unsay("cleared");
    keep();
    show();
    showStale();
  });

  function clear() {
    const before = new Map(ticks);
    for (const box of boxes) ticks.delete(box.dataset.key);
    for (const [key] of counters.flatMap((counter) => counter.items)) ticks.delete(key);
    keep();
    show();
    showStale();
    const undo = document.createElement("button");
    undo.type = "button";
    undo.textContent = words.undo;
    undo.addEventListener("click", () => {
      ticks = before;
      keep();
      show();
      unsay("cleared");
      document.querySelector("[data-clear]").focus();
    });
    say("cleared", words.cleared, [], undo);
  }

  function save() {
    const file = { guidepost: 1, site: root.dataset.site, ticks: Object.fromEntries(ticks) };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
    link.download = "guidepost-ticks.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say("file", fill(words.saved, { file: link.download }));
  }

  async function load(input) {
    const chosen = input.files[0];
    input.value = "";
    if (!chosen) return;
    let file = null;
    try {
      file = JSON.parse(await chosen.text());
    } catch {
      // It is told below, like everything else that isn't ours.
    }
    const found = file?.guidepost === 1 ? parse(JSON.stringify(file.ticks ?? null)) : null;
    if (!found) return say("file", words.nofile);
    if (file.site !== root.dataset.site) return say("file", words.other);
    for (const [key, hash] of found) ticks.set(key, hash);
    unsay("cleared");
    keep();
    show();
    showStale();
    say("file", fill(words.loaded, { n: found.size }));
  }

  for (const tools of document.querySelectorAll("[data-tick-tools]")) {
    const input = tools.querySelector("input");
    tools.hidden = false;
    tools.querySelector("[data-clear]").addEventListener("click", clear);
    tools.querySelector("[data-save]").addEventListener("click", save);
    tools.querySelector("[data-load]").addEventListener("click", () => input.click());
    input.addEventListener("change", () => load(input));
  }

  // Where several sheets print in one go, the style sheet finds the foot of each at the root.
  for (const [number, sheet] of document.querySelectorAll(".sheet").entries()) {
    root.setAttribute("data-foot-" + (number + 1), sheet.dataset.foot);
  }

  // Boxes print empty, unless one asks for one's ticks.
  for (const tools of document.querySelectorAll("[data-print-tools]")) tools.hidden = false;
  for (const button of document.querySelectorAll("button[data-print]")) {
    button.addEventListener("click", () => {
      root.dataset.print = button.dataset.print;
      window.print();
    });
  }
  window.addEventListener("afterprint", () => delete root.dataset.print);

  function begin() {
    recall();
    show();
    showStale();
    dropGone();
  }
  begin();
  // Other tabs tick too, and a page that comes back from the browser's memory is old.
  window.addEventListener("storage", (event) => event.key === place && begin());
  window.addEventListener("pageshow", (event) => event.persisted && begin());
})();
