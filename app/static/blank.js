// The blank forms of a phone without a line: each answer is sealed to the server's key at once.
(() => {
  "use strict";
  const told = document.getElementById("waits").dataset;
  const box = self.mailbox;
  const forms = Array.from(document.querySelectorAll("form[data-task]"));
  const able = box && self.indexedDB && self.crypto && crypto.subtle;
  document.getElementById(able ? "blank" : "unable").hidden = false;
  if (!able) return;
  // Safari deletes what a page keeps after seven days, but not from the home screen.
  document.getElementById("install").hidden = navigator.standalone !== false;

  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  const now = () => {
    const date = new Date();
    const east = -date.getTimezoneOffset();
    const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
    return `${new Date(date.getTime() + east * 60000).toISOString().slice(0, 23)}${east < 0 ? "-" : "+"}${two(east / 60)}:${two(east % 60)}`;
  };
  const joined = (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
    parts.reduce((at, part) => { whole.set(new Uint8Array(part), at); return at + part.byteLength; }, 0);
    return whole;
  };
  const seal = async (letter) => {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const server = box.bytes(told.seal);
    const once = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const theirs = await crypto.subtle.importKey("raw", server, curve, false, []);
    const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, once.privateKey, 256);
    const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const info = new TextEncoder().encode("daybook/mailbox/1");
    const key = await crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt: server, info },
      base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const id = (await crypto.subtle.digest("SHA-256", server)).slice(0, 8);
    const head = joined(new Uint8Array([1]), id, await crypto.subtle.exportKey("raw", once.publicKey));
    const said = new TextEncoder().encode(JSON.stringify(letter));
    const size = [4096, 8192, 16384].find((one) => said.length + 4 <= one);
    const padded = new Uint8Array(size);
    new DataView(padded.buffer).setUint32(0, said.length);
    padded.set(said, 4);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: head }, key, padded);
    return joined(head, iv, sealed).buffer;
  };

  const tokens = new WeakMap();
  const busy = new WeakSet();
  const say = (form, name) => {
    Array.from(form.querySelectorAll("[data-say]")).forEach((el) => { el.hidden = el.dataset.say !== name; });
  };
  // The signs are said or denied, and something is answered: nobody is there to ask back.
  const lacks = (form, fields) => {
    const real = fields.filter(([name, value]) => name !== "method" && value !== "");
    const pressed = fields.some(([name, value]) => name === "none" || name === "answer" || (name === "method" && value === "page_none"));
    if (!real.length && !pressed) return true;
    return form.dataset.task === "wrong" && !pressed && !real.some(([name]) => name === "signs");
  };
  const keep = async (form, button) => {
    const fields = Array.from(new FormData(form)).filter(([, value]) => typeof value === "string");
    if (button && button.name) fields.push([button.name, button.value]);
    if (lacks(form, fields)) return say(form, "lacks");
    const grave = fields.some(([name, value]) => name === "signs" && value !== "none");
    if (grave) {
      const danger = document.getElementById("danger");
      danger.hidden = false;
      danger.focus();
    }
    if (!tokens.has(form)) tokens.set(form, random());
    const at = now();
    const letter = { phone: told.phone, task: form.dataset.task, version: Number(form.dataset.version),
      token: tokens.get(form), fields, at, zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      shell: told.shell };
    try {
      await box.put(await seal({ ...letter, sealed_at: now() }), told.sign);
    } catch (error) {
      return say(form, "lost");
    }
    tokens.delete(form);
    form.reset();
    say(form, "kept");
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
    await box.show();
    send();
  };
  // Not waited for: on a slow line the next answer is kept meanwhile.
  const send = async () => {
    const registered = navigator.serviceWorker && await navigator.serviceWorker.getRegistration();
    if (registered && registered.sync) registered.sync.register("mailbox").catch(() => {});
    await box.drain();
    await box.show();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!forms.includes(form)) return;
    event.preventDefault();
    if (busy.has(form)) return;
    busy.add(form);
    keep(form, event.submitter).finally(() => busy.delete(form));
  });
  // Without a line Hide leads nowhere: the page goes all the same.
  document.querySelector("[data-leave]").addEventListener("click", (event) => {
    event.preventDefault();
    forms.forEach((form) => form.reset());
    location.replace("about:blank");
  });
  // A shared phone: what is half typed goes once the page was left for a while.
  let left = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = Date.now();
    else if (Date.now() - left > 60000) location.reload();
  });
})();
