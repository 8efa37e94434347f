{% autoescape off %}// Keeps one page and its files for when there is no network, and nothing else: no answer that somebody got is ever
// stored here. The page is fetched without cookies, so it is nobody's.
const KEPT = {{ kept }};

self.addEventListener("install", (event) => {
  const wanted = [KEPT.shell, ...KEPT.files].map((url) => new Request(url, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(KEPT.cache).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const forgetOld = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("yorozu-shell-") && name !== KEPT.cache) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(forgetOld());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(KEPT.shell)) ?? Response.error()));
  } else if (request.method === "GET" && KEPT.files.includes(url.pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(url.pathname)) ?? Response.error()));
  }
});
{% endautoescape %}
