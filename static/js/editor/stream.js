// Text as it is being written. The socket brings pieces, the database has the truth:
// a gap or a long silence asks for the state, the end brings the whole text.

const QUIET = 4_000;

export class Stream extends EventTarget {
  constructor(socket, path) {
    super();
    this.socket = socket;
    this.path = path;
    this.texts = new Map(); // passage id -> what is written so far, as code points
    this.ended = new Set(); // an older state may still name these as under way
    path.keepText = (article) => this.texts.has(Number(article?.dataset.id));
    path.addEventListener("drawn", () => this.paintAll());
    socket.on("story.state", (state) => this.resume(state));
    socket.on("passage.started", ({ passage }) => this.begin(passage));
    socket.on("passage.chunk", (chunk) => this.take(chunk));
    socket.on("passage.finished", (end) => this.finish(end));
    socket.on("state", ({ state }) => state !== "open" && clearTimeout(this.timer));
  }

  get busy() {
    return this.texts.size > 0;
  }

  begin(passage) {
    if (!this.texts.has(passage)) this.texts.set(passage, []);
    this.dispatchEvent(new CustomEvent("begun", { detail: { passage } }));
    this.listen();
  }

  take({ passage, offset, text }) {
    const written = this.texts.get(passage) ?? [];
    if (offset > written.length) {
      this.socket.say({ type: "story.check" });
      return;
    }
    const fresh = [...text].slice(written.length - offset);
    if (!fresh.length) return;
    written.push(...fresh);
    this.texts.set(passage, written);
    this.paint(passage);
    const detail = { passage, text: fresh.join("") };
    this.dispatchEvent(new CustomEvent("text", { detail }));
    this.listen();
  }

  finish({ passage, status, text }) {
    this.take({ passage, offset: 0, text }); // the last words came in no chunk
    this.texts.set(passage, [...text]);
    this.paint(passage);
    this.texts.delete(passage);
    this.ended.add(passage);
    this.dispatchEvent(new CustomEvent("ended", { detail: { passage, status } }));
    this.listen();
  }

  /** The state names all that is under way: what it does not name has ended. */
  resume(state) {
    const underWay = new Set();
    for (const { passage, status, text } of state.under_way) {
      underWay.add(passage);
      if (status !== "writing" || this.ended.has(passage)) continue;
      this.texts.set(passage, [...text]);
      this.paint(passage);
    }
    for (const passage of this.texts.keys()) {
      if (!underWay.has(passage)) this.texts.delete(passage);
    }
    this.waited = state.under_way.length > 0;
    this.listen();
  }

  paint(passage) {
    const place = this.path.passage(passage)?.querySelector(".passage-text");
    if (!place) return; // not on the path we show, or not drawn yet
    const atEnd = this.path.nearEnd();
    place.textContent = this.texts.get(passage).join("");
    if (atEnd) this.path.toEnd();
  }

  paintAll() {
    for (const passage of this.texts.keys()) this.paint(passage);
  }

  listen() {
    clearTimeout(this.timer);
    if (!this.busy && !this.waited) return;
    this.timer = setTimeout(() => {
      this.socket.say({ type: "story.check" });
      this.listen();
    }, QUIET);
  }
}
