// Watches a run: whenever something is told, the part of the page about it is fetched
// again, at most once a second. Without a socket it is fetched every few seconds.

const part = document.getElementById("run");
const SECOND = 1000;
let due = 0;
let waiting = null;

function refresh() {
  if (waiting) return;
  waiting = setTimeout(async () => {
    waiting = null;
    due = Date.now() + SECOND;
    const answer = await fetch(part.dataset.url, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const focused = document.activeElement?.closest?.("#run form")?.action;
    part.innerHTML = await answer.text();
    const form = focused && [...part.querySelectorAll("form")].find((each) => each.action === focused);
    form?.querySelector("button").focus();
  }, Math.max(0, due - Date.now()));
}

function listen() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/ws/voice/`);
  socket.addEventListener("message", ({ data }) => {
    const event = JSON.parse(data);
    if (event.type !== "run.progress" || event.run !== part.dataset.run) return;
    if (["running", "queued", "paused"].includes(event.status)) refresh();
    else location.reload(); // it is over: the whole page says how it went
  });
  socket.addEventListener("close", ({ code }) => {
    if (code === 4401) location.reload();
    else setTimeout(() => { refresh(); listen(); }, 3 * SECOND);
  });
}

if (part && !("over" in part.dataset)) {
  listen();
  refresh();
}
