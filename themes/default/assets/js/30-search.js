// Search: results show below the field while one types. The index is a script, loaded when the field is first used, since
// that works from a folder too. How it is written and how words are cut is said in `src/search` of Guidepost.
//
// Results are links in lists, which Tab reaches as it does any link. The arrow keys go through them too, Esc closes them,
// and Enter in the field leads to the search page, which shows all and never closes. Nothing is sent.
(() => {
  const form = document.querySelector(".site-search");
  if (!form) return;
  const field = form.querySelector("input");
  const isPage = document.body.classList.contains("page-search");
  const most = isPage ? Infinity : 10;
  const folder = form.dataset.index.replace(/[^/]*$/, "");
  const make = (name, parent, values) => parent.appendChild(Object.assign(document.createElement(name), values));
  // What is heard is written somewhat later than what is seen, when one stops typing.
  const heard = make("p", form, { className: "visually-hidden", role: "status" });
  const results = make("div", form, { className: "search-results", hidden: true });
  let index, script, waiting;

  // --- Words. ---

  const unspaced = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3005-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\uff66-\\uff9f\\u{20000}-\\u{3ffff}";
  const part = "(?=[\\p{Alphabetic}\\p{N}\\p{M}])";
  const runs = new RegExp(`(?:${part}[^${unspaced}])+|((?:${part}[${unspaced}])+)`, "gu");
  const spellings = { ß: "ss", æ: "ae", œ: "oe", þ: "th", ø: "o", đ: "d", ð: "d", ł: "l", ı: "i", ς: "σ" };

  function fold(run) {
    if (/^\w*$/.test(run)) return run.toLowerCase();
    const bare = run.normalize("NFKD").replace(/[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\s]/g, "");
    return bare.normalize("NFC").toLowerCase().replace(/[ßæœþøđðłıς]/g, (letter) => spellings[letter]);
  }

  // The words of a text, folded, each with where it stands; in scripts without spaces, pairs of letters.
  function cut(text) {
    return [...text.matchAll(runs)].flatMap(({ 0: run, 1: isUnspaced, index: at }) => {
      const word = fold(run);
      const letters = isUnspaced ? [...word] : [];
      if (letters.length < 2) return [{ word, at, end: at + run.length }];
      // Where folding changed the number of letters, each pair is said to be the whole run.
      const places = run.length === letters.length ? (nth) => [at + nth, at + nth + 2] : () => [at, at + run.length];
      return letters.slice(1).map((letter, nth) => ({ word: letters[nth] + letter, at: places(nth)[0], end: places(nth)[1] }));
    });
  }

  // How much a word is like one that was typed; the last one may be unfinished.
  function likeness(word, typed, isLast) {
    if (word === typed) return 1;
    if (isLast && word.startsWith(typed)) return 0.8;
    const [short, long] = word.length < typed.length ? [word, typed] : [typed, word];
    return short.length > 3 && long.length === short.length + 1 && long.startsWith(short) ? 0.7 : 0;
  }

  // The same with a slip: one letter too many, too few or another, or two that changed places.
  function slip(word, typed, isLast) {
    let at = 0;
    while (at < typed.length && word[at] === typed[at]) at += 1;
    const goesOn = (from, rest) => word.startsWith(typed.slice(rest), from) && (isLast || word.length - from === typed.length - rest);
    const isSwap = word[at] === typed[at + 1] && word[at + 1] === typed[at];
    return goesOn(at + 1, at + 1) || goesOn(at, at + 1) || goesOn(at + 1, at) || (isSwap && goesOn(at + 2, at + 2)) ? 0.5 : 0;
  }

  // --- Finding: the entries that have most of the words, the best first, and the words by which they were found. ---

  function find(query) {
    const typed = [...new Set(cut(query).map(({ word }) => word))];
    const hits = new Set();
    const scores = new Map();
    typed.forEach((one, nth) => {
      const alike = (by) => index.words.map((word, at) => [at, by(word, one, nth === typed.length - 1)]).filter(([, like]) => like);
      const exact = alike(likeness);
      const best = new Map();
      for (const [at, like] of exact.length || one.length < 4 ? exact : alike(slip)) {
        hits.add(index.words[at]);
        let entry = -1;
        for (const [, step, weight] of index.places[at].matchAll(/(\d*)(\D)/g)) {
          entry += +step || 1;
          best.set(entry, Math.max(best.get(entry) ?? 0, like * (weight.charCodeAt() - 64)));
        }
      }
      // A word that few entries have says more.
      const rare = Math.log(1 + index.entries.length / best.size);
      for (const [entry, weight] of best) {
        const { words, weight: before } = scores.get(entry) ?? { words: 0, weight: 0 };
        scores.set(entry, { entry, words: words + 1, weight: before + weight * rare });
      }
    });
    const found = [...scores.values()].sort((one, other) => other.words - one.words || other.weight - one.weight || one.entry - other.entry);
    return { found: found.filter(({ words }) => words === found[0].words).map(({ entry }) => index.entries[entry]), hits };
  }

  // --- Showing. ---

  const marks = (text, hits) => cut(text).filter(({ word }) => hits.has(word));

  // Writes a text with its hits marked: at most `length` letters or so, around the first hit.
  function write(parent, text, hits, length = Infinity) {
    const found = marks(text, hits);
    const first = found[0] ?? { at: 0, end: 0 };
    const space = text.indexOf(" ", first.at - 50) + 1;
    const start = text.length <= length || first.at < 60 ? 0 : space && space < first.at ? space : first.at;
    const stop = text.lastIndexOf(" ", start + length);
    const end = text.length <= start + length ? text.length : stop > first.end ? stop : Math.max(first.end, start + length);
    let at = start;
    if (start) parent.append("… ");
    for (const hit of found) {
      if (hit.end <= at || hit.end > end) continue;
      parent.append(text.slice(at, Math.max(at, hit.at)));
      make("mark", parent, { textContent: text.slice(Math.max(at, hit.at), hit.end) });
      at = hit.end;
    }
    parent.append(text.slice(at, end), end < text.length ? " …" : "");
  }

  // An entry, with that line of it that has most of the words; a heading is a link to its place. Far down a long list it is
  // the summary.
  function entry(list, [url, , title, also, summary, headings, text], hits, nth) {
    const names = also.length ? `${index.labels.also}: ${also.join(", ")}` : "";
    const lines = nth > 50 ? [[summary]] : [[summary], [names], ...headings, ...text.split("\n").map((line) => [line])];
    const count = (line) => new Set(marks(line, hits).map(({ word }) => word)).size;
    const best = lines.map((line) => ({ line, count: count(line[0]) })).reduce((best, other) => (other.count > best.count ? other : best));
    const [line, where] = best.line;
    const item = make("li", list);
    write(make("a", item, { href: folder + url }), title, hits);
    const href = where && folder + (where.startsWith("#") ? url : "") + where;
    if (line) write(make(href ? "a" : "p", item, href && { href }), line, hits, 150);
  }

  function say(sentence) {
    make("p", results, { className: "search-count", textContent: sentence, ariaHidden: "true" });
    waiting = setTimeout(() => (heard.textContent = sentence), 500);
  }

  function show() {
    const query = field.value.trim();
    close();
    if (!query || !(index || script?.hasFailed)) return;
    results.hidden = false;
    if (!index) return say(form.dataset.failed);
    const { found, hits } = find(query);
    const { labels } = index;
    say(([labels.none, labels.one][found.length] ?? labels.other).replace("{n}", found.length).replace("{query}", () => query));
    const lists = new Map();
    found.slice(0, most).forEach((one, nth) => {
      const kind = one[1];
      if (!lists.has(kind)) {
        const head = make("p", results, { id: `page.search-${kind}`, className: "search-kind", textContent: labels.kinds[kind] });
        lists.set(kind, make("ul", results));
        lists.get(kind).setAttribute("aria-labelledby", head.id);
      }
      entry(lists.get(kind), one, hits, nth);
    });
    if (found.length > most) make("a", results, { className: "search-all", href: all(), textContent: labels.all.replace("{n}", found.length) });
  }

  function close() {
    clearTimeout(waiting);
    heard.textContent = "";
    results.replaceChildren();
    results.hidden = true;
  }

  const all = () => `${form.getAttribute("action")}?q=${encodeURIComponent(field.value.trim())}`;

  // Loads the index, or tries that again when one comes back to the field.
  function use({ type }) {
    if (!script || (script.hasFailed && type === "focus")) {
      script = make("script", document.head, { src: form.dataset.index });
      script.onload = script.onerror = () => {
        const found = window.guidepostIndex;
        if (found) index = { ...found, words: found.words.split(" "), places: found.places.split(" ") };
        script.hasFailed = !found;
        show();
      };
    }
    show();
  }

  for (const type of ["focus", "input"]) field.addEventListener(type, use);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.href = all();
  });
  form.addEventListener("keydown", (event) => {
    if (results.hidden || event.isComposing) return;
    const stops = [field, ...results.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step ? stops[stops.indexOf(document.activeElement) + step] : event.key === "Escape" && !isPage && field;
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (!step) close();
  });
  const leave = (to) => isPage || !to || form.contains(to) || close();
  form.addEventListener("focusout", ({ relatedTarget }) => leave(relatedTarget));
  document.addEventListener("pointerdown", ({ target }) => leave(target));
  form.classList.add("is-ready");
  if (isPage) field.value = new URLSearchParams(location.search).get("q") ?? field.value;
  if (isPage && field.value) use({});
})();
