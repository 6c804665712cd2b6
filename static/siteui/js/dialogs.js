// <button data-dialog-open="id"> opens <dialog id="id">; a click on the backdrop closes it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
  } else if (event.target.matches("dialog[open]")) {
    event.target.close();
  }
});
