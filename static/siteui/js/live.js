// One polite live region for all modules.
const region = document.getElementById("live");

export function say(text) {
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}
