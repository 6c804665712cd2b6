// Who is here and who types. Nothing of it is stored; who says nothing for a while is forgotten.

const TYPING_FOR = 5_000;
const HERE_FOR = 65_000;

export class Presence {
  constructor(element) {
    this.element = element;
    this.typingLine = element.querySelector("[data-chat-typing]");
    this.hereLine = element.querySelector("[data-chat-here]");
    this.typers = new Map();
    this.present = new Map();
  }

  start() {
    setInterval(() => this.forgetTheSilent(), 1000);
  }

  heard(message) {
    if (message.type === "here") {
      this.present.set(message.key, { ...message, until: Date.now() + HERE_FOR });
      this.showHere();
    } else if (message.type === "gone") {
      this.present.delete(message.key);
      this.typers.delete(message.user);
      this.showHere();
      this.showTyping();
    } else if (message.type === "typing" && String(message.user) !== this.element.dataset.user) {
      this.typers.set(message.user, { name: message.name, until: Date.now() + TYPING_FOR });
      this.showTyping();
    }
  }

  /** What they typed is there. */
  wrote(user) {
    if (this.typers.delete(user)) this.showTyping();
  }

  nobody() {
    this.present.clear();
    this.typers.clear();
    this.showHere();
    this.showTyping();
  }

  forgetTheSilent() {
    const now = Date.now();
    for (const map of [this.typers, this.present]) for (const [key, { until }] of map) if (until < now) map.delete(key);
    this.showTyping();
    this.showHere();
  }

  showTyping() {
    const names = [...this.typers.values()].map(({ name }) => name);
    const text = names.length > 2 ? "Several people are typing…" : names.length ? `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing…` : "";
    if (this.typingLine.textContent !== text) this.typingLine.textContent = text;
  }

  showHere() {
    const own = this.element.dataset.user;
    const names = [...new Map([...this.present.values()].filter(({ user }) => String(user) !== own).map(({ user, name }) => [user, name])).values()];
    const text = names.length ? `Here: you, ${names.sort().join(", ")}` : this.element.dataset.live === "socket" ? "Only you are here" : "Team chat";
    this.hereLine.toggleAttribute("data-live", names.length > 0);
    if (this.hereLine.textContent !== text) this.hereLine.textContent = text;
  }
}
