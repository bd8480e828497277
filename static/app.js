"use strict";

// Conveniences only: every page works without this file.

// A menu closes when something else is clicked or Escape is pressed.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.header-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.header-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form is sent once, however often its button is clicked.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  window.setTimeout(() => delete form.dataset.sent, 8000);
});

// What was changed since is another sending, also where the answer was a download and the page stayed.
document.addEventListener("input", (event) => {
  if (event.target.form) delete event.target.form.dataset.sent;
});

// A refused form tells why where the reader is, also when it stands below a long table.
const refusal = document.querySelector(".form-errors");
if (refusal) {
  refusal.tabIndex = -1;
  refusal.focus();
}

// data-auto-submit: a select or date that is changed shows its page at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-auto-submit]")) event.target.form.requestSubmit();
});

// data-tick-all: a box that ticks, or clears, all boxes of that name on the page; without a script it is not there.
for (const all of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...document.getElementsByName(all.dataset.tickAll)];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.closest("[hidden]").hidden = false;
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
}

// Back from the cache of the browser, forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// data-print: the browser's own printing.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// data-fullscreen: a button for meetings; it appears only where the browser can fill the screen.
const offerFullscreen = () => {
  for (const button of document.querySelectorAll("[data-fullscreen]")) button.hidden = !document.fullscreenEnabled;
};
offerFullscreen();
document.addEventListener("htmx:afterSwap", offerFullscreen);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-fullscreen]")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});

// "/" goes to the search box of the page, or to the one in the header's menu.
document.addEventListener("keydown", (event) => {
  const box = document.querySelector("[data-search]");
  if (event.key !== "/" || !box || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  if (box.matches("summary")) box.parentElement.open = true;
  else box.focus();
});
// A search menu that opens is ready to type in.
for (const menu of document.querySelectorAll("details.header-search")) {
  menu.addEventListener("toggle", () => menu.open && menu.querySelector("input[type=search]").focus());
}

// data-copy: the text of a field goes to the clipboard. Offices' plain http addresses have only the old way.
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
  else if (!document.execCommand("copy")) return;
  button.textContent = button.dataset.copied;
});
