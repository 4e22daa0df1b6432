// What one does with a passage: buttons, keys, a swipe among its alternatives.

import { Edits } from "./edits.js";

const SWIPE = 60; // pixels sideways
const SWIPE_DRIFT = 40; // pixels up or down that still are a swipe

export class Passages {
  constructor(story, socket, path, history) {
    this.socket = socket;
    this.path = path;
    this.history = history;
    this.edits = new Edits(story, socket, path);
    path.root.addEventListener("click", (event) => this.click(event));
    path.root.addEventListener("submit", (event) => this.submit(event));
    path.root.addEventListener("keydown", (event) => this.key(event));
    path.root.addEventListener("touchstart", (event) => this.touch(event), { passive: true });
    path.root.addEventListener("touchend", (event) => this.lift(event), { passive: true });
  }

  click(event) {
    const article = event.target.closest(".passage");
    if (!article) return;
    if (event.target.closest("[data-aside=close]")) {
      event.target.closest(".aside-form").remove();
      article.focus();
      return;
    }
    const button = event.target.closest("[data-do]");
    if (button) this.do(button.dataset.do, article, button);
    else this.takeInHand(article);
  }

  /** A tap shows what can be done with a passage (see editor.css). */
  takeInHand(article) {
    for (const other of this.path.root.querySelectorAll("[data-at-hand]")) {
      if (other !== article) delete other.dataset.atHand;
    }
    article.dataset.atHand = "yes";
  }

  do(verb, article, button) {
    const passage = Number(article.dataset.id);
    switch (verb) {
      case "stop":
        this.socket.say({ type: "passage.stop", passage });
        break;
      case "retry":
        this.path.follow = article === this.path.last();
        this.socket.send({ type: "passage.retry", passage });
        break;
      case "closer":
        this.path.follow = article === this.path.last();
        this.socket.send({ type: "passage.retry", passage, closer: true });
        break;
      case "feels":
        this.socket.send({ type: "passage.feels", passage, feels: button.dataset.feels });
        break;
      case "alternatives":
        this.socket.send({ type: "passage.alternatives", passage, count: 2 });
        this.history.tell(gettext("Two more alternatives are on their way."));
        break;
      case "previous":
      case "next":
        this.choose(article, verb);
        break;
      case "edit":
        this.edits.open(article);
        break;
      case "delete":
        this.remove(article);
        break;
      case "retry-with":
        this.ask(article, "again-template", { type: "passage.retry", passage });
        break;
      case "up":
      case "down":
        this.judge(article, verb, button);
        break;
    }
  }

  choose(article, way) {
    const id = article.dataset[way];
    if (!id) return;
    // Whoever pressed the arrow button may want to press it again.
    this.path.focusNext = article === document.activeElement ? null : way;
    this.socket.send({ type: "passage.choose", passage: Number(id) });
  }

  remove(article) {
    this.socket.send({ type: "passage.delete", passage: Number(article.dataset.id) });
    this.history.tell(gettext("Deleted, with what followed on its branch."), { undo: true });
  }

  judge(article, kind, button) {
    const passage = Number(article.dataset.id);
    const taken = button.getAttribute("aria-pressed") === "true";
    for (const other of article.querySelectorAll("[data-do=up], [data-do=down]")) {
      other.setAttribute("aria-pressed", String(other === button && !taken));
    }
    article.querySelector(".aside-form")?.remove();
    this.socket.send({ type: "passage.feedback", passage, kind: taken ? "none" : kind });
    if (!taken) this.ask(article, `${kind}-template`, { type: "passage.feedback", passage, kind });
  }

  /** A small form under the passage; what is typed joins the message. */
  ask(article, template, message) {
    article.querySelector(".aside-form")?.remove();
    const form = document.getElementById(template).content.cloneNode(true).firstElementChild;
    form.message = message;
    article.append(form);
    form.querySelector("input").focus();
    form.scrollIntoView({ block: "nearest" });
  }

  submit(event) {
    const form = event.target.closest(".aside-form");
    if (!form) return;
    event.preventDefault();
    const typed = Object.fromEntries(new FormData(form));
    const article = form.closest(".passage");
    if (Object.values(typed).some((text) => text.trim())) {
      this.path.follow = article === this.path.last();
      this.socket.send({ ...form.message, ...typed });
    }
    form.remove();
    article.focus();
  }

  key(event) {
    const article = event.target;
    if (event.key === "Escape" && event.target.closest(".aside-form")) {
      const holder = event.target.closest(".passage");
      event.target.closest(".aside-form").remove();
      holder.focus();
      event.stopPropagation();
      return;
    }
    if (!article.matches?.(".passage") || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowLeft: () => this.choose(article, "previous"),
      ArrowRight: () => this.choose(article, "next"),
      ArrowUp: () => this.step(article.previousElementSibling),
      ArrowDown: () => this.step(article.nextElementSibling),
      Enter: () => this.edits.open(article),
      Delete: () => this.remove(article),
      r: () => article.dataset.author === "model" && this.do("retry", article),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  step(other) {
    if (other?.matches(".passage")) other.focus();
  }

  touch(event) {
    const article = event.target.closest(".passage");
    const [point] = event.changedTouches;
    this.touched = article && !event.target.closest("textarea, input, button") && {
      article, x: point.clientX, y: point.clientY,
    };
  }

  lift(event) {
    const start = this.touched;
    this.touched = null;
    if (!start || !getSelection().isCollapsed) return;
    const [point] = event.changedTouches;
    const aside = point.clientX - start.x;
    if (Math.abs(aside) < SWIPE || Math.abs(point.clientY - start.y) > SWIPE_DRIFT) return;
    this.choose(start.article, aside < 0 ? "next" : "previous");
  }
}
