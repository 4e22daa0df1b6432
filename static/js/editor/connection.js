// One word about the connection, and what to do when it will not come back.

export class Connection {
  constructor(root, socket, outbox) {
    this.root = root;
    this.socket = socket;
    this.outbox = outbox;
    this.place = document.getElementById("connection");
    this.offline = document.querySelector("[data-offline]");
    socket.on("state", (detail) => this.show(detail));
    socket.on("sent", () => this.show({ state: socket.state }));
    socket.on("ack", () => this.show({ state: socket.state }));
    socket.on("error", () => this.show({ state: socket.state }));
    this.show({ state: socket.state });
  }

  show({ state, why = this.why }) {
    this.why = why;
    const unsent = this.outbox.all().length;
    const words = {
      connecting: gettext("Connecting…"),
      open: unsent ? gettext("Keeping…") : gettext("All kept"),
      waiting: gettext("No connection"),
      closed: why === "gone" ? gettext("Not found") : gettext("Logged out"),
    };
    this.place.dataset.state = state;
    this.place.querySelector(".word").textContent = words[state];
    this.place.title = words[state];
    this.warn(state, why);
  }

  /** The banner: only after a moment, for a short break is none of the writer's business. */
  warn(state, why) {
    clearTimeout(this.timer);
    if (state === "closed") this.final(why);
    else if (state === "waiting") this.timer = setTimeout(() => (this.offline.hidden = false), 1500);
    else this.offline.hidden = navigator.onLine;
  }

  final(why) {
    const gone = why === "gone";
    const place = this.offline.querySelector("span");
    const link = document.createElement("a");
    link.href = gone ? this.root.dataset.library : this.root.dataset.login;
    link.textContent = gone ? this.root.dataset.libraryName : gettext("Log in again");
    place.textContent = gone
      ? gettext("This story is no longer there.")
      : gettext("You are logged out. What you typed is kept in this browser.");
    place.append(" ", link);
    this.offline.hidden = false;
  }
}
