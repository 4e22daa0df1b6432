// Editing in place. What is being typed is kept until the server has the new text.

import { drop, keep, read } from "./drafts.js";
import { fits } from "./socket.js";

export class Edits {
  constructor(story, socket, path) {
    this.story = story;
    this.socket = socket;
    this.path = path;
    path.root.addEventListener("input", (event) => this.typed(event));
    path.root.addEventListener("submit", (event) => this.submit(event));
    path.root.addEventListener("click", (event) => this.click(event));
    path.root.addEventListener("keydown", (event) => this.key(event));
    path.addEventListener("drawn", () => this.reopen());
    socket.on("ack", (ack) => this.kept(ack));
    socket.on("error", (error) => this.refused(error));
    this.reopen();
  }

  place(article) {
    return this.placeOf(article.dataset.id);
  }

  placeOf(passage) {
    return `edit:${this.story}:${passage}`;
  }

  draft(article) {
    return read(this.place(article));
  }

  /** Edits that a reload interrupted are opened again. */
  reopen() {
    for (const article of this.path.passages()) {
      if (this.draft(article) && !this.form(article)) this.open(article, { quietly: true });
    }
  }

  form(article) {
    return article?.querySelector(".edit");
  }

  open(article, { quietly = false } = {}) {
    if (["queued", "writing"].includes(article.dataset.status)) return;
    let form = this.form(article);
    if (!form) {
      const template = document.getElementById("edit-template");
      form = template.content.cloneNode(true).firstElementChild;
      const draft = this.draft(article);
      const text = article.querySelector(".passage-text");
      form.dataset.was = draft?.was ?? article.dataset.revision;
      form.querySelector("textarea").value = draft?.text ?? text.textContent;
      text.after(form);
    }
    if (!quietly) form.querySelector("textarea").focus();
  }

  typed(event) {
    const form = event.target.closest(".edit");
    if (!form) return;
    const draft = { text: event.target.value, was: Number(form.dataset.was) };
    try {
      keep(this.place(form.closest(".passage")), draft);
    } catch {
      this.say(form, gettext("This browser cannot keep so much unsent text. Please send it soon."));
    }
  }

  submit(event) {
    const form = event.target.closest(".edit");
    if (!form) return;
    event.preventDefault();
    const article = form.closest(".passage");
    const text = form.querySelector("textarea").value;
    if (!fits(text)) {
      this.say(form, gettext("That is too much for one passage. Nothing is lost; make it shorter, or move a part of it."));
      return;
    }
    this.socket.send({
      type: "passage.edit",
      passage: Number(article.dataset.id),
      text,
      was: Number(form.dataset.was),
    });
    if (this.socket.state !== "open") {
      this.say(form, gettext("Kept here, and sent as soon as there is a connection."));
    }
  }

  click(event) {
    const button = event.target.closest("[data-edit]");
    if (!button) return;
    const article = button.closest(".passage");
    if (button.dataset.edit === "leave") this.close(article);
    if (button.dataset.edit === "mine") {
      this.form(article).dataset.was = article.dataset.revision;
      this.form(article).requestSubmit();
    }
  }

  key(event) {
    const form = event.target.closest(".edit");
    if (!form) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close(form.closest(".passage"));
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  }

  close(article) {
    drop(this.place(article));
    const held = this.form(article)?.contains(document.activeElement);
    this.form(article)?.remove();
    if (held) article.focus();
  }

  kept({ asked }) {
    if (asked?.type !== "passage.edit") return;
    const article = this.path.passage(asked.passage);
    const place = this.placeOf(asked.passage);
    const typed = this.form(article)?.querySelector("textarea").value ?? read(place)?.text;
    if (typed !== undefined && typed !== asked.text) return; // typed on meanwhile
    drop(place); // though another branch may be shown by now
    if (article) this.close(article);
  }

  refused({ asked, code, message, text }) {
    if (asked?.type !== "passage.edit") return;
    const article = this.path.passage(asked.passage);
    if (!article) return;
    this.open(article);
    const form = this.form(article);
    this.say(form, message);
    if (code !== "conflict") return;
    const other = document.createElement("span");
    other.className = "other";
    other.dir = "auto";
    other.textContent = text;
    const mine = document.createElement("button");
    mine.type = "button";
    mine.className = "button";
    mine.dataset.edit = "mine";
    mine.textContent = gettext("Keep mine instead");
    form.querySelector(".edit-word").append(other, mine);
  }

  say(form, sentence) {
    const word = form.querySelector(".edit-word");
    word.textContent = sentence;
    word.hidden = !sentence;
  }
}
