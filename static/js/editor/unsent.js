// Texts that are on their way, shown at the end of the path until they have arrived.

export class Unsent {
  constructor(story, outbox, socket, composer, path) {
    this.kept = `refused:${story}`;
    this.place = document.getElementById("outbox");
    this.template = document.getElementById("outbox-template");
    this.outbox = outbox;
    this.composer = composer;
    this.refused = this.remembered(); // [{asked, sentence}]: neither taken nor given back
    socket.on("state", () => this.show());
    socket.on("sent", () => this.show());
    socket.on("ack", () => this.show());
    socket.on("error", (error) => this.refuse(error));
    path.addEventListener("drawn", () => this.show());
    this.place.addEventListener("click", (event) => this.act(event));
    this.socket = socket;
    this.show();
  }

  remembered() {
    try {
      return JSON.parse(localStorage.getItem(this.kept) ?? "[]");
    } catch {
      return [];
    }
  }

  remember(refused) {
    this.refused = refused;
    if (refused.length) localStorage.setItem(this.kept, JSON.stringify(refused));
    else localStorage.removeItem(this.kept);
    this.show();
  }

  refuse({ asked, message }) {
    if (asked?.type === "passage.request") {
      const takenBack = !asked.text || this.composer.takeBack(asked);
      if (!takenBack) this.remember([...this.refused, { asked, sentence: message }]);
      this.composer.complain(message);
    }
    this.show();
  }

  show() {
    const waiting = this.outbox
      .all()
      .filter((message) => message.type === "passage.request" && message.text)
      .map((asked) => ({ asked, sentence: "" }));
    const shown = [...this.refused, ...(this.socket.state === "open" ? [] : waiting)];
    this.place.replaceChildren(...shown.map((unsent) => this.draw(unsent)));
    this.place.hidden = !shown.length;
  }

  draw({ asked, sentence }) {
    const card = this.template.content.cloneNode(true).firstElementChild;
    card.dataset.key = asked.key;
    card.classList.toggle("trouble", Boolean(sentence));
    card.querySelector(".unsent-text").textContent = asked.text;
    card.querySelector(".unsent-word").textContent =
      sentence || gettext("Not sent yet. It will be, as soon as there is a connection.");
    for (const button of card.querySelectorAll("button")) button.hidden = !sentence;
    return card;
  }

  act(event) {
    const button = event.target.closest("[data-unsent]");
    if (!button) return;
    const key = button.closest(".unsent").dataset.key;
    const unsent = this.refused.find(({ asked }) => asked.key === key);
    if (button.dataset.unsent === "take" && !this.composer.takeBack(unsent.asked)) {
      this.composer.complain(gettext("Send or clear the entry first; the text waits here."));
      return;
    }
    this.remember(this.refused.filter((other) => other !== unsent));
  }
}
