/* Shortcuts for those who live at the desk. Nothing depends on them; they can be switched off on the account page, and the
   choice stays in this browser. Single letters act only outside fields and without Ctrl, Alt or Meta (WCAG 2.1.4). */
"use strict";
(() => {
  const store = {
    get off() { try { return localStorage.getItem("lachan-keys") === "off"; } catch { return false; } },
    set off(v) { try { v ? localStorage.setItem("lachan-keys", "off") : localStorage.removeItem("lachan-keys"); } catch { /* private window */ } },
  };

  function typing(at) {
    return at.closest("input, select, textarea, [contenteditable]") !== null;
  }

  /* The links of the list that is on screen: the queue pane, or the table of work. */
  function step(by) {
    const links = [...document.querySelectorAll(".queue li a, .tasks a.go")].filter((a) => a.getClientRects().length > 0);
    const focused = links.indexOf(document.activeElement);
    const here = focused >= 0 ? focused : links.findIndex((a) => a.hasAttribute("aria-current"));
    links[Math.max(0, Math.min(links.length - 1, here + by))]?.focus();
  }

  function onKey(e) {
    if (store.off || e.ctrlKey || e.altKey || e.metaKey || typing(e.target)) return;
    const key = e.key.toLowerCase();
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "r" || key === "n") document.querySelector(`.modes [data-key="${key}"]`)?.click();
  }

  function showSwitch() {
    const line = document.querySelector(".keys");
    const button = line?.querySelector("button");
    if (!button) return;
    const label = () => { button.textContent = store.off ? button.dataset.on : button.dataset.off; };
    button.addEventListener("click", () => { store.off = !store.off; label(); });
    label();
    line.hidden = false;
  }

  document.addEventListener("keydown", onKey);
  showSwitch();
})();
