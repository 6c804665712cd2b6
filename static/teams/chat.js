// The chat, live. Words go out by the form's own address; the socket brings them in and says who types and who is here.
// The server numbers every change of a chat in the order of its commits, so "all above the last one I know" is complete.
import { toast } from "../siteui/js/toasts.js";

const HEARTBEAT = 25_000;
const ANSWER = 10_000;
const POLL = 4_000;
const TRIES_BEFORE_POLLING = 2;
const LONGEST_PAUSE = 15_000;
const TYPING_EVERY = 3_000;
const TYPING_FOR = 5_000;
const HERE_FOR = 65_000;
const FLOOD = 4429;
const NOT_ANY_MORE = [4401, 4403];

const jitter = (milliseconds) => milliseconds * (0.75 + Math.random() / 2);
const asJson = { Accept: "application/json" };

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

class Chat {
  constructor(element) {
    const find = (name) => element.querySelector(`[data-chat-${name}]`);
    this.element = element;
    this.log = find("log");
    this.list = element.querySelector(".chat-list");
    this.composer = find("composer");
    this.field = this.composer.elements.body;
    this.error = find("error");
    this.answering = find("answering");
    this.sheet = find("sheet");
    this.typingLine = find("typing");
    this.hereLine = find("here");
    this.revision = Number(element.dataset.revision);
    this.draftKey = `chat-draft:${element.dataset.socket}:${element.dataset.user}`;
    this.failures = 0;
    this.typers = new Map();
    this.present = new Map();
    this.read = 0;
    this.outbox = [];
  }

  start() {
    this.composer.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("input", () => this.typed());
    this.element.addEventListener("click", (event) => this.clicked(event));
    this.element.addEventListener("submit", (event) => this.act(event));
    this.element.querySelector("[data-chat-sheet-close]").addEventListener("click", () => this.sheet.close());
    this.sheet.addEventListener("click", (event) => { if (event.target === this.sheet) this.sheet.close(); });
    this.log.addEventListener("scroll", () => this.seen(), { passive: true });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.wake(); });
    addEventListener("online", () => this.wake());
    addEventListener("pagehide", () => { this.leaving = true; this.socket?.close(); });
    addEventListener("pageshow", (event) => { if (event.persisted) { this.leaving = false; this.connect(); } });
    setInterval(() => this.beat(), HEARTBEAT);
    setInterval(() => this.forgetTheSilent(), 1000);
    if (!this.field.value) this.field.value = this.draft();
    this.connect();
    this.seen();
  }

  // --- the socket

  connect() {
    clearTimeout(this.retry);
    if (this.over || this.leaving || this.socket?.readyState <= WebSocket.OPEN) return;
    const address = new URL(this.element.dataset.socket, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    let socket;
    try {
      socket = new WebSocket(address);
    } catch {
      this.failed();
      return;
    }
    this.socket = socket;
    socket.addEventListener("message", (event) => this.heard(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => { if (socket === this.socket) this.closed(event.code); });
  }

  closed(code) {
    clearTimeout(this.deadline);
    this.element.dataset.live = "";
    this.present.clear();
    this.showHere();
    if (NOT_ANY_MORE.includes(code)) {
      this.end();
      return;
    }
    this.failed(code === FLOOD ? 60_000 : 0);
  }

  end() {
    this.over = true;
    clearTimeout(this.poll);
    this.composer.querySelector("[type=submit]").disabled = true;
    this.say("You are no longer in this chat. Reload the page to see why.");
  }

  failed(atLeast = 0) {
    if (this.leaving || this.over) return;
    this.failures += 1;
    if (this.failures >= TRIES_BEFORE_POLLING) this.pollLater();
    const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** (this.failures - 1));
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), Math.max(atLeast, jitter(pause)));
  }

  heard(message) {
    clearTimeout(this.deadline);
    if (message.type === "hello") {
      this.failures = 0;
      clearTimeout(this.poll);
      this.poll = undefined;
      this.ask();
    } else if (message.type === "changes") {
      this.learn(message.items);
      this.revision = Math.max(this.revision, message.revision);
      if (!message.more) {
        this.element.dataset.live = "socket";
        this.flush();
      }
    } else if (message.type === "here") {
      this.present.set(message.key, { ...message, until: Date.now() + HERE_FOR });
      this.showHere();
    } else if (message.type === "gone") {
      this.present.delete(message.key);
      this.typers.delete(message.user);
      this.showHere();
    } else if (message.type === "typing" && String(message.user) !== this.element.dataset.user) {
      this.typers.set(message.user, { name: message.name, until: Date.now() + TYPING_FOR });
      this.showTyping();
    }
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  ask() {
    if (!this.send({ type: "catch_up", after: this.revision })) return;
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.socket.close(), ANSWER); // half open: the network forgot it
  }

  beat() {
    if (document.hidden) return;
    this.ask();
    this.send({ type: "here" });
  }

  wake() {
    if (this.over) return;
    if (this.socket?.readyState === WebSocket.OPEN) this.beat();
    else this.connect();
    this.flush();
    this.seen();
  }

  // --- without the socket

  pollLater() {
    if (this.poll === undefined) this.poll = setTimeout(() => this.pollNow(), jitter(POLL));
  }

  async pollNow() {
    this.poll = undefined;
    if (!document.hidden) {
      try {
        await this.pollAll();
        this.element.dataset.live = "poll";
        this.flush();
      } catch { /* offline: the next one may reach it */ }
    }
    if (!this.over && this.socket?.readyState !== WebSocket.OPEN) this.pollLater();
  }

  async pollAll() {
    for (let more = true; more;) {
      const response = await fetch(`${this.element.dataset.poll}?after=${this.revision}`, { headers: asJson });
      if ([401, 403, 404].includes(response.status)) {
        this.end();
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const told = await response.json();
      this.learn(told.items);
      this.revision = Math.max(this.revision, told.revision);
      ({ more } = told);
    }
  }

  // --- messages

  learn(items) {
    const atEnd = this.isAtEnd();
    let news = 0;
    for (const item of items) news += this.put(item);
    if (!news) return;
    this.element.querySelector("[data-chat-empty]")?.remove();
    if (atEnd) this.toEnd();
    else this.offerJump();
    this.seen();
  }

  /** Put one message where it belongs; return whether it is new at the end. */
  put(item) {
    const known = document.getElementById(`m${item.number}`);
    if (known && Number(known.dataset.revision) >= item.revision) return 0;
    const box = document.createElement("template");
    box.innerHTML = item.html; // drawn and escaped by our own server
    const row = box.content.querySelector("li");
    if (known) {
      const focused = known.contains(document.activeElement);
      known.replaceWith(row);
      if (focused) row.querySelector("a, button")?.focus();
      return 0;
    }
    const rows = [...this.list.querySelectorAll("[data-number]")];
    const next = rows.findLast((other) => Number(other.dataset.number) < item.number);
    // Older than all that is shown: it comes with "Earlier messages". An old page does not grow at its end.
    if (!next && rows.length && document.getElementById("earlier")) return 0;
    if (this.element.dataset.older !== undefined && next === rows.at(-1)) return 0;
    if (next) next.after(row);
    else this.list.prepend(row);
    return 1;
  }

  isAtEnd() {
    return Math.abs(this.log.scrollTop) < 80; // the log is turned over: its end is at zero
  }

  toEnd() {
    this.log.scrollTop = 0;
    this.jump?.remove();
    this.jump = undefined;
  }

  offerJump() {
    if (this.jump) return;
    this.jump = document.createElement("button");
    this.jump.type = "button";
    this.jump.className = "button chat-jump";
    this.jump.dataset.size = "s";
    this.jump.textContent = "New messages";
    this.jump.addEventListener("click", () => this.toEnd());
    this.element.querySelector(".chat-foot").append(this.jump);
  }

  seen() {
    if (document.hidden || this.element.dataset.older !== undefined || !this.isAtEnd()) return;
    if (this.jump) this.toEnd();
    const newest = Number([...this.list.querySelectorAll("[data-number]")].at(-1)?.dataset.number ?? 0);
    if (newest <= this.read) return;
    clearTimeout(this.reading);
    this.reading = setTimeout(() => this.markRead(newest), 800);
  }

  markRead(number) {
    this.read = number;
    document.title = document.title.replace(/^\(\d+\) /, "");
    if (this.send({ type: "read", number })) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.composer.elements.csrfmiddlewaretoken.value);
    body.set("number", number);
    fetch(this.element.dataset.read, { method: "POST", body, headers: asJson }).catch(() => { this.read = 0; });
  }

  // --- writing

  pressed(event) {
    // Enter ends a word while a Bangla keyboard composes, and a line on a phone.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.composer.requestSubmit();
  }

  typed() {
    this.keepDraft();
    const now = Date.now();
    if (!this.field.value || now - (this.toldTyping ?? 0) < TYPING_EVERY) return;
    if (this.send({ type: "typing" })) this.toldTyping = now;
  }

  submit() {
    const words = this.field.value.trim();
    this.say("");
    if (!words) {
      this.say("Write something first.");
      this.field.focus();
      return;
    }
    const data = new FormData(this.composer);
    this.outbox.push({ data, words, pending: this.showPending(words) });
    this.composer.elements.client_id.value = newId();
    this.field.value = "";
    this.keepDraft();
    this.answer(null);
    this.field.focus();
    this.flush();
  }

  showPending(words) {
    const row = document.createElement("li");
    row.className = "chat-message";
    row.dataset.pending = "";
    const main = document.createElement("div");
    main.className = "chat-main";
    const head = document.createElement("p");
    head.className = "chat-head";
    head.textContent = "Sending…";
    const body = document.createElement("p");
    body.className = "chat-body";
    body.textContent = words;
    main.append(head, body);
    row.append(document.createElement("span"), main);
    this.list.append(row);
    this.element.querySelector("[data-chat-empty]")?.remove();
    this.toEnd();
    return row;
  }

  /** Send what waits, one after the other. A try that got no answer is made again: the id makes it the same message. */
  async flush() {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.flushing);
    while (this.outbox.length) {
      const [{ data, words, pending }] = this.outbox;
      let response;
      try {
        response = await fetch(this.composer.action, { method: "POST", body: data, headers: asJson });
        if (response.status >= 500) throw new Error(String(response.status));
      } catch {
        pending.querySelector(".chat-head").textContent = "Waiting for the connection…";
        this.flushing = setTimeout(() => this.flush(), jitter(4000));
        break;
      }
      this.outbox.shift();
      pending.remove();
      if (response.ok && !response.redirected) this.learn([(await response.json()).item]);
      else this.refused(response, words, await response.json().catch(() => ({})));
    }
    this.sending = false;
  }

  refused(response, words, problem) {
    this.say(problem.detail ?? "It was not sent. Reload the page, then try again.");
    this.field.value = this.field.value ? `${words}\n${this.field.value}` : words;
    this.keepDraft();
    this.field.focus();
  }

  say(text) {
    this.error.hidden = !text;
    this.error.textContent = text;
  }

  draft() {
    try { return localStorage.getItem(this.draftKey) ?? ""; } catch { return ""; }
  }

  keepDraft() {
    try {
      if (this.field.value) localStorage.setItem(this.draftKey, this.field.value);
      else localStorage.removeItem(this.draftKey);
    } catch { /* private windows may keep nothing */ }
  }

  // --- acting on a message

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
      this.field.focus();
    } else if (link.matches("[data-chat-no-reply]")) {
      event.preventDefault();
      this.answer(null);
      this.field.focus();
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

  answer(about) {
    this.answering.hidden = !about;
    this.composer.elements.reply_to.value = about?.chatReply ?? "";
    this.answering.querySelector("[data-chat-answered-name]").textContent = about?.author ?? "";
    this.answering.querySelector("[data-chat-answered-words]").textContent = about?.words ?? "";
  }

  async act(event) {
    const form = event.target.closest("[data-chat-form]");
    if (!form) return;
    event.preventDefault();
    const button = event.submitter;
    const body = new FormData(form, button);
    try {
      const response = await fetch(button?.hasAttribute("formaction") ? button.formAction : form.action, { method: "POST", body, headers: asJson });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.detail);
      this.sheet.close();
      this.learn([answer.item]);
    } catch (wrong) {
      toast(wrong.message && !(wrong instanceof TypeError) ? wrong.message : "It did not arrive. Try again.", { kind: "error" });
    }
  }

  // --- who is here, who types

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

const element = document.querySelector("[data-chat]");
if (element && "WebSocket" in window) new Chat(element).start();
