// A page of a worksheet is saved while it is written: two seconds after the last key, and when it
// is left. What meets a locked session is kept by the server and offered after the code.
(() => {
  "use strict";
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    let sent = false;
    const note = form.querySelector("[data-note]");
    const body = () => new URLSearchParams(new FormData(form)).toString();
    let kept = body();
    let timer = 0;
    let running = null;
    const keep = () => {
      clearTimeout(timer);
      const text = body();
      if (text === kept || sent) return;
      if (running) running.abort();
      const mine = running = new AbortController();
      kept = text;
      fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(text), keepalive: true,
        headers: { "HX-Request": "true" }, signal: mine.signal }).then(async (answer) => {
        if (answer.status === 401) document.dispatchEvent(new Event("locked"));
        note.textContent = answer.ok || [409, 422].includes(answer.status) ? await answer.text()
          : form.dataset.waiting;
        if (answer.ok) form.dispatchEvent(new CustomEvent("kept", { detail: text }));
        else kept = "";
      }).catch(() => {
        if (mine.signal.aborted) return;
        kept = "";
        note.textContent = form.dataset.waiting;
      });
    };
    ["input", "change"].forEach((name) => form.addEventListener(name, () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 2000);
    }));
    form.addEventListener("click", (event) => { if (event.target.closest("[data-by]")) timer = setTimeout(keep, 2000); });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      sent = true;
      clearTimeout(timer);
      if (running) running.abort();
    });
    addEventListener("pageshow", () => { sent = false; });
    document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
    addEventListener("pagehide", keep);
  });
})();
