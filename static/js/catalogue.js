// Operations ticked on one page of the catalogue stay ticked on the next; without this script a form sends one page's.
(() => {
  "use strict";
  const form = document.querySelector("[data-ticks]");
  if (!form) return;
  const ticked = new Set();
  const line = form.querySelector("[data-count]");

  const boxes = () => document.querySelectorAll('#operations input[name="op"]');

  function show() {
    for (const box of boxes()) box.checked = ticked.has(box.value);
    if (ticked.size) line.textContent = ticked.size === 1 ? "1 operation ticked." : `${ticked.size} operations ticked.`;
  }

  document.addEventListener("change", (event) => {
    if (event.target.name !== "op") return;
    if (event.target.checked) ticked.add(event.target.value);
    else ticked.delete(event.target.value);
    line.textContent = ticked.size === 1 ? "1 operation ticked." : `${ticked.size} operations ticked.`;
  });
  document.addEventListener("htmx:afterSwap", show);

  // Those of other pages travel along as hidden fields.
  form.addEventListener("submit", () => {
    for (const old of form.querySelectorAll('input[name="op"]')) old.remove();
    const here = new Set([...boxes()].map((box) => box.value));
    for (const value of ticked) {
      if (here.has(value)) continue;
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "op";
      field.value = value;
      form.append(field);
    }
  });
  for (const box of boxes()) if (box.checked) ticked.add(box.value);
  show();
})();
