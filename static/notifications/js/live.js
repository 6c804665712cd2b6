// The bell: counts, toasts and the panel, live over a WebSocket, by asking every half minute where there is none.
// Ids only grow, but a transaction with a lower one may commit later: the server sends some again, and `known` drops them.
import { LiveSocket } from "../../siteui/js/live_socket.js";
import { toast } from "../../siteui/js/toasts.js";

const LINE = { heartbeat: 45_000, longestPause: 30_000, endedBy: [4401] };
const POLL = 30_000;
const FIRST_POLL = 1_000;
const ASK_WITHIN = 5_000;
const OWN = /\/notifications\/(\d+\/)?$/;

class Bell {
  constructor(element) {
    this.element = element;
    this.count = element.querySelector("[data-bell-count]");
    this.summary = element.querySelector("summary");
    this.panel = element.querySelector("[data-bell-panel]");
    this.known = new Set();
    this.toasted = new Map(); // by bundle, where its toast leads to
    this.last = null; // the newest id that this page has heard of
    this.quiet = true; // until the first answer, only what came after the greeting is news
    this.greetedAt = Infinity; // the newest id when the greeting was said
    this.arrived = new Set(); // news that came while this page was open: a bundle is one
    this.line = new LiveSocket(element.dataset.socket, this, LINE);
  }

  start() {
    this.element.addEventListener("toggle", () => { if (this.element.open) this.opened(); });
    document.addEventListener("notifications:counted", (event) => this.show(event.detail.unread));
    document.getElementById("toasts")?.addEventListener("click", (event) => this.followToast(event));
    this.line.start();
  }

  // --- what the line asks of its owner

  greeted(message) {
    this.element.dataset.live = "socket";
    this.show(message.unread);
    if (this.last === null) this.last = this.greetedAt = message.last_id;
    this.beat();
  }

  heard(message) {
    if (message.type === "notification") {
      this.show(message.unread);
      this.learn([message]);
    } else if (message.type === "counted") {
      this.show(message.unread);
    } else if (message.type === "catch_up") {
      this.caughtUp(message);
      if (message.next) this.ask(message.next, true);
    } else if (message.type === "ask") {
      // The server may have missed something. Not all pages at once.
      setTimeout(() => this.beat(), Math.random() * ASK_WITHIN);
    }
  }

  beat() {
    if (this.last !== null) this.ask(this.last);
  }

  ask(after, continued = false) {
    this.line.ask({ type: "catch_up", after, continued });
  }

  closed() {
    this.element.dataset.live = "";
  }

  polled() {
    this.element.dataset.live = "poll";
  }

  pollPause() {
    return this.last === null ? FIRST_POLL : POLL;
  }

  async poll() {
    let query = this.last === null ? "" : `?after=${this.last}`;
    for (;;) {
      const response = await fetch(this.element.dataset.poll + query, { headers: { Accept: "application/json" } });
      if (response.status === 401) { this.line.end(); return; }
      if (!response.ok) throw new Error(String(response.status));
      const state = await response.json();
      if (this.last === null) {
        this.show(state.unread);
        this.last = this.greetedAt = state.last_id;
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
    const fresh = news.filter((item) => !item.read && (!this.quiet || item.id > this.greetedAt));
    this.announce(fresh.filter((item) => !this.isLookedAt(item)));
  }

  announce(fresh) {
    if (!fresh.length) return;
    const lined = new Set(fresh.filter((item) => item.bundle && this.renew(item)));
    if (fresh.length > 3) toast(`${fresh.length} new notifications`, { href: this.panel.querySelector("a[href]")?.href });
    else for (const item of fresh) toast(item.title, { href: item.url });
    if (this.element.open) this.load();
    for (const item of fresh) if (!lined.has(item)) this.arrived.add(item.bundle || item.id);
    const bar = document.querySelector("[data-bell-new]");
    if (bar && this.arrived.size) {
      bar.hidden = false;
      bar.querySelector("[data-bell-new-text]").textContent = this.arrived.size === 1 ? "1 new notification." : `${this.arrived.size} new notifications.`;
    }
  }

  /** A page that shows what the news is about says so by preventing the event. Then it is read, and nobody is called. */
  isLookedAt(item) {
    const asks = new CustomEvent("notifications:arriving", { detail: item, cancelable: true });
    if (document.dispatchEvent(asks)) return false;
    const body = new FormData(this.element.querySelector("[data-bell-form]"));
    fetch(`${item.url}read/`, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => { /* it stays unread */ });
    return true;
  }

  // A newer row speaks for the older ones of its bundle: its line says so, and their toast goes. Returns whether there
  // was a line. Its buttons keep the old number, which the server leads on to the newest.
  renew(item) {
    const lines = [...document.querySelectorAll("[data-bundle][data-unread]")].filter((row) => row.dataset.bundle === item.bundle);
    for (const line of lines) line.querySelector(".notice-title").lastChild.textContent = item.title;
    const before = this.toasted.get(item.bundle);
    this.toasted.set(item.bundle, item.url);
    for (const link of document.querySelectorAll("#toasts a[href]")) if (link.getAttribute("href") === before) link.closest(".toast").remove();
    return lines.length > 0;
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
