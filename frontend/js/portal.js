// What the portal's pages need besides: the worker that answers when the line is down.
if ("serviceWorker" in navigator) {
  const language = document.documentElement.lang;
  navigator.serviceWorker.register(`/portal/worker.js?language=${language}`, { scope: "/portal/" }).catch(() => { /* private mode: pages work as before */ });
}
