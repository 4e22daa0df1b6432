// What opens over the manuscript: settings, map, comparison, what the model saw.

const PAUSE = 700; // after the last letter of a title or a note

export class Sheets {
  constructor(socket, path, history) {
    this.socket = socket;
    this.history = history;
    this.path = path;
    this.title = document.getElementById("title");
    document.addEventListener("click", (event) => this.click(event));
    document.addEventListener("input", (event) => this.typed(event));
    document.addEventListener("change", (event) => this.changed(event));
    document.addEventListener("submit", (event) => {
      if (event.target.id === "settings") event.preventDefault();
    });
    this.title.addEventListener("keydown", (event) => {
      if (event.key === "Enter") document.getElementById("entry").focus();
    });
    addEventListener("pagehide", () => this.pending && this.save(this.pending));
    path.addEventListener("drawn", () => this.showTitle());
    socket.on("ack", ({ asked }) => this.answer(asked, ""));
    socket.on("error", ({ asked, message }) => this.answer(asked, message));
  }

  click(event) {
    const opener = event.target.closest("[data-sheet]");
    if (opener) this.open(opener.dataset.into, opener.dataset.sheet);
    const jump = event.target.closest("[data-jump]");
    if (jump) this.jump(Number(jump.dataset.jump));
  }

  async open(id, url) {
    const dialog = document.getElementById(id);
    const body = dialog.querySelector(".sheet-body");
    body.replaceChildren();
    dialog.showModal();
    await htmx.ajax("GET", url, { target: body, swap: "innerHTML" });
    body.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }

  jump(passage) {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    this.path.revealNext = passage;
    this.socket.send({ type: "passage.choose", passage });
  }

  field(target) {
    if (target === this.title) return "title";
    return target.closest?.("#settings") ? target.name : null;
  }

  typed(event) {
    const field = this.field(event.target);
    if (!field || !event.target.matches("textarea, input:not([type=radio], [type=checkbox])")) return;
    clearTimeout(this.timer);
    this.pending = event.target;
    this.timer = setTimeout(() => this.save(event.target), PAUSE);
  }

  changed(event) {
    if (!this.field(event.target)) return;
    this.save(event.target);
  }

  save(target) {
    const value = target.type === "checkbox" ? target.checked : target.value;
    clearTimeout(this.timer);
    this.pending = null;
    this.socket.send({ type: "story.set", field: this.field(target), value });
    if (this.socket.state !== "open") this.say(gettext("Kept here until there is a connection."));
  }

  answer(asked, trouble) {
    if (asked?.type !== "story.set") return;
    this.say(trouble || gettext("Kept."), Boolean(trouble));
  }

  say(sentence, trouble = false) {
    const place = document.getElementById("settings-word");
    if (!place?.closest("dialog").open) {
      if (trouble) this.history.tell(sentence);
      return;
    }
    const word = document.createElement("span");
    word.className = trouble ? "errorlist" : "saved";
    word.textContent = trouble ? sentence : `✓ ${sentence}`;
    place.replaceChildren(word);
  }

  /** Another tab, or an undo, may have given the story another title. */
  showTitle() {
    const title = this.path.element.dataset.title;
    if (document.activeElement !== this.title && !this.pending) this.title.value = title;
    document.title = `${title || gettext("Untitled")} · Storyloom`;
  }
}
