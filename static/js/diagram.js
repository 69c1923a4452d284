// What a drawing gains when its script runs: zoom, drag, fit, full screen, a map of large ones, light on what comes before
// and after, cards that open beside it. Without it the drawing scrolls and its cards are links.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const LEAST = 0.08, MOST = 3, STEP = 1.25, READABLE = 0.7, OPENING = 0.9;

  function start(figure) {
    if (figure.classList.contains("has-script")) return;
    const stage = figure.querySelector(".diagram-stage");
    const svg = figure.querySelector(".diagram-svg");
    if (!stage || !svg) return;
    figure.classList.add("has-script");
    const width = svg.viewBox.baseVal.width, height = svg.viewBox.baseVal.height;
    const scaleText = figure.querySelector(".diagram-scale");
    let scale = 1;
    let map = null;
    let isTouched = false;  // the reader has chosen a zoom: it is kept when the window or the panel changes

    // --- zoom ---------------------------------------------------------------------------------------------------------
    function zoom(wanted, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
      const before = svg.getBoundingClientRect(), frame = stage.getBoundingClientRect();
      const left = (frame.left + x - before.left) / scale, top = (frame.top + y - before.top) / scale;
      scale = Math.min(MOST, Math.max(LEAST, wanted));
      svg.setAttribute("width", Math.round(width * scale));
      svg.setAttribute("height", Math.round(height * scale));
      const after = svg.getBoundingClientRect();
      stage.scrollLeft += after.left + left * scale - (frame.left + x);
      stage.scrollTop += after.top + top * scale - (frame.top + y);
      if (scaleText) scaleText.textContent = `${Math.round(scale * 100)} %`;
      if (map) map.update();
    }
    function fitting() {
      const high = document.fullscreenElement === figure ? stage.clientHeight : parseFloat(getComputedStyle(stage).maxHeight) || innerHeight * 0.76;
      return Math.min(1, (stage.clientWidth - 2) / width, (high - 2) / height);
    }
    function centre(card) {
      const box = card.getBoundingClientRect(), frame = stage.getBoundingClientRect();
      stage.scrollLeft += box.left + box.width / 2 - frame.left - stage.clientWidth / 2;
      stage.scrollTop += box.top + box.height / 2 - frame.top - stage.clientHeight / 2;
    }
    const act = {
      in: () => { isTouched = true; zoom(scale * STEP); },
      out: () => { isTouched = true; zoom(scale / STEP); },
      fit: () => { isTouched = true; zoom(fitting()); },
      full: () => (document.fullscreenElement === figure ? document.exitFullscreen() : figure.requestFullscreen()),
    };
    const tools = figure.querySelector(".diagram-tools");
    if (tools) {
      tools.hidden = false;
      const full = tools.querySelector('[data-zoom="full"]');
      if (full && !document.fullscreenEnabled) full.hidden = true;
      tools.addEventListener("click", (event) => {
        const button = event.target.closest("[data-zoom]");
        if (button) act[button.dataset.zoom]();
      });
    }
    figure.addEventListener("fullscreenchange", () => zoom(document.fullscreenElement === figure ? fitting() : opening()));
    stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      isTouched = true;
      const frame = stage.getBoundingClientRect();
      const lines = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
      zoom(scale * Math.exp(-lines / 300), event.clientX - frame.left, event.clientY - frame.top);
    }, { passive: false });

    // --- drag ---------------------------------------------------------------------------------------------------------
    let drag = null;
    stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      const frame = stage.getBoundingClientRect();
      if (event.clientX - frame.left > stage.clientWidth || event.clientY - frame.top > stage.clientHeight) return;
      drag = { x: event.clientX, y: event.clientY, left: stage.scrollLeft, top: stage.scrollTop, moved: false };
    });
    addEventListener("pointermove", (event) => {
      if (!drag) return;
      const x = event.clientX - drag.x, y = event.clientY - drag.y;
      if (!drag.moved && Math.hypot(x, y) < 5) return;
      drag.moved = true;
      figure.classList.add("is-dragged");
      stage.scrollLeft = drag.left - x;
      stage.scrollTop = drag.top - y;
    });
    addEventListener("pointerup", () => {
      if (drag && drag.moved) svg.addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
      if (drag && drag.moved) setTimeout(() => figure.classList.remove("is-dragged"));
      drag = null;
    });
    svg.addEventListener("dragstart", (event) => event.preventDefault());

    // --- light on what comes before and after ---------------------------------------------------------------------------
    const cards = new Map([...svg.querySelectorAll("[data-node]")].map((card) => [card.dataset.node, card]));
    const arrows = [...svg.querySelectorAll("[data-arrow]")];
    const out = new Map(), into = new Map();
    for (const arrow of arrows) {
      for (const [ends, key] of [[out, arrow.dataset.from], [into, arrow.dataset.to]]) {
        if (!ends.has(key)) ends.set(key, []);
        ends.get(key).push(arrow);
      }
    }
    function walk(key, ends, side, lit) {
      const seen = new Set([key]), queue = [key];
      while (queue.length) {
        for (const arrow of ends.get(queue.pop()) || []) {
          lit.add(arrow);
          const next = arrow.dataset[side];
          if (!seen.has(next)) { seen.add(next); queue.push(next); lit.add(cards.get(next)); }
        }
      }
    }
    let lit = new Set();
    function light(target) {
      for (const part of lit) part.classList.remove("is-lit", "is-near");
      lit = new Set();
      const part = target && target.closest("[data-node], [data-arrow]");
      if (part && part.dataset.node !== undefined) {
        const key = part.dataset.node;
        walk(key, out, "to", lit);
        walk(key, into, "from", lit);
        lit.add(part);
        for (const arrow of [...(out.get(key) || []), ...(into.get(key) || [])]) arrow.classList.add("is-near");
      } else if (part) {
        for (const one of [part, cards.get(part.dataset.from), cards.get(part.dataset.to)]) lit.add(one);
        part.classList.add("is-near");
      }
      for (const one of lit) one.classList.add("is-lit");
      svg.classList.toggle("has-light", lit.size > 0);
    }
    let waiting = 0;
    const later = (target, wait) => { clearTimeout(waiting); waiting = setTimeout(() => light(target), wait); };
    const focused = () => (svg.contains(document.activeElement) && document.activeElement.matches(":focus-visible") ? document.activeElement : null);
    svg.addEventListener("pointerover", (event) => { if (event.pointerType !== "touch") later(event.target, 60); });
    svg.addEventListener("pointerleave", () => later(focused(), 60));
    svg.addEventListener("focusin", (event) => { if (event.target.matches(":focus-visible")) later(event.target, 0); });
    svg.addEventListener("focusout", () => later(focused(), 0));

    // --- keys -----------------------------------------------------------------------------------------------------------
    const keys = { "+": "in", "=": "in", "-": "out", "0": "fit", f: "full" };
    figure.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (keys[event.key] && (event.key !== "f" || document.fullscreenEnabled)) { event.preventDefault(); act[keys[event.key]](); return; }
      const card = event.target.closest("[data-node]");
      const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (!card || !way) return;
      event.preventDefault();
      const next = neighbour(card, way);
      if (next) next.focus();
    });
    function neighbour(card, [right, down]) {
      const from = card.getBoundingClientRect();
      let best = null, least = Infinity;
      for (const other of cards.values()) {
        if (other === card || other.tagName.toLowerCase() !== "a") continue;
        const box = other.getBoundingClientRect();
        const x = box.left + box.width / 2 - from.left - from.width / 2, y = box.top + box.height / 2 - from.top - from.height / 2;
        const ahead = x * right + y * down, aside = Math.abs(x * down + y * right);
        if (ahead > 4 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = other; }
      }
      return best;
    }

    // --- cards that open beside the drawing -----------------------------------------------------------------------------
    const address = (link) => new URL(link.getAttribute("href"), location.href);
    svg.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-node], .arrow a");
      if (!link || !figure.dataset.panel || !window.htmx) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      if (!document.getElementById(figure.dataset.panel)) return;
      event.preventDefault();
      if (document.fullscreenElement === figure) document.exitFullscreen();
      const to = address(link);
      htmx.ajax("GET", to.pathname + to.search, { source: link, target: `#${figure.dataset.panel}`, swap: "outerHTML", push: "true" })
        .then(() => { const panel = document.getElementById(figure.dataset.panel); if (panel) reveal(panel); }, () => {});
    });
    function reveal(panel) {
      const top = panel.getBoundingClientRect().top;
      panel.focus({ preventScroll: top >= 0 && top < innerHeight / 2 });
    }
    figure.markCurrent = () => {
      const isHere = (link) => address(link).pathname === location.pathname;
      for (const link of svg.querySelectorAll("a[data-node]")) link.classList.toggle("is-current", isHere(link));
      for (const link of svg.querySelectorAll(".arrow a")) link.closest(".arrow").classList.toggle("is-current", isHere(link));
    };

    // --- a map of large drawings ------------------------------------------------------------------------------------------
    if ("large" in figure.dataset) map = makeMap();
    function makeMap() {
      const ratio = Math.min(200 / width, 130 / height);
      const picture = document.createElementNS(SVG, "svg");
      picture.setAttribute("class", "diagram-map");
      picture.setAttribute("aria-hidden", "true");
      picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      picture.setAttribute("width", Math.round(width * ratio));
      picture.setAttribute("height", Math.round(height * ratio));
      const rectangle = (x, y, w, h, name) => {
        const one = document.createElementNS(SVG, "rect");
        for (const [key, value] of Object.entries({ x, y, width: w, height: h, class: name })) one.setAttribute(key, Math.round(value) === value || typeof value === "string" ? value : Math.round(value));
        picture.append(one);
        return one;
      };
      for (const card of cards.values()) {
        const place = card.transform.baseVal.getItem(0).matrix, sheet = card.querySelector(".sheet");
        const name = card.classList.contains("is-problem") ? "is-bad" : card.classList.contains("is-start") || card.classList.contains("is-current") ? "is-marked" : "";
        rectangle(place.e, place.f, sheet.width.baseVal.value, sheet.height.baseVal.value, name);
      }
      const view = rectangle(0, 0, 0, 0, "view");
      view.setAttribute("stroke-width", Math.round(2 / ratio));
      figure.append(picture);
      const go = (event) => {
        const frame = picture.getBoundingClientRect();
        stage.scrollLeft = ((event.clientX - frame.left) / ratio) * scale - stage.clientWidth / 2;
        stage.scrollTop = ((event.clientY - frame.top) / ratio) * scale - stage.clientHeight / 2;
      };
      picture.addEventListener("pointerdown", (event) => { picture.setPointerCapture(event.pointerId); go(event); });
      picture.addEventListener("pointermove", (event) => { if (picture.hasPointerCapture(event.pointerId)) go(event); });
      const update = () => {
        const isWhole = stage.scrollWidth <= stage.clientWidth + 1 && stage.scrollHeight <= stage.clientHeight + 1;
        picture.toggleAttribute("hidden", isWhole);
        const size = { x: stage.scrollLeft / scale, y: stage.scrollTop / scale, width: Math.min(width, stage.clientWidth / scale), height: Math.min(height, stage.clientHeight / scale) };
        for (const [key, value] of Object.entries(size)) view.setAttribute(key, Math.round(value));
      };
      stage.addEventListener("scroll", update, { passive: true });
      return { update };
    }

    // --- first sight: all of it if that can be read, else as much as can, from the open card or the start on --------------
    function opening() {
      const whole = fitting();
      return whole >= READABLE ? whole : Math.min(OPENING, Math.max(READABLE, (stage.clientWidth - 2) / width));
    }
    const inSight = () => svg.querySelector(".node.is-current") || svg.querySelector(".node.is-start");
    function open() {
      zoom(opening());
      const first = inSight();
      if (first) centre(first);
    }
    open();
    let lastWidth = stage.clientWidth;
    new ResizeObserver(() => {
      if (Math.abs(stage.clientWidth - lastWidth) > 24 && !isTouched && document.fullscreenElement !== figure) open();
      lastWidth = stage.clientWidth;
      if (map) map.update();
    }).observe(stage);
  }

  const startAll = (scope) => { for (const figure of scope.querySelectorAll("[data-diagram]")) start(figure); };
  const markAll = () => { for (const figure of document.querySelectorAll("[data-diagram][data-panel]")) if (figure.markCurrent) figure.markCurrent(); };
  document.addEventListener("htmx:load", (event) => startAll(event.detail.elt.parentNode || document));
  document.addEventListener("htmx:pushedIntoHistory", markAll);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => startAll(document));
  else startAll(document);
})();
