// One connection to the story. It comes back by itself, sends again what was not
// answered, and tells everyone who listens what the server said.

const FIRST_WAIT = 400;
const LONGEST_WAIT = 10_000;
const SILENCE = 8_000; // an answer was due and nothing at all was heard
const PACE = 110; // between messages sent again: the server takes ten a second
const LARGEST = 64 * 1024;
const LONGEST_PASSAGE = 20_000; // characters

const LOGGED_OUT = 4401;
const FINAL = { [LOGGED_OUT]: "logged-out", 4404: "gone" };
const PAUSES = { [LOGGED_OUT]: 1_000, 4429: 5_000 }; // the latter: too many messages

export class Socket extends EventTarget {
  constructor(address, outbox) {
    super();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.url = `${scheme}://${location.host}${address}`;
    this.outbox = outbox;
    this.wait = FIRST_WAIT;
    this.state = "connecting";
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.drop());
    addEventListener("pageshow", () => this.hurry());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.hurry();
    });
  }

  connect() {
    clearTimeout(this.again);
    const web = new WebSocket(this.url);
    this.web = web;
    web.addEventListener("open", () => this.opened());
    web.addEventListener("message", (event) => {
      if (web === this.web) this.heard(JSON.parse(event.data));
    });
    web.addEventListener("close", (event) => {
      if (web === this.web) this.closed(event.code);
    });
  }

  hurry() {
    if (this.state === "waiting") this.connect();
  }

  /** Whatever this connection still has to say is not waited for. */
  drop() {
    if (!this.web || this.state === "closed") return;
    const web = this.web;
    this.web = null;
    web.close();
    this.closed(1006);
  }

  opened() {
    this.wait = FIRST_WAIT;
    this.tell("open");
    this.resend();
  }

  async resend() {
    const web = this.web;
    for (const message of this.outbox.all()) {
      if (web !== this.web || web.readyState !== WebSocket.OPEN) return;
      this.put(message);
      await new Promise((done) => setTimeout(done, PACE));
    }
  }

  heard(message) {
    clearTimeout(this.silence);
    if (message.type === "story.state") this.welcome = true;
    if (message.key && (message.type === "ack" || message.type === "error")) {
      message.asked = this.outbox.get(message.key);
      this.outbox.remove(message.key);
    }
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  closed(code) {
    clearTimeout(this.silence);
    // A new password ends the session of every page: this browser may have another.
    const doubted = code === LOGGED_OUT && this.welcome;
    this.welcome = false;
    if (FINAL[code] && !doubted) {
      this.tell("closed", FINAL[code]);
      return;
    }
    this.tell("waiting");
    const pause = PAUSES[code] ?? this.wait * (0.75 + Math.random() / 2);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    clearTimeout(this.again);
    this.again = setTimeout(() => this.connect(), pause);
  }

  tell(state, why = "") {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, why } }));
  }

  /** Ask for a change: kept until the server has answered. Returns the kept message. */
  send(message) {
    const keyed = this.outbox.add(message);
    if (this.state === "open") this.put(keyed);
    this.dispatchEvent(new CustomEvent("sent", { detail: keyed }));
    return keyed;
  }

  /** Say something that is worth saying now or never. */
  say(message) {
    if (this.state === "open") this.put(message);
  }

  put(message) {
    this.web.send(JSON.stringify(message));
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.drop(), SILENCE);
  }

  on(type, hear) {
    this.addEventListener(type, (event) => hear(event.detail));
  }
}

/** Whether a text is a passage, and fits into one frame with what is around it. */
export function fits(text) {
  if ([...text].length > LONGEST_PASSAGE) return false;
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
  return bytes < LARGEST - 512;
}
