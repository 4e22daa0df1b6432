// Which of these two? Offered now and then; the server knows when, and whose is whose.

const KEYS = { 0: "0", 1: "1", 2: "2" };

export class Blind {
  constructor(socket, path, sheets, history) {
    this.socket = socket;
    this.path = path;
    this.sheets = sheets;
    this.history = history;
    this.bar = document.getElementById("blind");
    this.dialog = document.getElementById("blind-dialog");
    if (!this.bar || !this.dialog) return; // a desk where nobody is asked
    this.asked = false; // in this tab, so that both open here as soon as they are there
    socket.on("story.state", ({ blind }) => this.show(blind));
    socket.on("passage.finished", () => this.socket.say({ type: "story.check" }));
    socket.on("ack", ({ asked }) => this.done(asked?.type));
    document.addEventListener("click", (event) => {
      const act = event.target.closest("[data-blind]")?.dataset.blind;
      if (act) this.do(act);
    });
    this.dialog.addEventListener("keydown", (event) => this.key(event));
  }

  show(standing) {
    const state = standing?.state ?? "";
    this.test = standing?.test;
    const focused = this.bar.contains(document.activeElement);
    const atEnd = this.path.nearEnd();
    this.bar.hidden = !state;
    this.bar.dataset.state = state;
    for (const part of this.bar.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
    if (atEnd) this.path.toEnd();
    if (focused && !this.bar.contains(document.activeElement)) document.getElementById("entry").focus();
    if (state === "ready" && this.asked) this.open();
  }

  do(act) {
    switch (act) {
      case "ask":
        this.asked = true;
        this.socket.send({ type: "passage.blind" });
        break;
      case "later":
      case "never":
        this.socket.send({ type: "story.blind", when: act });
        if (act === "never") this.history.tell(gettext("It does not ask again. You can change that under Your voice."));
        break;
      case "look":
        this.sheets.open("blind-dialog", "blind");
        break;
      default:
        this.take(Number(act));
    }
  }

  /** Nobody who is busy elsewhere is interrupted: the bar leads there as well. */
  open() {
    this.asked = false;
    if (!document.querySelector("dialog[open], .edit, .aside-form")) this.do("look");
  }

  take(take) {
    if (!this.test) return;
    this.dialog.close();
    this.path.follow = true;
    this.socket.send({ type: "passage.blind_choice", test: this.test, take });
    this.test = null;
  }

  done(type) {
    if (type === "passage.blind_choice") this.path.refresh();
    if (["passage.blind", "passage.blind_choice", "story.blind"].includes(type)) {
      this.socket.say({ type: "story.check" });
    }
  }

  key(event) {
    const take = KEYS[event.key];
    if (!take || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.dialog.querySelector(`[data-blind="${take}"]`)) return;
    event.preventDefault();
    this.take(Number(take));
  }
}
