// The messages on the page: each once, in its place, in its newest form.

export class Log {
  /** `read(number)` is told what was seen, `came(item)` every message that is new at the end. */
  constructor(element, { read, came }) {
    this.element = element;
    this.log = element.querySelector("[data-chat-log]");
    this.list = element.querySelector(".chat-list");
    this.tellRead = read;
    this.came = came;
    this.read = 0;
  }

  start() {
    this.log.addEventListener("scroll", () => this.seen(), { passive: true });
  }

  learn(items) {
    const atEnd = this.isAtEnd();
    let news = 0;
    for (const item of items) {
      if (!this.put(item)) continue;
      news += 1;
      this.came(item);
    }
    if (!news) return;
    this.element.querySelector("[data-chat-empty]")?.remove();
    if (atEnd) this.toEnd();
    else this.offerJump();
    this.seen();
  }

  /** Put one message where it belongs; return whether it is new at the end. */
  put(item) {
    const known = document.getElementById(`m${item.number}`);
    if (known && Number(known.dataset.revision) >= item.revision) return false;
    const box = document.createElement("template");
    box.innerHTML = item.html; // drawn and escaped by our own server
    const row = box.content.querySelector("li");
    if (known) {
      const focused = known.contains(document.activeElement);
      known.replaceWith(row);
      if (focused) row.querySelector("a, button")?.focus();
      return false;
    }
    const rows = this.rows();
    const next = rows.findLast((other) => Number(other.dataset.number) < item.number);
    // Older than all that is shown: it comes with "Earlier messages". An old page does not grow at its end.
    if (!next && rows.length && document.getElementById("earlier")) return false;
    if (this.isOld && next === rows.at(-1)) return false;
    if (next) next.after(row);
    else this.list.prepend(row);
    return true;
  }

  rows() {
    return [...this.list.querySelectorAll("[data-number]")];
  }

  get isOld() {
    return this.element.dataset.older !== undefined;
  }

  isAtEnd() {
    return Math.abs(this.log.scrollTop) < 80; // the log is turned over: its end is at zero
  }

  /** Whether the person looks at this message, or at the place where it is about to appear. */
  isInSight(id) {
    if (document.hidden) return false;
    const row = document.getElementById(id);
    if (!row) return !this.isOld && this.isAtEnd();
    const [shown, frame] = [row.getBoundingClientRect(), this.log.getBoundingClientRect()];
    return shown.bottom > frame.top && shown.top < frame.bottom;
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
    if (document.hidden || this.isOld || !this.isAtEnd()) return;
    if (this.jump) this.toEnd();
    const newest = Number(this.rows().at(-1)?.dataset.number ?? 0);
    if (newest <= this.read) return;
    clearTimeout(this.reading);
    this.reading = setTimeout(() => this.markRead(newest), 800);
  }

  async markRead(number) {
    this.read = number;
    document.title = document.title.replace(/^\(\d+\) /, "");
    try {
      await this.tellRead(number);
    } catch {
      this.read = 0;
    }
  }

  /** Show words that are on their way; return their row. */
  addPending(words) {
    const row = document.createElement("li");
    row.className = "chat-message";
    row.dataset.pending = "";
    row.innerHTML = '<span></span><div class="chat-main"><p class="chat-head">Sending…</p><p class="chat-body"></p></div>';
    row.querySelector(".chat-body").textContent = words;
    this.list.append(row);
    this.element.querySelector("[data-chat-empty]")?.remove();
    this.toEnd();
    return row;
  }
}
