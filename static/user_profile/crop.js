// The preview of a chosen picture shows the part that will be kept. The server crops by the same two figures.
for (const form of document.querySelectorAll("[data-crop]")) {
  const details = form.querySelector("details");
  const [x, y] = form.querySelectorAll("input[type=range]");
  const show = () => {
    const preview = form.querySelector(".file-preview");
    if (!preview) return;
    preview.style.objectPosition = `${x.value}% ${y.value}%`;
    details.open = true;
  };
  form.addEventListener("input", show);
  new MutationObserver(show).observe(form, { childList: true, subtree: true });
}
