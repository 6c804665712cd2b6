// Copy fields: the button appears where the browser can copy.
import { enhance } from "./enhance.js";
import { say } from "./live.js";

enhance((root) => {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy] > button")) button.hidden = false;
});

document.addEventListener("click", async (event) => {
  const box = event.target.closest("[data-copy] > button")?.parentElement;
  if (!box) return;
  const input = box.querySelector("input");
  await navigator.clipboard.writeText(input.value);
  input.select();
  say("Copied.");
});
