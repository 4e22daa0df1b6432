// What a screen reader hears: whole sentences as they are complete, not tokens.

const SENTENCE = /[^.!?。！？…]+[.!?。！？…]+["'”’»)\]]*\s*/gu;

export class Announcer {
  constructor(stream) {
    this.place = document.getElementById("said");
    this.rest = new Map();
    stream.addEventListener("begun", () => this.say(gettext("Storyloom is writing.")));
    stream.addEventListener("text", ({ detail }) => this.hear(detail));
    stream.addEventListener("ended", ({ detail }) => this.end(detail));
  }

  hear({ passage, text }) {
    const heard = (this.rest.get(passage) ?? "") + text;
    const sentences = heard.match(SENTENCE) ?? [];
    const said = sentences.join("");
    this.rest.set(passage, heard.slice(said.length));
    if (said) this.say(said);
  }

  end({ passage, status }) {
    const rest = this.rest.get(passage);
    this.rest.delete(passage);
    if (rest?.trim()) this.say(rest);
    this.say(status === "finished" ? gettext("The passage is finished.") : gettext("The writing has ended."));
  }

  say(sentence) {
    const line = document.createElement("span");
    line.textContent = `${sentence.trim()} `;
    this.place.append(line);
    while (this.place.childElementCount > 12) this.place.firstElementChild.remove();
  }
}
