"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const jQuery = window.django && window.django.jQuery;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (!jQuery || !token) return;

  // The choosers' look-up goes by POST (a name must not stand in an address), so it carries the form's token.
  jQuery(document).ajaxSend((event, request, options) => {
    if (options.type === "POST" && !options.crossDomain) request.setRequestHeader("X-CSRFToken", token.value);
  });

  // The library's choosers have no name for who does not see them: theirs is their field's. Once they have been made.
  jQuery(() => {
    for (const chooser of document.querySelectorAll("select.admin-autocomplete")) {
      const label = document.querySelector(`label[for="${chooser.id}"]`);
      const parts = chooser.parentElement.querySelectorAll(".select2-selection, .select2-selection__rendered");
      for (const part of label ? parts : []) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", label.textContent.replace(":", "").trim());
      }
    }
  });
});
