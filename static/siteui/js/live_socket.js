// One live line to the server: a WebSocket that comes back by itself, notices when it is half open, and gives way to plain
// requests where no socket gets through. What is said over it is its owner's; when to connect, wait and give up is here.

const ANSWER = 10_000;
const TRIES_BEFORE_POLLING = 2;
const FLOOD = 4429;
const FLOOD_PAUSE = 60_000;
// Another release serves: the server spreads these over some seconds, so each may come back at once.
const COME_BACK = 4012;
const COME_BACK_PAUSE = 250;

export const jitter = (milliseconds) => milliseconds * (0.75 + Math.random() / 2);

/**
 * The owner has `greeted(message)` for the server's hello, `heard(message)` for the rest, `beat()` for every heartbeat,
 * `poll()` that asks without the socket, `polled()` after it worked, `pollPause()` in milliseconds, `closed()`, and, if
 * it likes, `woke()` and `ended()`. `endedBy` are the close codes after which nothing is tried again.
 */
export class LiveSocket {
  constructor(path, owner, { heartbeat, longestPause, endedBy }) {
    this.address = new URL(path, location.href);
    this.address.protocol = this.address.protocol === "https:" ? "wss:" : "ws:";
    this.owner = owner;
    this.heartbeat = heartbeat;
    this.longestPause = longestPause;
    this.endedBy = endedBy;
    this.failures = 0;
  }

  start() {
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.wake(); });
    addEventListener("online", () => this.wake());
    addEventListener("pagehide", () => { this.leaving = true; this.socket?.close(); });
    addEventListener("pageshow", (event) => { if (event.persisted) { this.leaving = false; this.connect(); } });
    setInterval(() => { if (!document.hidden) this.owner.beat(); }, this.heartbeat);
    this.connect();
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  send(message) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Send what the server must answer. Without an answer the line is half open: the network forgot it. */
  ask(message) {
    if (!this.send(message)) return;
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.socket.close(), ANSWER);
  }

  end() {
    this.over = true;
    clearTimeout(this.poll);
    clearTimeout(this.retry);
    this.owner.ended?.();
  }

  wake() {
    if (this.over) return;
    if (this.isOpen) this.owner.beat();
    else this.connect();
    this.owner.woke?.();
  }

  connect() {
    clearTimeout(this.retry);
    if (this.over || this.leaving || this.socket?.readyState <= WebSocket.OPEN) return;
    let socket;
    try {
      socket = new WebSocket(this.address);
    } catch {
      this.failed();
      return;
    }
    this.socket = socket;
    socket.addEventListener("message", (event) => this.heard(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => { if (socket === this.socket) this.closed(event.code); });
  }

  heard(message) {
    clearTimeout(this.deadline);
    if (message.type === "hello") {
      this.failures = 0;
      clearTimeout(this.poll);
      this.poll = undefined;
      this.owner.greeted(message);
    } else {
      this.owner.heard(message);
    }
  }

  closed(code) {
    clearTimeout(this.deadline);
    this.owner.closed();
    if (this.endedBy.includes(code)) this.end();
    else if (code === COME_BACK && this.failures === 0) this.comeBack();
    else this.failed(code === FLOOD ? FLOOD_PAUSE : 0);
  }

  comeBack() {
    if (this.leaving || this.over) return;
    this.failures = 1; // one that is sent away again without a greeting waits like any other
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), jitter(COME_BACK_PAUSE));
  }

  failed(atLeast = 0) {
    if (this.leaving || this.over) return;
    this.failures += 1;
    if (this.failures >= TRIES_BEFORE_POLLING) this.pollLater();
    const pause = Math.min(this.longestPause, 1000 * 2 ** (this.failures - 1));
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), Math.max(atLeast, jitter(pause)));
  }

  pollLater() {
    if (this.poll === undefined) this.poll = setTimeout(() => this.pollNow(), jitter(this.owner.pollPause()));
  }

  async pollNow() {
    this.poll = undefined;
    if (!document.hidden) {
      try {
        await this.owner.poll();
        if (!this.over && !this.isOpen) this.owner.polled();
      } catch { /* offline: the next one may reach it */ }
    }
    if (!this.over && !this.isOpen) this.pollLater();
  }
}
