// Runs before the first paint: the page follows the system unless the person said otherwise.
const system = matchMedia("(prefers-color-scheme: dark)");

function chosenTheme() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null; // storage is closed to us: follow the system
  }
}

function applyTheme() {
  const theme = chosenTheme();
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function switchTheme() {
  const dark = (chosenTheme() ?? (system.matches ? "dark" : "light")) === "dark";
  const next = dark ? "light" : "dark";
  if ((next === "dark") === system.matches) localStorage.removeItem("theme");
  else localStorage.setItem("theme", next);
  applyTheme();
}

applyTheme();
addEventListener("storage", applyTheme);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) switchTheme();
});
