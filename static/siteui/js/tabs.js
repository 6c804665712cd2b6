// A row of tabs that is wider than a phone shows the tab one is on.
for (const row of document.querySelectorAll(".tabs")) {
  const current = row.querySelector("[aria-current]");
  if (!current || row.scrollWidth <= row.clientWidth) continue;
  const here = current.getBoundingClientRect();
  const frame = row.getBoundingClientRect();
  row.scrollLeft += here.left - frame.left - (frame.width - here.width) / 2;
}
