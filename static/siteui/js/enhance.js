// Runs for the page, and again for every piece that htmx puts in.
export function enhance(work) {
  work(document);
  document.addEventListener("htmx:load", (event) => work(event.detail.elt));
}
