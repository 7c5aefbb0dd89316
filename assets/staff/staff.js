/* Help for those who live at the desk: shortcuts, news, ready-made answers without a request. Nothing depends on it. */
"use strict";
(() => {
  const POLL_MS = 15000, IDLE_MS = 10 * 60000;

  /* -- shortcuts: single letters act only outside fields and without Ctrl, Alt or Meta (WCAG 2.1.4); the account page switches
        them off -- */
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

  const press = (selector) => document.querySelector(selector)?.click();
  const keys = {
    j: () => step(1), k: () => step(-1),
    r: () => press('.modes [data-key="r"]'), n: () => press('.modes [data-key="n"]'),
    q: () => press('.nav a[href^="/desk?show=unclaimed"]'), "?": () => press("a.keys-help"),
    1: () => press('.verdicts [data-key="1"]'), 2: () => press('.verdicts [data-key="2"]'), 3: () => press('.verdicts [data-key="3"]'),
  };

  function onKey(e) {
    if (e.ctrlKey || e.altKey || e.metaKey || typing(e.target)) return;
    const act = keys[e.key.toLowerCase()];
    if (act) { e.preventDefault(); act(); }
  }

  /* -- news: counts and who else has the report open; asked only while somebody is there -- */
  let lastSign = Date.now();
  const title = document.title;

  async function ask(main) {
    if (document.hidden || Date.now() - lastSign > IDLE_MS) return;
    try {
      const answer = await fetch(main.dataset.poll, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) return;
      const news = await answer.json();
      document.title = news.waiting > 0 ? `(${news.waiting}) ${title}` : title;
      const line = document.querySelector(".who-else");
      if (line && line.textContent !== news.open_by) line.textContent = news.open_by;
    } catch { /* no network: the page stands as it is */ }
  }

  function watch(main) {
    for (const sign of ["keydown", "pointerdown", "focus"]) addEventListener(sign, () => { lastSign = Date.now(); }, { passive: true });
    setInterval(() => ask(main), POLL_MS);
    ask(main);
  }

  /* -- a ready-made answer goes to where one writes, without a request -- */
  function insert(select, box) {
    const text = document.getElementById(`canned-${select.value}`)?.textContent;
    if (!text) return;
    const before = box.value.slice(0, box.selectionStart), after = box.value.slice(box.selectionEnd);
    box.value = before + (before && !before.endsWith("\n") ? "\n\n" : "") + text + after;
    select.value = "";
    box.focus();
  }

  function helpInsert(select, box) {
    const button = select.closest(".insert").querySelector("button");
    button.addEventListener("click", (e) => { if (select.value) { e.preventDefault(); insert(select, box); } });
    for (const a of document.querySelectorAll(".canned a"))
      a.addEventListener("click", (e) => {
        e.preventDefault();
        select.value = new URL(a.href).searchParams.get("answer");
        a.closest("details").open = false;
        insert(select, box);
      });
  }

  /* -- a page of a form: what was typed is kept as a draft every 20 seconds, and questions that an answer opens or closes appear
        at once. The server says which: there is one evaluator. -- */
  const KEEP_MS = 20000, LOOK_MS = 300;

  function turn(line, off) {
    if (line.hidden === off) return;
    line.hidden = off;
    if (line.matches("fieldset")) line.disabled = off;
    else for (const e of line.querySelectorAll("input, select, textarea")) e.disabled = off;
  }

  function apply(form, news) {
    const off = new Set(news.off);
    for (const line of form.querySelectorAll("[data-q]")) {
      turn(line, off.has(line.dataset.q));
      const says = news.says[line.dataset.q];
      if (!says) continue;
      const value = line.querySelector("[data-value]"), label = line.querySelector("dt");
      if (value) { value.textContent = says[1]; label.textContent = says[0]; }
      else if (line.matches(".say-note")) line.textContent = says[0];
    }
    form.querySelector(".kept").textContent = news.kept;
  }

  function keep(form) {
    let changed = false, running = false, sent = false, soon = 0;
    async function send() {
      if (!changed || running || sent) return;
      changed = false; running = true;
      try {
        const answer = await fetch(form.dataset.keep, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
        if (answer.ok) apply(form, await answer.json()); else changed = true;
      } catch { changed = true; /* no network: tried again */ }
      running = false;
    }
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("change", () => { changed = true; clearTimeout(soon); soon = setTimeout(send, LOOK_MS); });
    form.addEventListener("submit", () => { sent = true; });
    addEventListener("pageshow", () => { sent = false; });
    document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
    setInterval(send, KEEP_MS);
  }

  const filling = document.querySelector("form[data-keep]");
  if (filling) keep(filling);
  if (document.documentElement.dataset.keys !== "off") document.addEventListener("keydown", onKey);
  const main = document.querySelector("main[data-poll]"), select = document.getElementById("answer"), box = document.getElementById("text");
  if (main) watch(main);
  if (select && box) helpInsert(select, box);
})();
