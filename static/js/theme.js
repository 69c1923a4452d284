// Light or dark before the first paint. Only this choice is stored in the browser, never data of a page.
(() => {
  let choice = "";
  try { choice = localStorage.getItem("console-theme") || ""; } catch { /* storage is off: the system decides */ }
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
})();
