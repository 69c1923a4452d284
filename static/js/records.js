// Lists and forms of records; each works without this script.
(() => {
  "use strict";

  // A condition offers only what Zoho CRM can ask of its field, and says how a value is written.
  const HINTS = { date: "2025-03-31", datetime: "2025-03-31 14:30", boolean: "yes or no", integer: "42", bigint: "42", double: "1250.50", currency: "1250.50", percent: "25" };
  function fit(condition) {
    const field = condition.querySelector("[data-field]").selectedOptions[0];
    const operator = condition.querySelector("[data-operator]");
    const able = (field.dataset.operators || "").split(" ");
    for (const option of operator.options) {
      option.hidden = option.disabled = Boolean(field.value) && !able.includes(option.value);
    }
    if (operator.selectedOptions[0]?.disabled) operator.value = able[0];
    condition.querySelector("[data-value]").placeholder = HINTS[field.dataset.kind] || "";
  }
  document.addEventListener("change", (event) => {
    const condition = event.target.matches("[data-field]") && event.target.closest(".condition");
    if (condition) fit(condition);
  });

  function ready(scope) {
    for (const form of scope.querySelectorAll("[data-conditions]")) {
      for (const condition of form.querySelectorAll(".condition")) fit(condition);
    }
  }

  // Ctrl+Enter runs the query.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("[data-run-keys]")) return;
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector('button[value="run"]'));
  });
  for (const hint of document.querySelectorAll("[data-needs-script]")) hint.hidden = false;

  document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
  ready(document);
})();
