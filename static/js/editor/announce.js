// What a screen reader hears: whole sentences as they are complete, not tokens.

const SENTENCE = /[^.!?。！？…]+[.!?。！？…]+["'”’»)\]]*\s*/gu;

export class Announcer {
  constructor(stream, path) {
    this.path = path;
    this.place = document.getElementById("said");
    this.unsaid = new Map(); // passage -> {text, ended}
    stream.addEventListener("begun", () => this.say(gettext("Storyloom is writing.")));
    stream.addEventListener("text", ({ detail }) => {
      this.of(detail.passage).text += detail.text;
      this.speak(detail.passage);
    });
    stream.addEventListener("ended", ({ detail }) => {
      this.of(detail.passage).ended = detail.status;
      this.speak(detail.passage);
    });
    path.addEventListener("drawn", () => {
      for (const passage of this.unsaid.keys()) this.speak(passage);
    });
  }

  of(passage) {
    if (!this.unsaid.has(passage)) this.unsaid.set(passage, { text: "", ended: "" });
    return this.unsaid.get(passage);
  }

  /** Alternatives that are written out of sight wait until they are looked at. */
  speak(passage) {
    if (!this.path.passage(passage)) return;
    const unsaid = this.of(passage);
    const said = (unsaid.text.match(SENTENCE) ?? []).join("");
    unsaid.text = unsaid.text.slice(said.length);
    this.say(said);
    if (!unsaid.ended) return;
    this.unsaid.delete(passage);
    this.say(unsaid.text);
    this.say(
      unsaid.ended === "finished"
        ? gettext("The passage is finished.")
        : gettext("The writing has ended."),
    );
  }

  say(sentence) {
    if (!sentence.trim()) return;
    const line = document.createElement("span");
    line.textContent = `${sentence.trim()} `;
    this.place.append(line);
    while (this.place.childElementCount > 12) this.place.firstElementChild.remove();
  }
}
