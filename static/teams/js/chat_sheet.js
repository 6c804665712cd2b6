// Acting on one message: its page comes as a sheet over the chat, and its forms answer with the changed message.
import { toast } from "../../siteui/js/toasts.js";

export class Sheet {
  /** `learn(items)` gets the changed message, `answer(about)` the one to reply to. */
  constructor(element, { learn, answer }) {
    this.element = element;
    this.sheet = element.querySelector("[data-chat-sheet]");
    this.learn = learn;
    this.answer = answer;
  }

  start() {
    this.element.addEventListener("click", (event) => this.clicked(event));
    this.element.addEventListener("submit", (event) => this.act(event));
    this.element.querySelector("[data-chat-sheet-close]").addEventListener("click", () => this.sheet.close());
    this.sheet.addEventListener("click", (event) => { if (event.target === this.sheet) this.sheet.close(); });
  }

  clicked(event) {
    const link = event.target.closest("a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.matches("[data-chat-more]")) {
      event.preventDefault();
      this.open(link);
    } else if (link.matches("[data-chat-reply]")) {
      event.preventDefault();
      this.sheet.close();
      this.answer(link.dataset);
    }
  }

  async open(link) {
    try {
      const response = await fetch(link.href, { headers: { "HX-Request": "true" } });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      this.sheet.querySelector("[data-chat-sheet-body]").innerHTML = await response.text();
      this.sheet.showModal();
    } catch {
      location.assign(link.href);
    }
  }

  async act(event) {
    const form = event.target.closest("[data-chat-form]");
    if (!form) return;
    event.preventDefault();
    const button = event.submitter;
    const address = button?.hasAttribute("formaction") ? button.formAction : form.action;
    try {
      const response = await fetch(address, { method: "POST", body: new FormData(form, button), headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.detail);
      this.sheet.close();
      this.learn([answer.item]);
    } catch (wrong) {
      toast(wrong.message && !(wrong instanceof TypeError) ? wrong.message : "It did not arrive. Try again.", { kind: "error" });
    }
  }
}
