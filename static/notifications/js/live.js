// The bell: counts, toasts and the panel, live over a WebSocket, by asking every half minute where there is none.
// Ids only grow, but a transaction with a lower one may commit later: the server sends some again, and `known` drops them.
import { toast } from "../../siteui/js/toasts.js";

const HEARTBEAT = 45_000;
const ANSWER = 10_000;
const POLL = 30_000;
const TRIES_BEFORE_POLLING = 2;
const LONGEST_PAUSE = 30_000;
const LOGGED_OUT = 4401;
const FLOOD = 4429;
const OWN = /\/notifications\/(\d+\/)?$/;

const jitter = (milliseconds) => milliseconds * (0.75 + Math.random() / 2);

class Bell {
  constructor(element) {
    this.element = element;
    this.count = element.querySelector("[data-bell-count]");
    this.summary = element.querySelector("summary");
    this.panel = element.querySelector("[data-bell-panel]");
    this.known = new Set();
    this.last = null; // the newest id that this page has heard of
    this.quiet = true; // until the first answer, only what came after the greeting is news
    this.greeted = Infinity; // the newest id when the greeting was said
    this.failures = 0;
    this.arrived = 0;
  }

  start() {
    this.element.addEventListener("toggle", () => { if (this.element.open) this.opened(); });
    document.addEventListener("notifications:counted", (event) => this.show(event.detail.unread));
    document.getElementById("toasts")?.addEventListener("click", (event) => this.followToast(event));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.wake(); });
    addEventListener("online", () => this.wake());
    addEventListener("pagehide", () => { this.leaving = true; this.socket?.close(); });
    addEventListener("pageshow", (event) => { if (event.persisted) { this.leaving = false; this.connect(); } });
    setInterval(() => this.beat(), HEARTBEAT);
    this.connect();
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
    if (code === LOGGED_OUT) {
      this.over = true;
      clearTimeout(this.poll);
      return;
    }
    this.failed(code === FLOOD ? 60_000 : 0);
  }

  failed(atLeast = 0) {
    if (this.leaving) return;
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
      this.element.dataset.live = "socket";
      this.show(message.unread);
      if (this.last === null) this.last = this.greeted = message.last_id;
      this.ask(this.last);
    } else if (message.type === "notification") {
      this.show(message.unread);
      this.learn([message]);
    } else if (message.type === "counted") {
      this.show(message.unread);
    } else if (message.type === "catch_up") {
      this.caughtUp(message);
      if (message.next) this.ask(message.next, true);
    }
  }

  ask(after, continued = false) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ type: "catch_up", after, continued }));
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.socket.close(), ANSWER); // half open: the network forgot it
  }

  beat() {
    if (!document.hidden && this.last !== null) this.ask(this.last);
  }

  wake() {
    if (this.over) return;
    if (this.socket?.readyState === WebSocket.OPEN) this.beat();
    else this.connect();
  }

  // --- without the socket

  pollLater() {
    if (this.poll === undefined) this.poll = setTimeout(() => this.pollNow(), jitter(this.last === null ? 1000 : POLL));
  }

  async pollNow() {
    this.poll = undefined;
    if (!document.hidden) {
      try {
        await this.pollAll();
        this.element.dataset.live = "poll";
      } catch { /* offline: the next one may reach it */ }
    }
    if (!this.over && this.socket?.readyState !== WebSocket.OPEN) this.pollLater();
  }

  async pollAll() {
    let query = this.last === null ? "" : `?after=${this.last}`;
    for (;;) {
      const response = await fetch(this.element.dataset.poll + query, { headers: { Accept: "application/json" } });
      if (response.status === 401) { this.over = true; return; }
      if (!response.ok) throw new Error(String(response.status));
      const state = await response.json();
      if (this.last === null) {
        this.show(state.unread);
        this.last = this.greeted = state.last_id;
        query = `?after=${this.last}`;
        continue;
      }
      this.caughtUp(state);
      if (!state.next) return;
      query = `?after=${state.next}&continued=1`;
    }
  }

  // --- what the person sees

  caughtUp(state) {
    this.show(state.unread);
    this.learn(state.items);
    this.last = Math.max(this.last, state.last_id);
    if (!state.next) this.quiet = false;
  }

  learn(items) {
    const news = items.filter((item) => !this.known.has(item.id));
    for (const item of news) {
      this.known.add(item.id);
      this.last = Math.max(this.last ?? 0, item.id);
    }
    const fresh = news.filter((item) => !item.read && (!this.quiet || item.id > this.greeted));
    if (!fresh.length) return;
    if (fresh.length > 3) toast(`${fresh.length} new notifications`, { href: this.panel.querySelector("a[href]")?.href });
    else for (const item of fresh) toast(item.title, { href: item.url });
    if (this.element.open) this.load();
    this.arrived += fresh.length;
    const bar = document.querySelector("[data-bell-new]");
    if (bar) {
      bar.hidden = false;
      bar.querySelector("[data-bell-new-text]").textContent = this.arrived === 1 ? "1 new notification." : `${this.arrived} new notifications.`;
    }
  }

  show(unread) {
    const text = unread > 99 ? "99+" : String(unread);
    this.count.textContent = text;
    this.count.toggleAttribute("data-zero", unread === 0);
    for (const tab of document.querySelectorAll("[data-bell-unread] .tabs-count")) tab.textContent = text;
    const words = unread > 99 ? ", more than 99 unread" : unread ? `, ${unread} unread` : "";
    this.summary.setAttribute("aria-label", `Notifications${words}`);
  }

  opened() {
    // The panel says what the toasts said, and on a phone they would lie on it.
    for (const link of document.querySelectorAll("#toasts a[href]")) if (OWN.test(link.pathname)) link.closest(".toast").remove();
    this.load();
  }

  load() {
    this.panel.dispatchEvent(new CustomEvent("bell:open"));
  }

  // A toast's link goes to the notification's own address, where only a POST marks it read.
  followToast(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (!OWN.exec(link.pathname)?.[1]) return;
    event.preventDefault();
    const form = this.element.querySelector("[data-bell-form]");
    form.action = link.href;
    form.submit();
  }
}

const element = document.querySelector("[data-bell]");
if (element && "WebSocket" in window) new Bell(element).start();
