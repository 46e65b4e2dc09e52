// Terms: the definition shows on hover, focus and tap, beside the term.
//
// As WCAG 1.4.13 asks, it goes away with Esc, one can point into it, and it stays until one leaves or closes it. The
// term stays a link to its page; by touch, the first tap shows the definition, which has a link of its own.
(() => {
  const root = document.documentElement;
  const words = document.getElementById("words").dataset;
  let shown = null; // { term, box }
  let waiting = 0;
  let touched = null; // The term under a finger, where its definition wasn't there yet.

  function open(term) {
    clearTimeout(waiting);
    if (shown?.term === term) return;
    close();
    const box = document.createElement("span");
    const definition = document.createElement("span");
    const more = document.createElement("a");
    box.className = "definition";
    definition.id = "definition";
    definition.textContent = term.dataset.definition;
    more.href = term.href;
    more.textContent = words.term.replace("{term}", term.textContent);
    box.append(definition, more);
    // Right after the term, so that Tab leads into it; but not into a table's scrolling region, which would cut it off.
    (term.closest(".table") ?? term).after(box);
    term.setAttribute("aria-describedby", "definition");
    shown = { term, box };
    stand(term, box);
    box.addEventListener("pointerenter", () => clearTimeout(waiting));
    box.addEventListener("pointerleave", closeSoon);
  }

  // Below the term's first line, inside the window.
  function stand(term, box) {
    const at = term.getClientRects()[0];
    const from = box.offsetParent.getBoundingClientRect();
    const left = Math.max(16, Math.min(at.left, root.clientWidth - box.offsetWidth - 16));
    box.style.left = `${left - from.left}px`;
    box.style.top = `${at.bottom - from.top}px`;
  }

  function close() {
    clearTimeout(waiting);
    if (!shown) return;
    const { term, box } = shown;
    shown = null;
    const inside = box.contains(document.activeElement);
    term.removeAttribute("aria-describedby");
    box.remove();
    return inside ? term : null;
  }

  function closeSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      // What has the focus keeps its definition.
      if (shown && shown.term !== document.activeElement && !shown.box.contains(document.activeElement)) close();
    }, 250);
  }

  for (const term of document.querySelectorAll("a.term[data-definition]")) {
    term.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "touch") return;
      clearTimeout(waiting);
      waiting = setTimeout(() => open(term), 120);
    });
    term.addEventListener("pointerleave", closeSoon);
    term.addEventListener("focus", () => {
      // A finger's focus comes before its click, which decides.
      if (touched !== term) open(term);
    });
    term.addEventListener("pointerdown", (event) => {
      touched = event.pointerType === "touch" && shown?.term !== term ? term : null;
    });
    term.addEventListener("click", (event) => {
      if (touched !== term) return;
      touched = null;
      event.preventDefault();
      open(term);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const term = close();
    if (!term) return;
    // Back to the term, without showing again what was just closed.
    touched = term;
    term.focus();
    touched = null;
  });
  document.addEventListener("focusin", (event) => {
    if (shown && event.target !== shown.term && !shown.box.contains(event.target)) close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (shown && !shown.term.contains(event.target) && !shown.box.contains(event.target)) close();
  });
  window.addEventListener("resize", close);
})();
