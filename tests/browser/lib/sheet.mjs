// Functions that run in a sheet's page, with the media `print`: what stands there, how large it is, and marks by which
// printed items are found again.

// The sheets on a page.
export function sheets() {
  return [...document.querySelectorAll(".sheet")].map((sheet) => ({
    title: sheet.querySelector("h1, h2").firstChild.textContent.trim(),
    stamp: /(?:Stamp|Sello|الختم) ([0-9a-z]{6})\b/.exec(sheet.querySelector(".sheet-check").textContent)?.[1],
    address: sheet.querySelector(".address").textContent,
    revised: /\d{4}-\d{2}-\d{2}/.exec(sheet.querySelector(".sheet-check").textContent)?.[0],
    rows: sheet.querySelectorAll("tbody tr").length,
    landscape: sheet.classList.contains("is-landscape"),
    items: [...sheet.querySelectorAll(".task label")].map((label) => label.textContent.replace(/\s+/g, " ").trim()),
  }));
}

// Puts a mark at the start and at the end of each row and item, out of the flow and in a font whose digits can be read back from
// a PDF: "qS7q", "qE7q"; at a group's heading
// "qG7q". Returns, for each number, what was marked, its table's head, and how many rows follow a heading.
export function mark() {
  const marked = [];
  const put = (element, kind, side) => {
    const span = document.createElement("span");
    span.textContent = `q${kind}${marked.length}q`;
    Object.assign(span.style, { position: "absolute", [side]: "0", left: "0", fontSize: "2px", fontFamily: "Liberation Sans", lineHeight: "1", whiteSpace: "nowrap" });
    if (getComputedStyle(element).position === "static") element.style.position = "relative";
    element.append(span);
  };
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  for (const row of document.querySelectorAll(".sheet tbody tr, .sheet li.task, .sheet .fields > li, .sheet .group-title")) {
    const cell = row.cells?.[0] ?? row;
    const what = words(row).slice(0, 60);
    const group = row.matches(".group, .group-title");
    const table = row.closest("table");
    const head = group || !table?.tHead ? [] : [...table.tHead.rows[0].cells].map(words).filter(Boolean);
    if (group) put(cell, "G", "top");
    else {
      put(cell, "S", "top");
      put(cell, "E", "bottom");
    }
    const list = row.matches(".group-title") ? row.nextElementSibling : row.parentElement;
    const items = group ? list.querySelectorAll("tr:not(.group), li.task").length : 0;
    marked.push({ what, group, items, head });
  }
  return marked;
}

// Everything about a sheet that a ruler can tell: rules 20 to 23, 26 and 28.
export function measure() {
  const mm = 96 / 25.4;
  const pt = 96 / 72;
  const found = [];
  const least = (what, value, bound, unit) => {
    if (value < bound * unit - 0.05) found.push(`${what}: ${(value / unit).toFixed(2)} ${unit === mm ? "mm" : "pt"}, not ${bound}`);
  };
  const box = (element) => element.getBoundingClientRect();
  for (const sheet of document.querySelectorAll(".sheet")) {
    const boxes = [...sheet.querySelectorAll("input[type=checkbox]")];
    for (const [at, input] of boxes.entries()) {
      least("box's width", box(input).width, 5, mm);
      least("box's height", box(input).height, 5, mm);
      least("box's line", parseFloat(getComputedStyle(input).borderTopWidth), 1, pt);
      const next = boxes[at + 1];
      if (next) least("between two boxes", Math.max(box(next).top - box(input).bottom, box(next).left - box(input).right), 2, mm);
    }
    const walker = document.createTreeWalker(sheet, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      const range = document.createRange();
      range.selectNodeContents(node);
      if (!node.data.trim() || parent.closest("svg, .visually-hidden") || !range.getClientRects().length) continue;
      const style = getComputedStyle(parent);
      const what = node.data.trim().slice(0, 40);
      least(`text “${what}”`, parseFloat(style.fontSize), parent.closest(".task label") ? 12 : 10, pt);
      if (!/sans-serif|monospace/.test(style.fontFamily)) found.push(`“${what}” is not set sans serif`);
      if (style.textTransform === "uppercase") found.push(`“${what}” is set in capitals`);
    }
    for (const [column, width] of [["owner", 40], ["date", 25], ["initials", 15]]) {
      for (const cell of sheet.querySelectorAll(`.write-${column}`)) least(`column ${column}`, box(cell).width, width, mm);
    }
    for (const row of sheet.querySelectorAll("tbody tr:not(.group)")) {
      if (row.closest(".items, .ruled")) least(`row “${row.textContent.trim().slice(0, 30)}”`, box(row).height, 8, mm);
    }
    for (const line of sheet.querySelectorAll(".field-line")) least("line to write on", box(line).height, 8, mm);
    const code = sheet.querySelector("svg.code");
    if (code) {
      const modules = code.viewBox.baseVal.width;
      const inked = code.querySelector(".code-ink").getBBox();
      least("QR code", (box(code).width * inked.width) / modules, 25, mm);
      const quiet = Math.min(inked.x, inked.y, modules - inked.x - inked.width, modules - inked.y - inked.height);
      if (quiet < 4) found.push(`QR code's quiet zone: ${quiet} modules`);
    }
  }
  for (const element of document.querySelectorAll(".skip, .site-head, nav:not(.is-printed), .site-foot, .tools, button, [role=search], [role=status], noscript, a[type='application/pdf']")) {
    if (element.getClientRects().length) found.push(`prints: ${element.outerHTML.slice(0, 60)}`);
  }
  return [...new Set(found)];
}
