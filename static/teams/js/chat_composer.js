// Where one writes. What was typed survives a reload, a refusal and a lost connection.
import { keep, kept } from "./chat_kept.js";

const TYPING_EVERY = 3_000;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export class Composer {
  /** `typing()` says that somebody types and returns whether it was said; `send(message)` takes what is ready to go. */
  constructor(element, { typing, send }) {
    this.element = element;
    this.form = element.querySelector("[data-chat-composer]");
    this.field = this.form.elements.body;
    this.error = element.querySelector("[data-chat-error]");
    this.answering = element.querySelector("[data-chat-answering]");
    this.whose = `${element.dataset.socket}:${element.dataset.user}`;
    this.draftKey = `chat-draft:${this.whose}`;
    this.tellTyping = typing;
    this.send = send;
  }

  start() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("input", () => this.typed());
    this.answering.addEventListener("click", (event) => {
      const link = event.target.closest("[data-chat-no-reply]");
      if (!link) return;
      event.preventDefault();
      this.answerTo(null);
    });
    if (!this.field.value) this.field.value = kept(this.draftKey) ?? "";
  }

  pressed(event) {
    // Enter ends a word while a Bangla keyboard composes, and a line on a phone.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  typed() {
    keep(this.draftKey, this.field.value);
    const now = Date.now();
    if (!this.field.value || now - (this.toldTyping ?? 0) < TYPING_EVERY) return;
    if (this.tellTyping()) this.toldTyping = now;
  }

  submit() {
    const body = this.field.value.trim();
    this.say(body ? "" : "Write something first.");
    if (body && !this.over) {
      const { client_id: id, reply_to: about } = this.form.elements;
      // Kept by the outbox before the draft is let go.
      this.send({ body, client_id: id.value, reply_to: about.value });
      id.value = newId();
      this.fill("");
      this.toldTyping = 0;
      this.answerTo(null);
    }
    this.field.focus();
  }

  fill(text) {
    this.field.value = text;
    keep(this.draftKey, text);
  }

  /** Give the words back, and say why they did not go. */
  refused(words, why) {
    this.say(why ?? "It was not sent. Reload the page, then try again.");
    this.fill(this.field.value ? `${words}\n${this.field.value}` : words);
    this.field.focus();
  }

  answerTo(about) {
    this.answering.hidden = !about;
    this.form.elements.reply_to.value = about?.chatReply ?? "";
    this.answering.querySelector("[data-chat-answered-name]").textContent = about?.author ?? "";
    this.answering.querySelector("[data-chat-answered-words]").textContent = about?.words ?? "";
    this.field.focus();
  }

  end(why) {
    this.over = true;
    this.form.querySelector("[type=submit]").disabled = true;
    this.say(why);
  }

  say(text) {
    this.error.hidden = !text;
    this.error.textContent = text;
  }

  /** Return a body for a POST that our server accepts. */
  formOf(values) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    return body;
  }
}
