// Makes plain pages smoother; every one of them works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (css, from = document) => Array.from(from.querySelectorAll(css));
  root.classList.add("js");

  // Counts and 0-10 scales: the buttons beside the field, the read-back, the running total.
  const paint = () => {
    all("[data-by], .total, .read, [data-print]").forEach((el) => { el.hidden = false; });
    all(".step").forEach((el) => el.classList.toggle("nil", !(+el.querySelector("input").value > 0)));
    all(".nrs").forEach((el) => {
      const chosen = el.querySelector("input:checked");
      el.querySelector(".read").classList.toggle("off", !chosen);
      el.querySelector("output").textContent = chosen ? chosen.value : "";
    });
    all(".total").forEach(sum);
  };
  const sum = (el) => {
    const counts = all(".step input", el.closest("form"));
    const add = (each) => counts.reduce((so_far, input) => so_far + each(input), 0);
    const n = add((input) => +input.value || 0);
    const form = new Intl.PluralRules(root.lang).select(n);
    const text = { one: el.dataset.one, many: el.dataset.many }[form] || el.dataset.few;
    const local = (value, least, most) => value.toLocaleString(root.lang,
      { minimumFractionDigits: least, maximumFractionDigits: most });
    const standard = add((input) => (+input.value || 0) * input.dataset.weight);
    const about = n && el.dataset.standard ? el.dataset.standard.replace("#", local(standard, 1, 1)) : "";
    el.querySelector("b").textContent = n ? text.replace(/\d+/, local(n, 0, 2)) : el.dataset.none;
    el.querySelector("output .sub").textContent = about;
  };
  const change = (button) => {
    const by = +button.dataset.by;
    const box = button.closest(".step, .nrs");
    const inputs = all("input", box);
    if (box.matches(".step")) {
      inputs[0].value = Math.min(inputs[0].max, Math.max(0, (+inputs[0].value || 0) + by));
    } else {
      const next = inputs[inputs.findIndex((input) => input.checked) + by];
      if (next) next.checked = true;
    }
    paint();
  };
  document.addEventListener("click", (event) => {
    const el = event.target.closest("[data-by], [data-hide], [data-print]");
    if (!el) return;
    if (el.matches("[data-by]")) change(el);
    if (el.matches("[data-print]")) window.print();
    if (el.matches("[data-hide]")) {
      event.preventDefault();
      leave(el.href);
    }
  });
  ["input", "change", "htmx:after:swap"].forEach((name) => document.addEventListener(name, paint));

  // The device's own clock goes with every answer, and a second tap sends nothing twice. Buttons
  // stay enabled: a disabled one would not send its own name and value.
  const now = () => {
    const date = new Date();
    const east = -date.getTimezoneOffset();
    const two = (number) => String(Math.floor(number)).padStart(2, "0");
    const local = new Date(date.getTime() + east * 60000).toISOString().slice(0, 19);
    return `${local}${east < 0 ? "-" : "+"}${two(Math.abs(east) / 60)}:${two(Math.abs(east) % 60)}`;
  };
  // Without a line the page stays; unsent.js asks for it where the browser does not know.
  const offline = document.getElementById("offline");
  const unsent = (form) => {
    (form.querySelector(".bar") || form).prepend(offline);
    offline.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("offline", (event) => unsent(event.detail));
  let sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    all("[name=client_at]", form).forEach((input) => { input.value = now(); });
    all("[name=seconds]", form).forEach((input) => { input.value = Math.round(performance.now() / 1000); });
    if (form.hasAttribute("hx-post")) return;
    if (offline && navigator.onLine === false) {
      event.preventDefault();
      return unsent(form);
    }
    // After ten seconds the line was probably lost; the form's own key makes a resend harmless.
    if (Date.now() - (sent.get(form) || 0) < 10000) event.preventDefault();
    else sent.set(form, Date.now());
  }, true);
  addEventListener("pageshow", () => { sent = new WeakMap(); paint(); });
  paint();

  // An invitation's code travels after the #, which no server or proxy log sees.
  const code = document.querySelector("[data-fragment]");
  if (code && /^#[A-Z2-7-]{24,40}$/i.test(location.hash)) {
    code.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname + location.search);
  }
  // A phone in another zone than its diary says so, if its clock is right; nothing changes by itself.
  const moved = document.getElementById("moved");
  if (moved && Math.abs(Date.now() - moved.dataset.now) < 300000) {
    moved.hidden = -new Date().getTimezoneOffset() === Number(moved.dataset.east);
  }
  const error = document.querySelector(".err");
  if (error) error.focus();

  // A shared phone: cover the page as soon as it is left, lock after a while away or idle.
  let gone = false;
  const leave = (address) => {
    root.classList.add("covered");
    // Once: on a slow line, asking again would start the way there from the beginning.
    if (!gone) location.replace(address);
    gone = true;
  };
  const idle = document.getElementById("idle");
  if (!idle) return;
  document.addEventListener("locked", () => leave(idle.dataset.lock));
  // What was answered and not sent goes behind the lock as well: sealed on the phone (unsent.js),
  // and by the server where the phone cannot.
  const typed = (form) => new URLSearchParams(new FormData(form));
  const before = new Map(all("main form:not([data-draft])").map((form) => [form, `${typed(form)}`]));
  const send = (form) => {
    const body = typed(form);
    const main = form.querySelector(".main[name]");
    if (main) body.append(main.name, main.value);
    body.append("page", form.getAttribute("action"));
    return fetch(idle.dataset.keep, { method: "POST", body, keepalive: true });
  };
  const lock = () => {
    root.classList.add("covered");
    const sealed = new Map();
    document.dispatchEvent(new CustomEvent("seal", { detail: sealed }));
    const changed = Array.from(before.keys()).filter((form) => `${typed(form)}` !== before.get(form));
    const kept = changed.map(async (form) => {
      before.delete(form);
      if (!await sealed.get(form)) await send(form);
    });
    const late = new Promise((done) => { setTimeout(done, 3000); });
    Promise.race([Promise.all([...kept, ...sealed.values()]), late]).catch(() => {})
      .then(() => leave(idle.dataset.lock));
  };
  const seconds = (name) => idle.dataset[name] * 1000;
  let touched = Date.now();
  let told = touched;
  let left = 0;
  const active = (event) => {
    if (idle.contains(event.target) && event.type !== "click") return;
    touched = Date.now();
    idle.hidden = true;
  };
  ["pointerdown", "keydown", "scroll", "click"].forEach((name) =>
    addEventListener(name, active, { passive: true, capture: true }));
  // Compared with the clock, since the timers of a sleeping page stand still.
  setInterval(() => {
    const rest = seconds("after") - (Date.now() - touched);
    if (rest <= 0) lock();
    else idle.hidden = rest > seconds("warn");
    // Somebody who writes a long text is not away, although the server hears nothing.
    if (idle.dataset.alive && touched > told && Date.now() - told > 60000) {
      told = Date.now();
      fetch(idle.dataset.alive, { method: "POST" });
    }
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      left = Date.now();
      root.classList.add("covered");
    } else if (Date.now() - left > seconds("away")) lock();
    else root.classList.remove("covered");
  });
})();
