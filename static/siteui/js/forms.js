// After a refused form the summary takes the focus; a chosen picture is shown before it is sent.
import { enhance } from "./enhance.js";

enhance((root) => (root.matches?.("[data-focus]") ? root : root.querySelector("[data-focus]"))?.focus());

document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-preview]");
  if (!field || event.target.type !== "file") return;
  field.querySelector(".file-preview")?.remove();
  const [file] = event.target.files;
  if (!file?.type.startsWith("image/")) return;
  const image = new Image();
  image.className = "file-preview";
  image.alt = "Preview of the chosen picture";
  image.src = URL.createObjectURL(file);
  image.onload = () => URL.revokeObjectURL(image.src);
  event.target.after(image);
});
