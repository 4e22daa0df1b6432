// The entry: two modes, nothing typed is ever lost, empty means continue.

import { keep, read } from "./drafts.js";
import { fits } from "./socket.js";

export class Composer {
  constructor(story, socket, path) {
    this.socket = socket;
    this.path = path;
    this.place = `draft:${story}`;
    this.form = document.getElementById("composer");
    this.entry = document.getElementById("entry");
    this.word = document.getElementById("composer-word");
    this.tone = document.getElementById("tone");
    this.add = document.getElementById("add");
    this.go = document.getElementById("go");
    this.stop = document.getElementById("stop");
    this.alone = "alone" in this.form.dataset; // in a class, maybe: nobody else writes
    this.restore();
    this.entry.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("keydown", (event) => this.key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.add.addEventListener("click", () => this.submit({ only: true }));
    this.stop.addEventListener("click", () => this.stopWriting());
    path.addEventListener("drawn", () => this.show());
    socket.on("ack", (ack) => this.answered(ack));
  }

  get mode() {
    return this.form.elements.mode?.value ?? "write";
  }

  set mode(mode) {
    if (this.form.elements.mode) this.form.elements.mode.value = mode;
    this.show();
  }

  restore() {
    const draft = read(this.place);
    this.entry.value = draft?.text ?? "";
    this.mode = draft?.mode ?? "write";
  }

  changed() {
    try {
      keep(this.place, { mode: this.mode, text: this.entry.value });
      this.complain("");
    } catch {
      this.complain(gettext("This browser cannot keep so much unsent text. Send it in parts."));
    }
    this.show();
  }

  complain(sentence) {
    this.word.textContent = sentence;
    this.word.hidden = !sentence;
  }

  show() {
    const empty = !this.entry.value.trim();
    const direct = this.mode === "direct";
    const status = this.path.last()?.dataset.status;
    const underWay = status === "queued" || status === "writing";
    this.form.dataset.mode = this.mode;
    this.entry.placeholder = direct
      ? gettext("Say what should happen next…")
      : this.alone
        ? gettext("Write the next lines…")
        : gettext("Write the next lines, or let Storyloom continue…");
    this.add.hidden = empty || direct || underWay || this.alone;
    this.go.disabled = empty && this.alone;
    this.go.hidden = underWay;
    this.stop.hidden = !underWay;
    this.go.textContent = this.alone
      ? gettext("Put it in my story")
      : empty
      ? gettext("Continue")
      : direct
        ? gettext("Write this")
        : gettext("Add and continue");
  }

  key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.submit({ only: event.shiftKey });
  }

  submit({ only = false } = {}) {
    if (this.go.hidden) return; // wait for what is being written, or stop it
    const text = this.entry.value;
    if (!fits(text)) {
      this.complain(gettext("That is too much for one passage. Send it in parts; nothing is lost."));
      return;
    }
    const tone = this.tone?.value || undefined;
    this.path.follow = true;
    if (!text.trim()) {
      if (!only && !this.alone) this.request("continue", "", tone);
      this.returnFocus();
      return;
    }
    const goOn = this.mode === "write" && !only && !this.alone;
    this.request(this.mode, text, tone, goOn);
    this.entry.value = "";
    if (this.tone) this.tone.value = "";
    this.returnFocus();
    this.changed();
  }

  /** The pressed button goes away. On a phone, a keyboard should not come instead. */
  returnFocus() {
    if (matchMedia("(pointer: fine)").matches) this.entry.focus();
  }

  /** `goOn` asks to continue once the text has joined the story, and only then. */
  request(mode, text, tone, goOn) {
    this.socket.send({ type: "passage.request", mode, text, tone, goOn });
  }

  answered({ asked }) {
    if (!asked?.goOn) return;
    this.path.follow = true;
    this.request("continue", "", asked.tone);
  }

  /** Whether there was anything to stop. */
  stopWriting() {
    const last = this.path.last();
    if (this.stop.hidden) return false;
    this.socket.say({ type: "passage.stop", passage: Number(last.dataset.id) });
    return true;
  }

  /** A refused text comes back to where it was typed, if nothing new stands there. */
  takeBack({ mode, text }) {
    if (this.entry.value.trim()) return false;
    this.entry.value = text;
    this.mode = mode;
    this.changed();
    return true;
  }

  focus(mode) {
    if (mode) this.mode = mode;
    this.entry.focus();
  }
}
