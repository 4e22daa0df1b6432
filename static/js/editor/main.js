// The editor: its parts, and who hears whom.

import { Announcer } from "./announce.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { History } from "./history.js";
import { keys } from "./keys.js";
import { Outbox } from "./outbox.js";
import { Passages } from "./passage.js";
import { Path } from "./path.js";
import { Sheets } from "./sheets.js";
import { Socket } from "./socket.js";
import { Stream } from "./stream.js";
import { Turns } from "./turns.js";
import { Unsent } from "./unsent.js";

const root = document.getElementById("editor");
const story = root.dataset.story;
const outbox = new Outbox(story);
const socket = new Socket(root.dataset.socket, outbox);
const path = new Path(root);
const history = new History(socket);
const stream = new Stream(socket, path);
const composer = new Composer(story, socket, path);

new Connection(root, socket, outbox);
new Passages(story, socket, path, history);
const sheets = new Sheets(socket, path, history);
new Turns(socket, path, stream, sheets, history);
new Unsent(story, outbox, socket, composer, path);
const announcer = new Announcer(stream, path);
keys(composer);

// Whatever changed, the server draws the path; then we ask what can be undone.
let asking;
async function changed() {
  await path.refresh();
  clearTimeout(asking);
  asking = setTimeout(() => socket.say({ type: "story.check" }), 60);
}
socket.on("story.changed", changed);
socket.on("care", () => {
  announcer.say(gettext("Help is shown beside your words."));
  path.refresh();
});
socket.on("ack", ({ asked }) => asked?.type === "passage.choose" && path.refresh());
socket.on("story.state", ({ version }) => {
  if (version !== Number(path.element.dataset.version)) path.refresh();
});
stream.addEventListener("begun", () => path.refresh());
stream.addEventListener("ended", () => path.refresh());
socket.on("error", ({ asked, code, message }) => {
  const shownBeside = ["passage.request", "passage.edit", "story.set"].includes(asked?.type);
  if (!shownBeside && code !== "nothing") history.tell(message);
  if (code === "gone") socket.say({ type: "story.check" }); // a passage, or all of it?
  path.refresh();
});

path.toEnd();
socket.connect();
