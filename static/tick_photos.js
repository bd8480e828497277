"use strict";

// Photos of ticks that survive a bad signal. Until the server has answered, a photo waits in the phone's storage, encrypted
// with a key that only the page brings: the storage alone shows nobody. Where the browser cannot encrypt (no HTTPS), it
// waits in this page's memory. Each photo has a key of its own: sent again, it is kept once.

(() => {
  const AGAIN = 15000; // milliseconds until what waits is tried again
  const PATIENCE = 120000; // … until an answer is given up
  const LONGEST = 1600; // pixels; the server keeps no more
  const bar = document.getElementById("photo-queue");
  const owner = bar.dataset.owner;
  const memory = new Map(); // key → {token, blob}
  const sent = new Map(); // token → how many
  const notes = new Set();
  let isSending = false;
  let timer = 0;

  const secret = window.crypto && crypto.subtle
    ? crypto.subtle.importKey(
        "raw", Uint8Array.from(atob(bar.dataset.key), (one) => one.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"],
      )
    : null;

  const store = new Promise((resolve) => {
    if (!secret || !window.indexedDB) return resolve(null);
    const opening = indexedDB.open("contact-photos", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("photos", { keyPath: "key" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => resolve(null);
  });

  async function inStore(mode, work) {
    const database = await store;
    if (!database) return null;
    return new Promise((resolve, reject) => {
      const asked = work(database.transaction("photos", mode).objectStore("photos"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  async function keep(key, token, blob) {
    memory.set(key, { token, blob });
    try {
      if (!(await store)) return;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await secret, await blob.arrayBuffer());
      await inStore("readwrite", (photos) => photos.put({ key, owner, token, iv, data }));
      memory.delete(key);
    } catch {
      // no room: it stays in memory
    }
  }

  async function waiting() {
    const kept = ((await inStore("readonly", (photos) => photos.getAll())) || []).filter((one) => one.owner === owner);
    return [...kept, ...[...memory].map(([key, one]) => ({ key, ...one }))];
  }

  async function blobOf(entry) {
    if (entry.blob) return entry.blob;
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: entry.iv }, await secret, entry.data);
    return new Blob([plain], { type: "image/jpeg" });
  }

  async function drop(key) {
    memory.delete(key);
    await inStore("readwrite", (photos) => photos.delete(key));
  }

  // Smaller before it goes through a bad signal; a photo that cannot be drawn is sent as it is.
  async function smaller(file) {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", 0.85));
    } catch {
      return file;
    }
  }

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return [...bytes].map((byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
  }

  function fieldOf(token) {
    return document.querySelector(`.tick-photo[data-token="${token}"]`);
  }

  async function tell(words) {
    const left = await waiting();
    const parts = [...notes];
    if (left.length) parts.push((words || bar.dataset[memory.size ? "memory" : "count"]).replace("{count}", left.length));
    bar.hidden = parts.length === 0;
    bar.textContent = parts.join(" ");
    for (const field of document.querySelectorAll(".tick-photo")) {
      const token = field.dataset.token;
      const here = left.filter((one) => one.token === token).length;
      const done = sent.get(token) || 0;
      field.closest(".tick-photos").querySelector(".tick-photo-state").textContent = [
        done ? bar.dataset.sent.replace("{count}", done) : "", here ? bar.dataset.waiting.replace("{count}", here) : "",
      ].filter(Boolean).join(" ");
    }
    return left.length;
  }

  async function send(entry) {
    const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
    const given = document.querySelector("input[name=csrfmiddlewaretoken]");
    const form = new FormData();
    form.append("token", entry.token);
    form.append("key", entry.key);
    form.append("photo", await blobOf(entry), "photo.jpg");
    const patience = new AbortController();
    const alarm = setTimeout(() => patience.abort(), PATIENCE);
    try {
      return await fetch(bar.dataset.url, {
        method: "POST",
        body: form,
        headers: { "X-CSRFToken": cookie ? cookie.split("=")[1] : given ? given.value : "" },
        credentials: "same-origin",
        redirect: "manual",
        signal: patience.signal,
      });
    } finally {
      clearTimeout(alarm);
    }
  }

  // Ticks that wait themselves: their photos come after them.
  function isTickWaiting(token) {
    try {
      return JSON.parse(localStorage.getItem("contact-ticks") || "[]").some((one) => one.token === token);
    } catch {
      return false;
    }
  }

  async function flush() {
    if (isSending) return;
    isSending = true;
    clearTimeout(timer);
    let words = "";
    try {
      for (const entry of await waiting()) {
        if (isTickWaiting(entry.token)) continue;
        const answer = await send(entry);
        if (answer.status === 200) {
          sent.set(entry.token, (sent.get(entry.token) || 0) + 1);
          await drop(entry.key);
        } else if (answer.status === 422) {
          notes.add((await answer.json()).message);
          await drop(entry.key);
        } else if (answer.type === "opaqueredirect" || answer.status === 403) {
          words = bar.dataset.signedOut;
          break;
        }
      }
    } catch {
      // no signal: everything waits
    }
    isSending = false;
    if (await tell(words)) timer = setTimeout(flush, AGAIN);
  }

  document.addEventListener("change", async (event) => {
    const field = event.target;
    if (!field.matches(".tick-photo")) return;
    const files = [...field.files];
    field.value = "";
    for (const file of files) await keep(newKey(), field.dataset.token, await smaller(file));
    await tell("");
    flush();
  });
  document.addEventListener("tick-state", (event) => {
    const field = fieldOf(event.detail.token);
    if (field) {
      field.disabled = event.detail.state === "refused";
      field.closest(".tick-photos").hidden = field.disabled;
    }
    if (["saved", "already"].includes(event.detail.state)) flush();
  });
  window.addEventListener("online", flush);
  window.addEventListener("beforeunload", (event) => {
    if (memory.size) event.preventDefault();
  });

  for (const label of document.querySelectorAll(".tick-photos [data-needs-script]")) label.hidden = false;
  flush();
})();
