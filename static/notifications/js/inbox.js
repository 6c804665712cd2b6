// j and k move through the list; Enter is the button's own.
const rows = () => [...document.querySelectorAll("[data-notice]")];

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const step = { j: 1, k: -1 }[event.key];
  if (!step) return;
  const all = rows();
  const at = all.indexOf(document.activeElement.closest(".notice")?.querySelector("[data-notice]"));
  const next = at === -1 ? all[step > 0 ? 0 : all.length - 1] : all[at + step];
  next?.focus();
});
