"use strict";

// Ticks that survive a bad signal. Each tick gets a key of its own and waits in the phone's storage until the server has
// answered; sent again, it has one effect there. What waits is a signed token and a key: nobody can be known from it.
// Without this file the page is a plain form with boxes.

(() => {
  const STORE = "contact-ticks";
  const AGAIN = 15000; // milliseconds until what waits is tried again
  const PATIENCE = 20000; // … until an answer is given up
  const bar = document.getElementById("tick-queue");
  const owner = bar.dataset.owner;
  let memory = []; // where the storage cannot be used
  let isStored = true;
  let isSending = false;
  let timer = 0;
  const notes = new Set(); // what became of ticks whose box is not on this page

  function all() {
    try {
      return JSON.parse(localStorage.getItem(STORE) || "[]");
    } catch {
      return memory;
    }
  }

  function keep(entries) {
    memory = entries;
    try {
      localStorage.setItem(STORE, JSON.stringify(entries));
      isStored = true;
    } catch {
      isStored = false;
    }
  }

  const mine = () => (isStored ? all() : memory).filter((entry) => entry.owner === owner);
  const drop = (key) => keep((isStored ? all() : memory).filter((entry) => entry.key !== key));

  // A random UUID also where the page is not served by HTTPS (crypto.randomUUID needs it).
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return [...bytes].map((byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
  }

  const boxOf = (token) => document.querySelector(`#ticks input[value="${token}"]`);

  function show(token, state, text) {
    const box = boxOf(token);
    if (!box) return;
    const badge = box.closest(".tick").querySelector(".tick-state");
    badge.textContent = text || bar.dataset[state];
    badge.className = `tick-state badge ${{ saved: "badge-ok", already: "badge-ok", refused: "badge-bad" }[state] || "badge-warn"}`;
    box.checked = state !== "refused";
    box.disabled = state !== "refused";
    const done = [...document.querySelectorAll(".tick-row")].filter((row) => row.querySelector(".tick-state.badge-ok"));
    document.getElementById("tick-count").textContent = done.length;
    document.dispatchEvent(new CustomEvent("tick-state", { detail: { token, state } }));
  }

  function tell(text) {
    const waiting = mine().length;
    const parts = [...notes];
    if (waiting) parts.push((text || bar.dataset.count).replace("{count}", waiting));
    if (waiting && !isStored) parts.push(bar.dataset.full);
    bar.hidden = parts.length === 0;
    bar.textContent = parts.join(" ");
    if (text === bar.dataset.signedOut) {
      const door = bar.appendChild(document.createElement("a"));
      door.href = location.pathname; // without her session: to the sign-in, and back here
      door.textContent = bar.dataset.signIn;
    }
  }

  async function send(entry) {
    const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
    const given = document.querySelector("input[name=csrfmiddlewaretoken]");
    const patience = new AbortController();
    const alarm = setTimeout(() => patience.abort(), PATIENCE);
    try {
      return await fetch(bar.dataset.url, {
        method: "POST",
        body: new URLSearchParams({ token: entry.token, key: entry.key }),
        headers: { "X-CSRFToken": cookie ? cookie.split("=")[1] : given ? given.value : "" },
        credentials: "same-origin",
        redirect: "manual",
        signal: patience.signal,
      });
    } finally {
      clearTimeout(alarm);
    }
  }

  // One answer of the server; true: the entry is done with.
  async function settle(entry, answer) {
    if (answer.status === 404) {
      show(entry.token, "refused", bar.dataset.gone);
      notes.add(bar.dataset.gone);
      drop(entry.key);
      return true;
    }
    if (![200, 422].includes(answer.status)) return false;
    const told = await answer.json();
    show(entry.token, told.state, told.state === "refused" ? told.message : "");
    if (told.state === "refused" && !boxOf(entry.token)) notes.add(told.message);
    drop(entry.key);
    return true;
  }

  async function flush() {
    if (isSending) return;
    isSending = true;
    clearTimeout(timer);
    let words = "";
    const tried = new Set();
    const next = () => mine().find((entry) => !tried.has(entry.key));
    try {
      for (let entry = next(); entry; entry = next()) {
        tried.add(entry.key);
        show(entry.token, "sending");
        const answer = await send(entry);
        if (!(await settle(entry, answer)) && (answer.type === "opaqueredirect" || answer.status === 403)) {
          words = bar.dataset.signedOut;
          break;
        }
      }
    } catch {
      // no signal: everything waits
    }
    for (const entry of mine()) show(entry.token, "waiting");
    isSending = false;
    tell(words);
    if (mine().length) timer = setTimeout(flush, AGAIN);
  }

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches("#ticks input[name=tick]") || !box.checked) return;
    keep([...(isStored ? all() : memory), { owner, token: box.value, key: newKey() }]);
    show(box.value, "sending");
    flush();
  });
  window.addEventListener("online", flush);
  window.addEventListener("beforeunload", (event) => {
    if (!isStored && mine().length) event.preventDefault();
  });

  const button = document.getElementById("send-all");
  if (button) button.hidden = true; // each tick is sent by itself
  for (const entry of mine()) show(entry.token, "waiting");
  tell("");
  flush();
})();
