// A sign-in that ends while a page is open: the page stays with what was typed, and works again after signing in.
// The server's note (shared/_signed_out.html) comes into #signed-out in place of whatever htmx had asked for.
(() => {
  "use strict";
  const place = document.getElementById("signed-out");
  const me = document.body.dataset.person || "";
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("console-sign-in") : null;
  let isOut = false;
  let opener = null;

  const note = () => place.firstElementChild;
  const isPoll = (element) => /^every/.test(element.getAttribute("hx-trigger") || "");

  function show(state, name) {
    if (!note()) return;
    note().dataset.now = state;
    for (const part of note().querySelectorAll("[data-when]")) {
      part.hidden = part.dataset.when !== state;
      const title = part.querySelector("h2");
      if (part.hidden) title.removeAttribute("id"); else title.id = "signed-out-title";
    }
    for (const spot of note().querySelectorAll("[data-name]")) spot.textContent = name;
  }

  function putAway() {
    const hadFocus = place.contains(document.activeElement);
    place.replaceChildren();
    if (hadFocus && opener && opener.isConnected) opener.focus();
  }

  // Signing in gives the browser a new form token. This page takes it over, for the same person only: what somebody
  // else opened is not to be sent under another name.
  async function renew() {
    let answer;
    try {
      answer = await fetch(place.dataset.who, { redirect: "manual", cache: "no-store" });
    } catch { return; }
    if (!answer.ok) return; // nobody is signed in yet
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector('meta[name="csrf-token"]');
    const who = page.querySelector("[data-signed-in]");
    if (!token || !who) return;
    if (page.body.dataset.person !== me) { show("other", who.textContent); return; }
    for (const meta of document.querySelectorAll('meta[name="csrf-token"]')) meta.content = token.content;
    for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = token.content;
    isOut = false;
    show("back", who.textContent);
  }

  // Who signs in in one tab tells the others; they ask the server themselves, so nothing secret is passed.
  if (document.querySelector("[data-signed-in]")) { if (tabs) tabs.postMessage("signed in"); return; }
  if (!place || !me) return;
  if (tabs) tabs.addEventListener("message", renew);
  window.addEventListener("focus", () => { if (isOut) renew(); });
  document.addEventListener("visibilitychange", () => { if (isOut && !document.hidden) renew(); });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPoll(event.detail.elt)) { if (isOut) event.preventDefault(); return; }
    if (!isOut && note()) putAway();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== place) return;
    const isSame = isOut && event.detail.xhr.status === 401 && note();
    if (isSame) event.detail.shouldSwap = false;
    isOut = event.detail.xhr.status === 401;
    const pressed = event.detail.requestConfig.triggeringEvent;
    const isTyping = !pressed || !["click", "submit"].includes(pressed.type);
    if (!place.contains(document.activeElement)) opener = document.activeElement;
    // Who is typing is told by the live region; the keys of who pressed something may go to the note.
    const arrive = () => { if (!isTyping && note()) note().focus(); };
    if (isSame) arrive(); else place.addEventListener("htmx:afterSettle", arrive, { once: true });
    if (event.detail.xhr.status === 403) renew();
  });

  // Somebody signed in again without telling this tab.
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (isOut && event.detail.xhr.status !== 401) renew();
  });

  if (place) {
    place.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.stopPropagation(); putAway(); }
    });
    place.addEventListener("click", (event) => { if (event.target.closest("[data-put-away]")) putAway(); });
  }
})();
