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
