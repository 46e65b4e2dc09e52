// Live reload and the list of what is wrong. `guidepost serve` adds this script to the pages that it shows; it is in no
// published site. Whatever it shows of the site's texts goes into text nodes.
(() => {
  "use strict";
  const own = new URL(document.currentScript.src);
  let shown = own.searchParams.get("v");
  let number = own.searchParams.get("n") || "0";
  const KEPT = "guidepost-preview";
  let source = null;
  let overlay = null;
  let dismissed = "";

  // ---- the place on the page and the list that was hidden, kept over a reload

  function keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, x: scrollX, y: scrollY, dismissed }));
    } catch {
      // Storage may be switched off; the browser's own memory of the place then has to do.
    }
  }

  function takeKept() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT) || "{}");
      sessionStorage.removeItem(KEPT);
      if (kept.path !== location.pathname) return;
      dismissed = kept.dismissed;
      const go = () => scrollTo({ left: kept.x, top: kept.y, behavior: "instant" });
      go();
      addEventListener("load", go, { once: true });
    } catch {
      // The same.
    }
  }

  // ---- what changed

  function swapStylesheet(address) {
    const links = [...document.querySelectorAll("link[rel=stylesheet]")];
    const old = links.find((link) => /\/assets\/style-[^/]*\.css$/.test(new URL(link.href).pathname));
    if (!old || new URL(old.href).pathname === address) return;
    const link = old.cloneNode();
    link.href = address;
    // The old one goes when the new one is there, so that the page is never bare.
    link.addEventListener("load", () => old.remove());
    link.addEventListener("error", () => link.remove());
    old.after(link);
  }

  function refreshPictures(files) {
    for (const picture of document.images) {
      const address = new URL(picture.src);
      if (!files.includes(address.pathname)) continue;
      address.search = `?n=${number}`;
      picture.src = address.href;
    }
  }

  function take(state) {
    number = String(state.number);
    showProblems(state.problems);
    if (state.follow && state.follow !== location.pathname && state.follow !== `${location.pathname}index.html`) {
      location.assign(state.follow);
      return;
    }
    if (state.page && state.page !== shown) {
      shown = state.page;
      keep();
      location.reload();
      return;
    }
    swapStylesheet(state.stylesheet);
    refreshPictures(state.files);
  }

  // ---- what is wrong

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function excerpt(problem) {
    const letters = [...problem.excerpt];
    const start = problem.column - 1;
    const mark = element("mark", "", letters.slice(start, start + problem.marked).join("") || " ");
    const line = element("code", "", letters.slice(0, start).join(""), mark, letters.slice(start + problem.marked).join(""));
    return element("pre", "", element("span", "guidepost-line", `${problem.line} | `), line);
  }

  function item(problem) {
    const made = element("li", "", element("p", "guidepost-message", problem.message));
    if (problem.rule) made.firstChild.append(" ", element("span", "guidepost-rule", `[${problem.rule}]`));
    if (problem.file) {
      const place = problem.line ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
      made.append(element("p", "guidepost-place", place));
    }
    if (problem.excerpt !== undefined) made.append(excerpt(problem));
    if (problem.hint) made.append(element("p", "guidepost-hint", `help: ${problem.hint}`));
    return made;
  }

  function showProblems(problems) {
    const key = JSON.stringify(problems);
    if (!problems.length || key !== dismissed) dismissed = "";
    if (!problems.length || dismissed) return close();
    if (overlay && overlay.dataset.key === key) return;
    close();
    const title = element("h2", "", problems.length === 1 ? "One error" : `${problems.length} errors`);
    title.id = "guidepost-preview-title";
    const button = element("button", "", "Hide (Esc)");
    button.type = "button";
    button.addEventListener("click", () => dismiss(key));
    const list = element("ul", "", ...problems.map(item));
    list.tabIndex = 0;
    list.setAttribute("aria-labelledby", title.id);
    overlay = element("section", "guidepost-preview", element("div", "guidepost-head", title, button), list);
    overlay.setAttribute("role", "alert");
    overlay.dataset.key = key;
    const note = element("p", "guidepost-note", "Below is the page as it last was without them, as far as that is known.");
    overlay.append(note);
    style();
    document.body.prepend(overlay);
    document.documentElement.classList.add("guidepost-previewed");
    height.observe(overlay);
  }

  // The page gets so much room below that its end can be scrolled to above the list.
  const height = new ResizeObserver(() => {
    if (overlay) document.documentElement.style.setProperty("--guidepost-preview-height", `${overlay.offsetHeight}px`);
  });

  function style() {
    if (document.getElementById("guidepost-preview-style")) return;
    const link = element("link");
    link.id = "guidepost-preview-style";
    link.rel = "stylesheet";
    link.href = new URL("overlay.css", own).href;
    document.head.append(link);
  }

  function close() {
    overlay?.remove();
    overlay = null;
    height.disconnect();
    document.documentElement.classList.remove("guidepost-previewed");
  }

  function dismiss(key) {
    dismissed = key;
    close();
  }

  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !overlay || event.defaultPrevented) return;
    event.preventDefault();
    dismiss(overlay.dataset.key);
  });

  // ---- the line to the preview

  function connect() {
    if (source || document.visibilityState === "hidden") return;
    const at = encodeURIComponent(location.pathname);
    source = new EventSource(new URL(`events?at=${at}&n=${number}`, own));
    source.addEventListener("message", (event) => take(JSON.parse(event.data)));
    // The browser tries again by itself while the preview is restarted; where it gives up, we begin anew.
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      disconnect();
      setTimeout(connect, 1000);
    });
  }

  function disconnect() {
    source?.close();
    source = null;
  }

  takeKept();
  connect();
  // A browser has six connections for a site. Tabs that nobody sees give theirs back, or the seventh tab would wait for ever.
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
})();
