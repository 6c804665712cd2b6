// An answer that refuses says itself where it goes (HX-Retarget); htmx would drop it. One without comes from no page of ours.
import { toast } from "./toasts.js";

const placed = (event) => event.detail.xhr.getResponseHeader("HX-Retarget");

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.isError && placed(event)) event.detail.shouldSwap = true;
});
document.addEventListener("htmx:responseError", (event) => {
  if (!placed(event)) toast("The site did not answer as it should. Look whether it went through, then try again.", { kind: "error" });
});
