// What was sent and is not there yet, one after the other. A try without an answer is made again, also by the next page:
// the id makes it the same message.
import { jitter } from "../../siteui/js/live_socket.js";
import { keep, kept } from "./chat_kept.js";

const AGAIN = 4_000;

export class Outbox {
  /** `learn(items)` gets what the server took, `refused(words, why)` what it did not; `pending(words)` shows a row and returns it. */
  constructor(composer, { learn, refused, pending }) {
    this.composer = composer;
    this.key = `chat-outbox:${composer.whose}`;
    this.learn = learn;
    this.refused = refused;
    this.showPending = pending;
    this.waiting = [];
  }

  start() {
    const left = kept(this.key);
    if (Array.isArray(left)) for (const message of left) this.waiting.push({ message, row: this.showPending(message.body) });
    if (this.waiting.length) this.flush();
  }

  add(message) {
    this.waiting.push({ message, row: this.showPending(message.body) });
    this.remember();
    this.flush();
  }

  remember() {
    keep(this.key, this.waiting.map(({ message }) => message));
  }

  async flush() {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.again);
    while (this.waiting.length && await this.sendFirst());
    this.sending = false;
  }

  /** Return whether the server answered, whatever it said. */
  async sendFirst() {
    const [{ message, row }] = this.waiting;
    let response;
    try {
      response = await fetch(this.composer.form.action, { method: "POST", body: this.composer.formOf(message), headers: { Accept: "application/json" } });
      if (response.status >= 500) throw new Error(String(response.status));
    } catch {
      row.querySelector(".chat-head").textContent = "Waiting for the connection…";
      this.again = setTimeout(() => this.flush(), jitter(AGAIN));
      return false;
    }
    const answer = await response.json().catch(() => ({}));
    this.waiting.shift();
    row.remove();
    if (response.ok && !response.redirected && answer.item) this.learn([answer.item]);
    else this.refused(message.body, answer.detail);
    this.remember();
    return true;
  }
}
