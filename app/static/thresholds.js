/* Marks and counts changed numbers while one types, and opens what an address points into.
   The page says and does all of it without this, one request later. */
(function () {
  "use strict";
  var form = document.getElementById("numbers");
  var count = document.getElementById("changed");
  if (!form || !count) return;
  var fields = form.querySelectorAll("[data-now]");

  /* A comma before three digits is read by nobody: the server asks what was meant. */
  function number(text) {
    return /,\d{3}(?!\d)/.test(text) ? NaN : Number(text.trim().replace(",", "."));
  }

  function differs(field) {
    return field.value.trim() === "" || number(field.value) !== number(field.dataset.now);
  }

  function mark() {
    var changed = 0;
    fields.forEach(function (field) {
      var row = field.closest(".say"), is = differs(field);
      changed += is;
      row.classList.toggle("new", is);
      row.querySelector(".was").hidden = !is;
    });
    count.textContent = changed;
  }

  function reveal() {
    var at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var fold = at && at.closest(".rules details");
    if (!fold || fold.open) return;
    fold.open = true;
    at.scrollIntoView();
  }

  form.addEventListener("input", mark);
  window.addEventListener("hashchange", reveal);
  mark();
  reveal();
})();
