// Reading a learning story: aloud with the sentence lit, larger, wider, words explained.

const tale = document.querySelector("[data-tale]");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

function say(url, fields) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  navigator.sendBeacon(url, body);
}

// --- size and space, kept in this browser ---------------------------------------------
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* closed to us */ } };
const wide = document.querySelector("[data-wide]");
let size = Number(kept("read:size") ?? (tale.hasAttribute("data-large") ? 3 : 1));

function showSize() {
  size = Math.min(4, Math.max(0, size));
  tale.dataset.size = size;
  for (const button of document.querySelectorAll("[data-size]:not(article)")) {
    button.disabled = size + Number(button.dataset.size) < 0 || size + Number(button.dataset.size) > 4;
  }
}
function showSpace(on) {
  tale.toggleAttribute("data-spaced", on);
  wide.setAttribute("aria-pressed", on);
}
for (const button of document.querySelectorAll("button[data-size]")) {
  button.addEventListener("click", () => {
    size += Number(button.dataset.size);
    keep("read:size", size);
    showSize();
  });
}
wide.addEventListener("click", () => {
  const on = !tale.hasAttribute("data-spaced");
  keep("read:wide", on);
  showSpace(on);
});
showSize();
showSpace((kept("read:wide") ?? String(tale.hasAttribute("data-large"))) === "true");

// --- aloud: only with a voice of this device, so no word leaves it --------------------
const aloud = document.querySelector("[data-aloud]");
const slower = document.querySelector("[data-slower]");
const sentences = [...document.querySelectorAll("[data-sentence]")];
let at = -1;
let rate = 0.9;

const voice = () => speechSynthesis.getVoices().find((v) => v.localService && v.lang.startsWith("en"));

function light(number) {
  sentences.forEach((sentence, n) => sentence.classList.toggle("lit", n === number));
  if (number >= 0) sentences[number].scrollIntoView({ block: "nearest" });
  aloud.querySelector("[data-when=on]").hidden = number < 0;
  aloud.querySelector("[data-when=off]").hidden = number >= 0;
}
function hush() {
  at = -1;
  speechSynthesis.cancel();
  light(-1);
}
function speak(number) {
  if (number >= sentences.length) return hush();
  at = number;
  light(number);
  const said = new SpeechSynthesisUtterance(sentences[number].textContent);
  said.voice = voice();
  said.lang = "en";
  said.rate = rate;
  said.onend = () => { if (at === number) speak(number + 1); };
  said.onerror = () => { if (at === number) hush(); };
  speechSynthesis.speak(said);
}
function showVoice() {
  const there = Boolean(voice());
  aloud.hidden = slower.hidden = !there;
  document.querySelector("[data-no-voice]").hidden = there;
  for (const first of document.querySelectorAll("[data-voice]")) first.hidden = !there;
}
if ("speechSynthesis" in window) {
  showVoice();
  speechSynthesis.addEventListener?.("voiceschanged", showVoice);
  aloud.addEventListener("click", () => (at < 0 ? speak(0) : hush()));
  slower.addEventListener("click", () => {
    rate = rate === 0.9 ? 0.65 : 0.9;
    slower.setAttribute("aria-pressed", rate < 0.9);
    if (at >= 0) { const here = at; at = -1; speechSynthesis.cancel(); speak(here); }
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
} else {
  document.querySelector("[data-no-voice]").hidden = false;
}

// --- words that were looked up, and time with the page in front ----------------------------
for (const word of document.querySelectorAll("[data-word]")) {
  word.addEventListener("click", () => say(tale.dataset.lookUp, { word: word.dataset.word }), { once: true });
}
let since = Date.now();
function stay() {
  const seconds = Math.round((Date.now() - since) / 1000);
  since = Date.now();
  if (seconds > 0) say(tale.dataset.stay, { seconds });
}
setInterval(() => { if (document.visibilityState === "visible") stay(); }, 60_000);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") stay();
  else since = Date.now();
});
