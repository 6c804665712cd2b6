// The chat, live. Words go out by the form's own address; the line brings them in and says who types and who is here.
// The server numbers every change of a chat in the order of its commits, so "all above the last one I know" is complete.
import { LiveSocket } from "../../siteui/js/live_socket.js";
import { Composer } from "./chat_composer.js";
import { Log } from "./chat_log.js";
import { Outbox } from "./chat_outbox.js";
import { Presence } from "./chat_presence.js";
import { Sheet } from "./chat_sheet.js";

const LINE = { heartbeat: 25_000, longestPause: 15_000, endedBy: [4401, 4403] };
const POLL = 4_000;

class Chat {
  constructor(element) {
    this.element = element;
    this.revision = Number(element.dataset.revision);
    this.presence = new Presence(element);
    this.log = new Log(element, { read: (number) => this.read(number), came: (item) => this.presence.wrote(item.author) });
    const learn = (items) => this.log.learn(items);
    this.composer = new Composer(element, { typing: () => this.line.send({ type: "typing" }), send: (message) => this.outbox.add(message) });
    this.outbox = new Outbox(this.composer, {
      learn,
      pending: (words) => this.log.addPending(words),
      refused: (words, why) => this.composer.refused(words, why),
    });
    this.sheet = new Sheet(element, { learn, answer: (about) => this.composer.answerTo(about) });
    this.line = new LiveSocket(element.dataset.socket, this, LINE);
  }

  start() {
    this.presence.start();
    this.log.start();
    this.composer.start();
    this.sheet.start();
    this.outbox.start();
    // The bell asks before it calls: who looks at the message needs no toast about it.
    document.addEventListener("notifications:arriving", (event) => { if (this.showsAlready(event.detail.about)) event.preventDefault(); });
    this.line.start();
    this.log.seen();
  }

  showsAlready(about) {
    const { pathname, hash } = new URL(about, location.href);
    return pathname === location.pathname && this.log.isInSight(hash.slice(1));
  }

  // --- what the line asks of its owner

  greeted() {
    this.catchUp();
  }

  heard(message) {
    if (message.type === "changes") {
      this.take(message);
      if (message.more) return;
      this.element.dataset.live = "socket";
      this.outbox.flush();
    } else {
      this.presence.heard(message);
    }
  }

  beat() {
    this.catchUp();
    this.line.send({ type: "here" });
  }

  woke() {
    this.outbox.flush();
    this.log.seen();
  }

  closed() {
    this.element.dataset.live = "";
    this.presence.nobody();
  }

  ended() {
    this.composer.end("You are no longer in this chat. Reload the page to see why.");
  }

  pollPause() {
    return POLL;
  }

  async poll() {
    for (let more = true; more;) {
      const response = await fetch(`${this.element.dataset.poll}?after=${this.revision}`, { headers: { Accept: "application/json" } });
      if ([401, 403, 404].includes(response.status)) {
        this.line.end();
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const told = await response.json();
      this.take(told);
      ({ more } = told);
    }
  }

  polled() {
    this.element.dataset.live = "poll";
    this.outbox.flush();
  }

  // ---

  catchUp() {
    this.line.ask({ type: "catch_up", after: this.revision });
  }

  take(told) {
    this.log.learn(told.items);
    this.revision = Math.max(this.revision, told.revision);
  }

  read(number) {
    if (this.line.send({ type: "read", number })) return Promise.resolve();
    return fetch(this.element.dataset.read, { method: "POST", body: this.composer.formOf({ number }), headers: { Accept: "application/json" } });
  }
}

const element = document.querySelector("[data-chat]");
if (element && "WebSocket" in window) new Chat(element).start();
