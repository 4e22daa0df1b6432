// Undo and redo, and the short note that offers it.

const NOTE_STAYS = 7_000;

export class History {
  constructor(socket) {
    this.socket = socket;
    this.undo = document.getElementById("undo");
    this.redo = document.getElementById("redo");
    this.note = document.getElementById("toast");
    this.undo.addEventListener("click", () => this.go("undo"));
    this.redo.addEventListener("click", () => this.go("redo"));
    this.note.querySelector("[data-undo]").addEventListener("click", () => this.go("undo"));
    socket.on("story.state", (state) => this.show(state));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  show({ can_undo: canUndo, can_redo: canRedo, undo_label: undone, redo_label: redone }) {
    this.label(this.undo, canUndo, gettext("Undo"), undone);
    this.label(this.redo, canRedo, gettext("Redo"), redone);
  }

  label(button, can, verb, what) {
    const words = can && what ? `${verb}: ${what}` : verb;
    button.disabled = !can;
    button.title = words;
    button.querySelector(".unseen").textContent = words;
  }

  go(way) {
    this.note.hidden = true;
    this.socket.send({ type: `story.${way}` });
  }

  key(event) {
    const typing = event.target.closest?.("input, textarea, select, dialog[open]");
    if (typing || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const way = key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : null;
    if (!way) return;
    event.preventDefault();
    if (!this[way].disabled) this.go(way);
  }

  /** Take the note back: it is true no more. */
  hush() {
    clearTimeout(this.timer);
    this.note.hidden = true;
  }

  /** A short note that goes away by itself. */
  tell(sentence, { undo = false } = {}) {
    clearTimeout(this.timer);
    this.note.querySelector("span").textContent = sentence;
    this.note.querySelector("[data-undo]").hidden = !undo;
    this.note.hidden = false;
    this.timer = setTimeout(() => (this.note.hidden = true), NOTE_STAYS);
  }
}
