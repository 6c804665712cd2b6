// Copy fields: the button appears where the browser can copy.
import { say } from "./live.js";

for (const box of document.querySelectorAll("[data-copy]")) {
  const [input, button] = [box.querySelector("input"), box.querySelector("button")];
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(input.value);
    input.select();
    say("Copied.");
  });
}
