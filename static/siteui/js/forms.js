// After a refused form the summary takes the focus; a chosen picture is shown before it is sent.
document.querySelector("[data-focus]")?.focus();

for (const field of document.querySelectorAll("[data-preview]")) {
  const input = field.querySelector("input[type=file]");
  input?.addEventListener("change", () => {
    field.querySelector(".file-preview")?.remove();
    const [file] = input.files;
    if (!file?.type.startsWith("image/")) return;
    const image = new Image();
    image.className = "file-preview";
    image.alt = "Preview of the chosen picture";
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    input.after(image);
  });
}
