// The portal's service worker: a page of its own when the line is down, and nothing else. It keeps that page and the static files that it
// needs; pages of people, which are private, are never kept. Served by the portal below its own address.
const KEPT = "portal-offline-1";
const language = new URL(location.href).searchParams.get("language") || "en";
const OFFLINE = `/portal/offline?language=${language}`;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(KEPT);
    // Without cookies: what is kept on the device belongs to nobody.
    const page = await fetch(OFFLINE, { credentials: "omit", cache: "reload" });
    if (!page.ok) throw new Error("no offline page");
    const text = await page.clone().text();
    await kept.put(OFFLINE, page);
    const files = new Set([...text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((found) => found[1]));
    await kept.addAll([...files]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("portal-offline-") && name !== KEPT) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(OFFLINE)) ?? Response.error()));
  } else if (request.method === "GET" && new URL(request.url).pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
