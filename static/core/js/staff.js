/* What the admin builds by script or puts into tables has no name of its own: give each the one that it stands under. */
(() => {
  const BOX = ".select2-selection, .select2-selection__rendered";
  const name = (box) => {
    const field = box.closest(".select2")?.previousElementSibling;
    const label = field?.labels?.[0]?.textContent.trim();
    if (label && box.getAttribute("aria-label") !== label) box.setAttribute("aria-label", label);
  };
  // Fields of a row are named by the head of their column.
  const CELL = "td[data-label] :is(input:not([type=hidden]), select, textarea)";
  const nameByColumn = (field) => {
    if (!field.labels?.length && !field.hasAttribute("aria-label")) field.setAttribute("aria-label", field.closest("td").dataset.label);
  };
  const all = (root) => {
    root.querySelectorAll?.(BOX).forEach(name);
    root.querySelectorAll?.(CELL).forEach(nameByColumn);
    root.querySelectorAll?.(".search-label-icon[aria-label]").forEach((sign) => sign.setAttribute("role", "img"));
  };
  new MutationObserver((changes) => {
    for (const change of changes) if (change.addedNodes.length) all(change.target);
  }).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => all(document));
})();

/* The theme opens the menu by signs that only a mouse reaches: make buttons of them. */
document.addEventListener("DOMContentLoaded", () => {
  for (const sign of document.querySelectorAll("#header-inner span.material-symbols-outlined[x-on\\:click*=sidebar]")) {
    sign.setAttribute("role", "button");
    sign.setAttribute("tabindex", "0");
    sign.setAttribute("aria-label", "Menu");
    sign.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      sign.click();
    });
  }
});
