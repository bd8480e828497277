"use strict";

// Choosing and sending workbooks. Without this file the form still works: it is a plain file input.

(() => {
  const form = () => document.getElementById("upload-form");
  const input = () => document.getElementById("files");

  function size(bytes) {
    return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  }

  // The chosen files with their sizes; a file that is too large keeps the form from being sent.
  function show() {
    const list = document.getElementById("chosen");
    const most = Number(form().dataset.mostBytes);
    const files = [...input().files];
    list.replaceChildren(...files.map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      const note = document.createElement("span");
      name.textContent = file.name;
      note.className = file.size > most ? "badge badge-bad" : "muted small";
      note.textContent = file.size > most ? `${size(file.size)} · ${form().dataset.tooLarge}` : size(file.size);
      item.append(name, note);
      return item;
    }));
    list.hidden = files.length === 0;
    input().setCustomValidity(files.some((file) => file.size > most) ? form().dataset.tooLarge : "");
  }

  function report(value, text) {
    const box = document.getElementById("sending");
    box.hidden = false;
    box.querySelector("progress").value = value;
    box.querySelector("[role=status]").textContent = text;
  }

  // The browser's own button speaks the browser's language; the label beside it does its work, the list shows the names.
  function prepare() {
    if (input()) input().classList.add("visually-hidden");
  }
  prepare();
  document.addEventListener("htmx:afterSettle", prepare);

  document.addEventListener("change", (event) => {
    if (event.target === input()) show();
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest && event.target.closest(".drop-zone");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) {
        input().files = event.dataTransfer.files;
        show();
      }
    });
  }
  document.addEventListener("htmx:xhr:progress", (event) => {
    if (event.target !== form() || !event.detail.total) return;
    const percent = Math.floor(100 * event.detail.loaded / event.detail.total);
    report(percent, percent < 100 ? `${percent}%` : form().dataset.wait);
  });
  for (const kind of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(kind, (event) => {
      if (event.target === form()) report(0, form().dataset.lost);
    });
  }
})();
