/* Boxes that search while one types are built by script: give each the name of its field. */
(() => {
  const BOX = ".select2-selection, .select2-selection__rendered";
  const name = (box) => {
    const field = box.closest(".select2")?.previousElementSibling;
    const label = field?.labels?.[0]?.textContent.trim();
    if (label && box.getAttribute("aria-label") !== label) box.setAttribute("aria-label", label);
  };
  const all = (root) => root.querySelectorAll?.(BOX).forEach(name);
  new MutationObserver((changes) => {
    for (const change of changes) if (change.addedNodes.length) all(change.target);
  }).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => all(document));
})();
