// On the appearance page the choice shows at once; the form keeps it.
document.querySelector("[data-theme-form]")?.addEventListener("change", (event) => {
  if (event.target.name !== "theme") return;
  if (event.target.value !== "device") document.documentElement.dataset.theme = event.target.value;
  else delete document.documentElement.dataset.theme;
});
