// What every page gains when its script runs; each of them works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("script-works");

  // htmx sends the token of the page that is open, as Django expects it (D17).
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb === "get") return;
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });

  // Nothing came back at all: say so where the answer would have stood.
  const lost = () => say("The console could not be reached. Check the network, then try again.", true);
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);

  function say(text, isVisible) {
    const line = document.getElementById("announce");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("visually-hidden", !isVisible);
  }

  // A whole page where a fragment was expected (an error page, another site's answer) takes the place of this page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.boosted) return; // asked for a whole page, and takes its part out of it
    if (/^\s*<!doctype/i.test(event.detail.serverResponse || "")) {
      event.detail.target = document.getElementById("main");
      const page = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
      const main = page.getElementById("main");
      event.detail.serverResponse = main ? main.innerHTML : "";
      event.detail.swapOverride = "innerHTML";
    }
  });

  // Result counts are spoken: a live region has to stand on the page before its text changes.
  document.addEventListener("htmx:afterSwap", (event) => {
    const main = document.getElementById("main");
    const spoken = event.detail.boosted
      ? main.querySelector(".messages") || main.querySelector(".age span")
      : event.target.querySelector && event.target.querySelector("[data-announce]");
    if (spoken) say(spoken.textContent.trim(), false);
    const drawer = document.querySelector("#drawer > .drawer");
    if (drawer && event.detail.target.id === "drawer") drawer.focus();
  });

  // What was typed was asked for letter by letter: leaving the box asks nothing again, and adds no step to Back.
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-search]")) event.stopPropagation();
  }, true);

  // Who sorts a table or turns its pages by keyboard stands on the same column or link in the table that comes.
  let place = null;
  const inside = (part, element) => [...part.querySelectorAll("a[href], button, summary")].indexOf(element);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    const link = document.activeElement;
    const isIn = part && part.id && part.id !== "main" && part.id !== "drawer" && link && !link.id && part.contains(link);
    place = isIn ? { id: part.id, text: link.textContent, at: inside(part, link) } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const part = place && document.getElementById(place.id);
    if (part && (!document.activeElement || document.activeElement === document.body)) {
      const links = [...part.querySelectorAll("a[href], button, summary")];
      const same = links.filter((link) => link.textContent === place.text);
      const next = same.sort((one, other) => Math.abs(links.indexOf(one) - place.at) - Math.abs(links.indexOf(other) - place.at))[0];
      (next || part.querySelector("[tabindex='0']") || document.getElementById("main")).focus({ preventScroll: true });
    }
    place = null;
  });

  // On a phone the rooms and tabs are one line that scrolls: the one that is open stands in sight.
  for (const here of document.querySelectorAll(".rooms [aria-current], .tabs [aria-current]")) {
    const line = here.closest("ul");
    if (line.scrollWidth > line.clientWidth) line.scrollLeft = here.offsetLeft - line.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
  }

  // The drawer: Escape or its close link puts the page behind back, without asking the server again.
  let opener = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target && event.detail.target.id === "drawer") opener = event.detail.elt;
  });
  function closeDrawer() {
    const drawer = document.querySelector("#drawer > .drawer");
    if (!drawer) return false;
    const back = drawer.querySelector("[data-close]");
    if (back) history.pushState({ htmx: true }, "", back.getAttribute("href"));
    drawer.remove();
    if (opener && opener.isConnected) opener.focus();
    return true;
  }
  document.addEventListener("click", (event) => {
    const close = event.target.closest("#drawer [data-close]");
    if (close && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      closeDrawer();
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // "/" goes to the search box; Escape closes what is open.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details[data-menu][open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
      if (closeDrawer()) event.preventDefault();
      return;
    }
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  });

  // Copy buttons: shown only where the browser can copy.
  function readyCopies(scope) {
    if (!navigator.clipboard) return;
    for (const button of scope.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      say("Copied.", false);
      button.dataset.done = "Copied";
    } catch {
      say("The browser did not allow copying. Select the text instead.", true);
    }
  });
  document.addEventListener("htmx:load", (event) => readyCopies(event.detail.elt));

  // Colours: the system's, light or dark.
  function paint(choice) {
    if (choice) root.dataset.theme = choice; else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  }
  for (const group of document.querySelectorAll("[data-theme-switch]")) {
    group.hidden = false;
    group.addEventListener("click", (event) => {
      const button = event.target.closest("[data-theme-choice]");
      if (!button) return;
      paint(button.dataset.themeChoice);
      try { localStorage.setItem("console-theme", button.dataset.themeChoice); } catch { /* kept for this page only */ }
    });
  }
  paint(root.dataset.theme || "");
  readyCopies(document);
})();
