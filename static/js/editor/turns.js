// Turning points: three ways are asked for; when all are there, they are compared.

export class Turns {
  constructor(socket, path, stream, sheets, history) {
    this.socket = socket;
    this.path = path;
    this.stream = stream;
    this.sheets = sheets;
    this.history = history;
    this.awaited = new Set();
    document.addEventListener("click", (event) => {
      const turn = event.target.closest("[data-turn]")?.dataset.turn;
      if (turn) this.ask(turn);
    });
    socket.on("ack", (ack) => ack.asked?.type === "passage.turn" && this.begun(ack));
    stream.addEventListener("ended", ({ detail }) => this.arrived(detail.passage));
  }

  ask(turn) {
    this.path.follow = true;
    this.socket.send({ type: "passage.turn", turn });
    this.history.tell(gettext("Three ways it could turn are on their way."));
  }

  begun({ passages }) {
    this.first = passages[0];
    this.awaited = new Set(passages.filter((passage) => !this.stream.ended.has(passage)));
  }

  /** Nobody who is busy elsewhere is interrupted: the arrows lead to them as well. */
  arrived(passage) {
    if (!this.awaited.delete(passage) || this.awaited.size) return;
    this.history.hush();
    const busy = document.querySelector("dialog[open], .edit, .aside-form");
    if (!busy) this.sheets.open("compare-dialog", `passages/${this.first}/alternatives`);
  }
}
