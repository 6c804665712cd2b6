// Toasts can be dismissed; new ones come from the server (htmx) or from toast().
const region = document.getElementById("toasts");

const ready = (toast) => {
  const close = toast.querySelector("[data-toast-close]");
  if (close) close.hidden = false;
};

if (region) {
  region.querySelectorAll(".toast").forEach(ready);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.nodeType === 1) ready(node);
    }
  }).observe(region, { childList: true });
  region.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest(".toast").remove());
}

/** Show plain text in a toast. `kind` is info, success or error; `href` makes it a link. Errors stay until dismissed. */
export function toast(text, { kind = "info", href = "" } = {}) {
  if (!region) return;
  const note = document.createElement("div");
  note.className = "toast";
  note.dataset.kind = kind;
  note.setAttribute("role", kind === "error" ? "alert" : "status");
  const body = document.createElement(href ? "a" : "div");
  body.className = "toast-text";
  if (href) body.href = href;
  body.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.toastClose = "";
  close.textContent = "Dismiss";
  note.append(body, close);
  region.append(note);
  if (kind !== "error") setTimeout(() => note.remove(), 8000);
}
