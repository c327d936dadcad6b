// Progress of long work polls through htmx by itself; this stops it while nobody looks and tells the title when it is done.
export function startJobs() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches?.(".job[hx-get], [data-idle]") && document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const share = detail.elt?.querySelector?.("[data-title-share]");
    if (share) document.title = `${share.dataset.titleShare} · ${document.title.replace(/^\d+\s?% · /, "")}`;
  });
}
