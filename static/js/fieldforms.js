// What a form made from a layout gains when its script runs: picklists follow their parent, rows are added and moved
// in place, lookups search while one types, fields can be found by name. Without it everything goes by buttons.
(() => {
  "use strict";
  const WAIT_MS = 250;
  let lists = 0;

  // --- picklists that follow a parent ---------------------------------------------------------------------------

  function follow(child) {
    const form = child.closest("form") || child.closest("[data-fieldform]");
    const parents = form.querySelectorAll(`[name="${CSS.escape(child.dataset.follows)}"]`);
    const parent = parents[parents.length - 1];
    const value = parent ? parent.value : "";
    for (const choice of child.querySelectorAll("[data-parents]")) {
      const allowed = choice.dataset.parents.split("\n");
      const isKnown = child.dataset.known.split("\n").includes(value);
      const isChosen = choice.selected || (choice.querySelector && choice.querySelector("input:checked"));
      const isOut = Boolean(value) && isKnown && !allowed.includes(value);
      // what is chosen stays visible, so that nothing changes behind a person's back; the check says what is wrong
      choice.hidden = isOut && !isChosen;
      if ("disabled" in choice) choice.disabled = isOut && !isChosen;
    }
  }

  function readyFollowers(scope) {
    for (const child of scope.querySelectorAll("[data-follows]")) follow(child);
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form") || event.target.closest("[data-fieldform]");
    if (!form || !event.target.name) return;
    for (const child of form.querySelectorAll(`[data-follows="${CSS.escape(event.target.name)}"]`)) follow(child);
  });

  // --- rows ------------------------------------------------------------------------------------------------------

  function countRows(rows) {
    rows.querySelectorAll(":scope > .row [data-number]").forEach((place, index) => { place.textContent = String(index + 1); });
  }

  function addRow(rows) {
    const shown = rows.querySelectorAll(":scope > .row");
    if (shown.length >= Number(rows.dataset.most)) return;
    const used = [...shown].map((row) => Number(row.dataset.row)).filter(Number.isFinite);
    const key = String(Math.max(-1, ...used) + 1);
    const name = rows.dataset.rows;
    const copy = rows.querySelector(":scope > template").content.cloneNode(true);
    const row = copy.querySelector(".row");
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of [...element.attributes]) {
        if (attribute.value.includes(`${name}-new`)) element.setAttribute(attribute.name, attribute.value.replaceAll(`${name}-new`, `${name}-${key}`));
      }
    }
    row.dataset.row = key;
    const order = row.querySelector(`[name="${CSS.escape(name)}-order"]`);
    order.value = key;
    rows.insertBefore(row, rows.querySelector(":scope > template"));
    ready(row);
    countRows(rows);
    const first = row.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[name^='_']");
    if (!button || !button.closest("[data-fieldform]")) return;
    const field = button.closest(".field.look-rows");
    const rows = field && field.querySelector("[data-rows]");
    const row = button.closest(".row");
    if (button.name === "_add_row" && rows) {
      event.preventDefault();
      addRow(rows);
    } else if (button.name === "_remove_row" && row) {
      event.preventDefault();
      const next = row.nextElementSibling;
      row.remove();
      countRows(rows);
      if (rows.matches("[data-totals]")) addUp(rows);
      const target = next && next.matches(".row") ? next.querySelector("input:not([type=hidden]), select, textarea") : field.querySelector("[name='_add_row']");
      if (target) target.focus();
    } else if ((button.name === "_move_up" || button.name === "_move_down") && row) {
      event.preventDefault();
      const other = button.name === "_move_up" ? row.previousElementSibling : row.nextElementSibling;
      if (other && other.matches(".row")) {
        if (button.name === "_move_up") other.before(row); else other.after(row);
        countRows(rows);
        button.focus();
      }
    } else if (button.hasAttribute("data-one-more")) {
      event.preventDefault();
      const last = button.previousElementSibling;
      const copy = last.cloneNode(true);
      const input = copy.querySelector("input");
      for (const list of copy.querySelectorAll(".matches")) list.remove();
      delete input.dataset.ready;
      input.value = "";
      last.after(copy);
      ready(copy.parentElement);
      input.focus();
    }
  });

  // --- totals of line items: the server's own sums, kept up while one types ---------------------------------------

  const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
  const numberIn = (input) => (input && NUMBER.test(input.value.trim()) ? Number(input.value) : null);
  const cell = (row, column) => row.querySelector(`[name$="-${column}"]`);
  const percent = (input) => (input ? input.value.split("\n") : []).reduce((sum, line) => {
    const found = /\D([+-]?\d+(?:\.\d+)?)\s*%?\s*$/.exec(line);
    return sum + (found ? Number(found[1]) : 0);
  }, 0);

  const taxOn = (sum, shares, amount) => (shares && shares.value.trim() ? (sum * percent(shares)) / 100 : numberIn(amount) || 0);

  function addUp(rows) {
    const form = rows.closest("[data-fieldform]");
    const own = (name) => numberIn(form.querySelector(`[name="${name}"]`)) || 0;
    let items = 0;
    for (const row of rows.querySelectorAll(":scope > .row")) {
      const quantity = numberIn(cell(row, "Quantity"));
      const price = numberIn(cell(row, "List_Price"));
      let net = "";
      if (quantity !== null && price !== null && !row.querySelector("[name$='-_delete']:checked")) {
        const after = quantity * price - (numberIn(cell(row, "Discount")) || 0);
        const sum = after + taxOn(after, cell(row, "Line_Tax"), cell(row, "Tax"));
        items += sum;
        net = sum.toFixed(2);
      }
      row.querySelector("[data-row-total]").textContent = net;
    }
    const after = items - own("Discount");
    const tax = taxOn(after, form.querySelector('[name="$line_tax"]'), form.querySelector('[name="Tax"]'));
    const sums = { items, tax, grand: after + tax + own("Adjustment") };
    for (const place of form.querySelectorAll("[data-sum]")) place.textContent = sums[place.dataset.sum].toFixed(2);
  }

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.closest("[data-fieldform]");
      const rows = form && form.querySelector("[data-totals]");
      if (rows && event.target.name) addUp(rows);
    });
  }

  // --- lookups ---------------------------------------------------------------------------------------------------

  const SHORTEST = 2; // letters that the CRM searches for
  const SLOW_MS = 4000;

  function readyLookup(box) {
    const input = box.querySelector("input[type=text]");
    const form = box.closest("[data-fieldform]");
    if (!input || input.dataset.ready || !form || !form.dataset.lookup || !window.htmx) return;
    input.dataset.ready = "1";
    lists += 1;
    const under = document.createElement("div");
    under.className = "matches";
    under.hidden = true;
    const list = document.createElement("div");
    list.id = `matches-${lists}`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Records found");
    const line = document.createElement("p");
    under.append(list, line);
    box.append(under);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    let waiting = 0;
    let slow = 0;
    let asked = "";

    const options = () => [...list.querySelectorAll("[data-choice]")];
    const say = (text) => {
      line.textContent = text;
      under.hidden = text === "" && !list.childElementCount;
      const spoken = document.getElementById("announce");
      if (spoken) spoken.textContent = text;
    };
    const clear = () => {
      list.replaceChildren();
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const stop = () => {
      clearTimeout(waiting);
      clearTimeout(slow);
      asked = ""; // an answer that is still on its way finds nobody waiting for it
    };
    const close = () => { stop(); clear(); say(""); };
    const choose = (option) => {
      input.value = option.dataset.choice;
      close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const mark = (option) => {
      for (const one of options()) one.setAttribute("aria-selected", String(one === option));
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };
    const modules = () => {
      const beside = box.parentElement.querySelector("[data-module-of]");
      return beside ? beside.value : box.dataset.modules;
    };
    const search = () => {
      const typed = input.value.trim();
      const field = box.dataset.lookupField.replace(/-\d+-/, ".");
      const address = `${form.dataset.lookup}?${new URLSearchParams({ field, module: modules(), q: typed })}`;
      asked = typed;
      slow = setTimeout(() => say("Zoho CRM is slow to answer. Still searching …"), SLOW_MS);
      // Each search has a place of its own, so that a slow one holds up no later one and never takes its place.
      const place = document.createElement("div");
      place.hidden = true;
      under.append(place);
      window.htmx.ajax("GET", address, { target: place, swap: "innerHTML", source: place }).then(() => {
        place.remove();
        if (asked !== typed) return;
        stop();
        if (document.activeElement !== input) { close(); return; }
        list.replaceChildren(...place.childNodes);
        const found = options();
        found.forEach((option, index) => { option.id = `${list.id}-${index}`; });
        input.setAttribute("aria-expanded", String(list.childElementCount > 0));
        say(found.length ? `${found.length} found. ↓ and Enter choose, Escape closes.` : "");
        under.hidden = !list.childElementCount;
      }, () => {
        place.remove();
        if (asked !== typed) return;
        stop();
        clear();
        say("The console could not be reached, so nothing was searched. What you typed stays; an id works, too.");
      });
    };
    const begin = () => {
      stop();
      const typed = input.value.trim();
      if (!typed || /\(\d+\)$/.test(typed)) { close(); return; }
      if (!modules()) { clear(); say(box.dataset.modules ? "Choose the module beside first." : "Type the record’s id here."); return; }
      if (typed.length < SHORTEST) { clear(); say(`Type ${SHORTEST} letters or more.`); return; }
      if (!list.childElementCount) say("Searching …");
      waiting = setTimeout(search, WAIT_MS);
    };
    input.addEventListener("input", begin);
    input.addEventListener("blur", () => { clearTimeout(waiting); setTimeout(() => { if (document.activeElement !== input) close(); }, 150); });
    under.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[data-choice]");
      if (option) choose(option);
    });
    input.addEventListener("keydown", (event) => {
      const found = options();
      const here = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
      if (event.key === "Escape" && !under.hidden) { event.preventDefault(); event.stopPropagation(); close(); return; }
      if (event.key === "Enter" && !under.hidden) { // never sends the form half-way through a search
        event.preventDefault();
        if (here >= 0 || found.length === 1) choose(found[Math.max(here, 0)]);
        else if (found.length) mark(found[0]);
        return;
      }
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      if (!found.length) { if (under.hidden) begin(); return; }
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(found[here < 0 ? (step > 0 ? 0 : found.length - 1) : (here + step + found.length) % found.length]);
    });
  }

  // --- finding a field, and the way to what is wrong -------------------------------------------------------------

  function find(form, text) {
    const wanted = text.trim().toLowerCase();
    let found = 0;
    for (const field of form.querySelectorAll(".form-fields > .field")) {
      const label = field.querySelector(".field-label, .check");
      const words = `${label ? label.textContent : ""} ${field.dataset.field}`.toLowerCase();
      const isOut = wanted !== "" && !words.includes(wanted);
      field.classList.toggle("is-out", isOut);
      if (!isOut) found += 1;
    }
    for (const section of form.querySelectorAll(".form-section")) {
      section.classList.toggle("is-out", wanted !== "" && !section.querySelector(".form-fields > .field:not(.is-out)"));
    }
    const nothing = form.querySelector("[data-nothing-found]");
    if (nothing) nothing.hidden = found > 0;
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-find]")) find(event.target.closest("[data-fieldform]"), event.target.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-find]")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".form-problems a");
    if (!link) return;
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const form = target.closest("[data-fieldform]");
    const search = form.querySelector("[data-find]");
    if (search && search.value) { search.value = ""; find(form, ""); }
    target.scrollIntoView({ block: "center" });
    (target.matches("fieldset") ? target.querySelector("input:not([type=hidden]), select, textarea, button") || target : target).focus();
  });

  function ready(scope) {
    readyFollowers(scope);
    for (const box of scope.querySelectorAll("[data-lookup-field]")) readyLookup(box);
    for (const label of scope.querySelectorAll("[data-find-label]")) label.hidden = false;
  }

  function start(scope) {
    ready(scope);
    const problems = scope.querySelector("#form-problems");
    if (problems) problems.focus();
  }
  start(document);
  document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) start(event.detail.elt); });
})();
