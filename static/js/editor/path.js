// The path as the server draws it, fetched again whenever the story has changed.
// What someone is doing here (an edit, an open menu, the focus) is left alone.

import { Idiomorph } from "../../vendor/idiomorph-0.8.0.esm.js";

const PATIENCE = 15_000;
const NEAR = 180; // pixels from the end that count as "reading along"

export class Path extends EventTarget {
  constructor(root) {
    super();
    this.root = root;
    this.url = root.dataset.path;
    this.fetching = false;
    this.dirty = false;
    this.keepText = () => false;
    document.addEventListener("htmx:beforeSwap", (event) => this.hold(event));
    document.addEventListener("htmx:afterSwap", () => this.restore());
  }

  get element() {
    return document.getElementById("path");
  }

  passages() {
    return [...this.element.querySelectorAll(":scope > .passage")];
  }

  passage(id) {
    return document.getElementById(`passage-${id}`);
  }

  last() {
    return this.passages().at(-1);
  }

  /** Scroll to a passage of the path, drawing more of it if need be. */
  async reveal(id) {
    for (const count of [20, 120, 600]) {
      if (!this.passage(id)) await this.refresh(count);
    }
    const passage = this.passage(id);
    passage?.scrollIntoView({ block: "center" });
    passage?.focus({ preventScroll: true });
  }

  /** Fetch and merge. Calls that come meanwhile are answered by one more fetch. */
  async refresh(count = 0) {
    if (this.fetching) {
      this.dirty = true;
      return;
    }
    this.fetching = true;
    try {
      do {
        this.dirty = false;
        const shown = this.passages();
        const ask = new URLSearchParams({ count: Math.max(count, shown.length) });
        if (!count && shown.length) ask.set("from", shown[0].dataset.id);
        const answer = await fetch(`${this.url}?${ask}`, {
          headers: { Accept: "text/html" },
          signal: AbortSignal.timeout(PATIENCE), // else a dead network holds up the next
        });
        if (answer.ok && !answer.redirected) this.merge(await answer.text());
      } while (this.dirty);
    } catch {
      // no connection: the socket's return brings the next refresh
    } finally {
      this.fetching = false;
    }
  }

  merge(html) {
    const atEnd = this.nearEnd();
    const before = this.last()?.id;
    const held = this.passages().findIndex((p) => p.contains(document.activeElement));
    Idiomorph.morph(this.element, html, {
      morphStyle: "outerHTML",
      callbacks: {
        beforeNodeMorphed: (old) => !this.isHeld(old),
        beforeNodeRemoved: (old) => !this.isHere(old),
        beforeAttributeUpdated: (name, node) =>
          name !== "data-at-hand" && !(name === "open" && node.localName === "details"),
      },
    });
    this.dispatchEvent(new CustomEvent("drawn"));
    const grown = this.last()?.id !== before;
    if (atEnd || (grown && this.follow)) this.toEnd(grown);
    this.follow = false;
    this.settle(held);
  }

  /** Where the focus or the eye was to go, once the story had changed. */
  settle(held) {
    if (this.revealNext) {
      const id = this.revealNext;
      this.revealNext = null;
      setTimeout(() => this.reveal(id)); // after this fetch has come to its end
    }
    if (held < 0 || this.element.contains(document.activeElement)) return;
    // The passage that had the focus is gone: the one in its place takes it.
    const passage = this.passages()[held] ?? this.last();
    const button = this.focusNext && passage?.querySelector(`[data-do=${this.focusNext}]:not([disabled])`);
    (button ?? passage)?.focus({ preventScroll: true });
    this.focusNext = null;
  }

  /** Text that streams in is further than what the server has saved. */
  isHeld(node) {
    return (
      node.classList?.contains("passage-text") && this.keepText(node.closest(".passage"))
    );
  }

  /** Forms that were opened here and are unknown to the server. */
  isHere(node) {
    return node.nodeType === Node.ELEMENT_NODE && node.matches(".edit, .aside-form");
  }

  nearEnd() {
    const page = document.scrollingElement;
    return page.scrollHeight - page.scrollTop - page.clientHeight < NEAR;
  }

  toEnd(smoothly = false) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const behavior = smoothly && !still ? "smooth" : "instant";
    document.scrollingElement.scrollTo({ top: 1e9, behavior });
  }

  // Earlier passages are put in above: what one reads must not move.
  hold(event) {
    if (event.detail.target?.id !== "earlier") return;
    const first = this.passages()[0];
    this.held = { first, top: first?.getBoundingClientRect().top };
  }

  restore() {
    if (!this.held?.first) return;
    const { first, top } = this.held;
    this.held = null;
    document.scrollingElement.scrollBy({
      top: first.getBoundingClientRect().top - top,
      behavior: "instant",
    });
    this.dispatchEvent(new CustomEvent("drawn"));
  }
}
