// What waits on this phone, sealed to the server: kept, counted, sent, and never read here.
// The worker and the pages that name the count share this file. Without it nothing breaks.
self.mailbox = (() => {
  "use strict";
  let opened;
  const open = () => opened || (opened = new Promise((yes, no) => {
    const ask = indexedDB.open("mailbox", 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore("out", { autoIncrement: true });
    ask.onsuccess = () => yes(ask.result);
    ask.onerror = ask.onblocked = no;
  }));
  // Strict: on the disk before it counts as kept.
  const within = (mode, work) => open().then((db) => new Promise((yes, no) => {
    const task = db.transaction("out", mode, { durability: "strict" });
    const ask = work(task.objectStore("out"));
    task.oncomplete = () => yes(ask.result);
    task.onabort = task.onerror = no;
  }));
  const count = () => within("readonly", (store) => store.count());
  const put = (envelope, sign) => within("readwrite", (store) => store.add({ envelope, sign }));
  // The oldest first, as many as one form takes.
  const oldest = async () => {
    const found = [];
    let room = 44000;
    await within("readonly", (store) => {
      const ask = store.openCursor();
      ask.onsuccess = () => {
        const at = ask.result;
        if (!at || found.length === 10 || (room -= at.value.envelope.byteLength) < 0) return;
        found.push({ key: at.key, ...at.value });
        at.continue();
      };
      return ask;
    });
    return found;
  };
  const text = (bytes) => btoa(Array.from(new Uint8Array(bytes), (n) => String.fromCharCode(n)).join(""))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const bytes = (said) => Uint8Array.from(atob(said.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const hex = (found) => Array.from(new Uint8Array(found), (n) => n.toString(16).padStart(2, "0")).join("");
  const signed = async (row, receipt) => {
    const kind = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", bytes(row.sign), kind, false, ["verify"]);
    const said = ["daybook/receipt/1", receipt.digest, receipt.entry, receipt.at, receipt.state].join("\n");
    return crypto.subtle.verify(kind, key, bytes(receipt.signature), new TextEncoder().encode(said));
  };
  // Nothing goes but what the server signed for.
  const send = async () => {
    for (let rows = await oldest(); rows.length; rows = await oldest()) {
      const body = new URLSearchParams(rows.map((row) => ["envelope", text(row.envelope)]));
      body.append("client_at", new Date().toISOString());
      const answer = await fetch("/sealed", { method: "POST", body, credentials: "same-origin" });
      if (!answer.ok) return;
      const receipts = new Map((await answer.json()).receipts.map((one) => [one.digest, one]));
      let gone = 0;
      for (const row of rows) {
        const receipt = receipts.get(hex(await crypto.subtle.digest("SHA-256", row.envelope)));
        if (!receipt || !await signed(row, receipt)) continue;
        await within("readwrite", (store) => store.delete(row.key));
        gone += 1;
      }
      if (!gone) return;
    }
  };
  // One at a time; twice does no harm.
  const drain = () => (navigator.locks ? navigator.locks.request("mailbox", send) : send()).catch(() => {});

  if (self.document && self.indexedDB && self.crypto && crypto.subtle) {
    const place = document.getElementById("waits");
    const show = async () => {
      const waiting = await count().catch(() => 0);
      place.hidden = !waiting;
      const form = new Intl.PluralRules(document.documentElement.lang).select(waiting);
      const said = { one: place.dataset.one, many: place.dataset.many }[form] || place.dataset.few;
      place.lastElementChild.textContent = said.replace(/\d+/, waiting);
    };
    const start = () => show().then(drain).then(show);
    if (place) {
      start();
      addEventListener("online", start);
      addEventListener("pageshow", (event) => { if (event.persisted) start(); });
    }
    // The blank forms of this phone, in its language, by what is asked now.
    const shell = place && place.dataset.shell;
    if (shell && navigator.serviceWorker) {
      const renew = async (registered) => {
        const kept = await caches.match("/offline");
        if (registered.active && !(kept && (await kept.text()).includes(`data-shell="${shell}"`))) {
          registered.active.postMessage("renew");
        }
      };
      navigator.serviceWorker.register("/worker.js", { updateViaCache: "none" }).catch(() => {});
      navigator.serviceWorker.ready.then(renew).catch(() => {});
    }
    return { put, count, drain, show, bytes };
  }
  return { drain };
})();
