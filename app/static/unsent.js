// Keeps what is typed and not sent yet on the phone, sealed with a key that comes with each open
// page and is stored nowhere: behind the lock nobody reads it. Without this file nothing breaks.
(() => {
  "use strict";
  const place = document.getElementById("keep");
  if (!place || !window.indexedDB || !(window.crypto && crypto.subtle)) return;
  const told = Object.assign({}, place.dataset);
  place.removeAttribute("data-key");
  const skew = Date.now() - told.now;
  const here = location.pathname;
  const done = told.done.split(" ");
  const all = (css, from = document) => Array.from(from.querySelectorAll(css));
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // One store of {token, iv, sealed}: no path, no field and no answer can be read in it.
  let opened = null;
  const open = () => opened || (opened = new Promise((yes, no) => {
    const ask = indexedDB.open("kept", 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore("kept", { keyPath: "token" });
    ask.onsuccess = () => yes(ask.result);
    ask.onerror = ask.onblocked = no;
  }));
  const within = (work) => open().then((db) => new Promise((yes, no) => {
    // Strict: on the disk before it counts as kept.
    const task = db.transaction("kept", "readwrite", { durability: "strict" });
    const ask = work(task.objectStore("kept"));
    task.oncomplete = () => yes(ask && ask.result);
    task.onabort = task.onerror = no;
  }));
  const bytes = (text) => new TextEncoder().encode(text);
  const cipher = (token, iv) => ({ name: "AES-GCM", iv, additionalData: bytes(token) });
  const key = told.key && crypto.subtle.importKey("raw",
    Uint8Array.from(atob(told.key), (c) => c.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]);
  const put = async (token, draft) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(cipher(token, iv), await key, bytes(JSON.stringify(draft)));
    await within((store) => store.put({ token, iv, sealed }));
  };
  const drop = (tokens) => within((store) => { tokens.forEach((token) => store.delete(token)); });
  const read = async (row) => {
    try {
      const plain = await crypto.subtle.decrypt(cipher(row.token, row.iv), await key, row.sealed);
      return Object.assign(JSON.parse(new TextDecoder().decode(plain)), { token: row.token });
    } catch (error) { return null; }  // of another owner of this phone
  };
  // What waits, the newest first. Whatever was stored, is too old or opens no more goes.
  let waiting = [];
  const group = (one) => waiting.filter((other) => other.group === one.group).map((other) => other.token);
  const load = async () => {
    const rows = await within((store) => store.getAll());
    waiting = (await Promise.all(rows.map(read))).filter((one) => one && one.at > Date.now() - skew - told.life);
    const gone = waiting.filter((one) => done.includes(one.token.slice(0, 8))).map((one) => one.group);
    waiting = waiting.filter((one) => !gone.includes(one.group)).sort((a, b) => b.at - a.at);
    const kept = waiting.map((one) => one.token);
    const rest = rows.map((row) => row.token).filter((token) => !kept.includes(token));
    if (rest.length) await drop(rest);
  };

  const KINDS = /^(text|textarea|number|time|date|tel|email|search|radio|checkbox|select-one)$/;
  const ticks = (el) => /^(radio|checkbox)$/.test(el.type);
  const controls = (form) => Array.from(form.elements).filter((el) => el.name && KINDS.test(el.type));
  const state = (form) => controls(form).map((el) => ticks(el) ? el.checked : el.value);
  // As the page came: on a slow phone somebody types before the store is open.
  const drawn = new Map(all("main form").map((form) => [form, state(form)]));
  // Which form it is: its address, its id where a page has two of one address, and what it names;
  // how it asks: its fields and their answers.
  const about = (form) => JSON.stringify([form.getAttribute("action"), form.getAttribute("id"),
    all("[type=hidden]", form).filter((el) => !/^(idem|stood|client_at|seconds|held)$/.test(el.name))
      .map((el) => [el.name, el.value])]);
  const shape = (form) => JSON.stringify([form.dataset.asks,
    controls(form).map((el) => [el.name, el.type, ticks(el) ? el.value : ""])]);
  const token = (form) => {
    let el = form.querySelector("[name=idem]");
    if (!el) {
      el = Object.assign(document.createElement("input"), { type: "hidden", name: "idem" });
      el.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
      form.append(el);
    }
    return el;
  };
  const clock = (one) => new Date(one.at + skew).toLocaleTimeString(document.documentElement.lang,
    { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const note = place.querySelector(".note");

  const keepers = new Map();
  const keeper = (form) => {
    const former = waiting.find((one) => one.token === told.was);
    const idem = token(form);
    let base = drawn.get(form);
    let last = base;
    let since = { group: idem.value, path: location.pathname + location.search };
    let running = null;
    let shown = null;
    // One write at a time, and the newest state after it.
    const write = async () => {
      for (let now = state(form); !same(now, last); now = state(form)) {
        if (same(now, base)) await drop([idem.value]);
        else await put(idem.value, Object.assign({}, since, { about: about(form), shape: shape(form),
          title: (document.querySelector("h1") || form).textContent.trim(), at: Date.now() - skew, base, state: now,
          stood: (form.elements.stood || {}).value,
          words: controls(form).filter((el) => !ticks(el) && el.value).map((el) => el.value) }));
        last = now;
      }
    };
    const sealed = () => running || (running = write().then(() => true, () => false).then((well) => {
      running = null;
      return well;
    }));
    const fill = (one) => {
      controls(form).forEach((el, index) => {
        if (ticks(el)) el.checked = one.state[index];
        else el.value = one.state[index];
        const folded = el.closest("details");
        if (folded && one.state[index]) folded.open = true;
      });
      idem.value = one.token;
      if (one.stood !== undefined && form.elements.stood) form.elements.stood.value = one.stood;
      since = { group: one.group, path: one.path };
      last = one.state;
      form.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const say = (one, text, words) => {
      const el = shown = note.cloneNode(true);
      el.querySelector("p").textContent = text.replace("#", clock(one));
      words.forEach((word) => el.querySelector("p").after(
        Object.assign(document.createElement("p"), { className: "own", textContent: word })));
      el.querySelector("[data-drop]").addEventListener("click", () => drop(group(one)).then(() => location.reload()));
      const back = el.querySelector("[data-put]");
      back.hidden = text !== told.changed;
      back.addEventListener("click", () => { fill(one); el.remove(); say(one, told.again, []); });
      form.before(el);
    };
    // What waits for this form: put back where the page is as it was, else shown beside it.
    const restore = () => {
      const mine = waiting.filter((one) => one.about === about(form));
      const one = mine[0];
      if (!one) return;
      const now = state(form);
      if (one.shape !== shape(form) || ("now" in form.dataset && one.at < told.since)) say(one, told.unfit, one.words);
      else if (same(one.state, now)) drop(group(one));
      else if (same(one.base, now)) { fill(one); say(one, told.again, []); }
      else say(one, told.changed, one.words);
    };
    // The page answers a form: it shows what was sent, which is kept under the new token as well.
    const renew = () => {
      since = { group: former.group, path: former.path };
      if ("resend" in form.dataset) put(idem.value, former).then(() => waiting.push(Object.assign({}, former, { token: idem.value })));
      else if (controls(form).length && form.getAttribute("action") === here) { base = former.base; last = null; sealed(); }
    };
    if (told.was && former) renew();
    if (!controls(form).length) return;
    if (!told.was) restore();
    // Else the browser writes what is typed into its own files, in plain letters.
    form.autocomplete = "off";
    ["input", "change"].forEach((name) => form.addEventListener(name, sealed));
    form.addEventListener("click", (event) => { if (event.target.closest("[data-by]")) setTimeout(sealed); });
    // A worksheet saves itself; then nothing waits but what was typed since.
    form.addEventListener("kept", (event) => {
      if (event.detail !== `${new URLSearchParams(new FormData(form))}`) return;
      base = state(form);
      last = null;
      if (shown) shown.remove();
      sealed();
    });
    keepers.set(form, { sealed });
    sealed();
  };

  const list = () => {
    const card = document.getElementById("unsent");
    const newest = waiting.filter((one, index) => waiting.findIndex((other) => other.group === one.group) === index);
    if (!card || !newest.length) return;
    const row = card.querySelector(".row");
    newest.forEach((one) => {
      const el = row.cloneNode(true);
      const says = el.querySelector(".sub");
      el.querySelector("b").textContent = one.title;
      says.textContent = says.dataset.says.replace("#", clock(one));
      el.querySelector("a").href = one.path;
      el.querySelector("button").addEventListener("click", () => drop(group(one)).then(() => {
        el.remove();
        card.hidden = !card.querySelector(".row");
      }));
      card.append(el);
    });
    row.remove();
    card.hidden = false;
  };

  // Nothing is sent before it is kept, nor into a line that is not there: the page would be gone,
  // and the browser would write the form that failed into its own files.
  const reached = () => fetch(document.querySelector("link[rel=icon]").href, { cache: "no-store" })
    .then(() => true, () => false);
  const atMost = (work) => Promise.race([work, new Promise((yes) => { setTimeout(yes, 3000, true); })]);
  addEventListener("submit", (event) => {
    const form = event.target;
    const mine = keepers.get(form);
    if (!mine || mine.ready || navigator.onLine === false || !("submitter" in event && form.requestSubmit)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (mine.asking) return;
    mine.asking = true;
    const button = event.submitter || undefined;
    atMost(Promise.all([reached(), mine.sealed()]).then(([there]) => there)).then((there) => {
      mine.asking = false;
      mine.ready = there;
      if (there) form.requestSubmit(button);
      else document.dispatchEvent(new CustomEvent("offline", { detail: form }));
      mine.ready = false;
    });
  }, true);
  // The lock waits for it; see app.js.
  document.addEventListener("seal", (event) => {
    keepers.forEach((mine, form) => event.detail.set(form, mine.sealed()));
  });
  const begin = async () => {
    // A page that asks nothing makes no store: left at once, it would leave a half-made one.
    if (!document.querySelector("main form input:not([type=hidden]), main form textarea, main form select")
      && indexedDB.databases && !(await indexedDB.databases()).length) return;
    if (!key) return void await within((store) => store.clear());
    await load();
    // Else a reload would send the form again, and the browser keeps what it would send.
    const asked = told.was && waiting.find((one) => one.token === told.was);
    if (asked) history.replaceState(null, "", asked.path);
    all("main form").forEach((form) => { if (!form.querySelector("[type=password]") && !form.matches(".langs")) keeper(form); });
    all("[data-drop]", document.querySelector("main")).filter((el) => el.href).forEach((el) => el.addEventListener("click", () => {
      const form = el.closest("form");
      const asked = form ? token(form).value : told.was;
      drop([asked, ...waiting.filter((one) => one.token === asked).flatMap(group)]);
    }));
    list();
  };
  begin().catch(() => {}).then(() => { document.documentElement.dataset.keep = keepers.size; });
})();
