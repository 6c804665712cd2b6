// Menus are <details>: close on Escape, on a click elsewhere, and when another opens; arrows move.
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    if (!menu.contains(event.target) || event.target.closest("summary") === null && event.target.closest("a, button")) {
      menu.open = false;
    }
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest("details[data-menu][open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-panel a, .menu-panel button")];
  const at = items.indexOf(document.activeElement);
  items.at((at + step + items.length) % items.length)?.focus();
});
