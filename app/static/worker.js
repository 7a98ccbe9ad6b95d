// The page of blank forms where there is no line. It keeps nothing else of any page.
importScripts("/static/mailbox.js");
const PAGE = "/offline";
const renew = async () => {
  const answer = await fetch(PAGE, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return;
  const text = await answer.clone().text();
  const files = Array.from(new Set(text.match(/\/static\/[^"]+/g)));
  const cache = await caches.open("shell");
  await cache.addAll(files);
  await cache.put(PAGE, answer);
  const kept = await cache.keys();
  await Promise.all(kept.map((one) => {
    const { pathname, search } = new URL(one.url);
    return pathname === PAGE || files.includes(pathname + search) || cache.delete(one);
  }));
};
self.oninstall = (event) => {
  self.skipWaiting();
  event.waitUntil(renew());
};
self.onactivate = (event) => event.waitUntil(self.clients.claim());
self.onmessage = (event) => event.waitUntil(renew().catch(() => {}));
self.onsync = (event) => event.waitUntil(self.mailbox.drain());
self.onfetch = (event) => {
  const { request } = event;
  const here = new URL(request.url).pathname;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => await caches.match(PAGE) || Response.error()));
  // What asks past the caches asks whether there is a line.
  } else if (request.method === "GET" && request.cache !== "no-store" && here.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
};
