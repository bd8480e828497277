"use strict";

// The choosers' look-up goes by POST (a name must not stand in an address), so it carries the form's token.
document.addEventListener("DOMContentLoaded", () => {
  const jQuery = window.django && window.django.jQuery;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (!jQuery || !token) return;
  jQuery(document).ajaxSend((event, request, options) => {
    if (options.type === "POST" && !options.crossDomain) request.setRequestHeader("X-CSRFToken", token.value);
  });
});
