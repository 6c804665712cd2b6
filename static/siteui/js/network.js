// What htmx sends, and what it could not send: that is said, not swallowed.
import { toast } from "./toasts.js";

document.addEventListener("htmx:sendError", () => toast("Not sent: you seem to be offline. Try again in a moment.", { kind: "error" }));
document.addEventListener("htmx:timeout", () => toast("No answer in time. Try again in a moment.", { kind: "error" }));

// Elements that act without a form of their own (hx-post on a button) send the token of the cookie.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
