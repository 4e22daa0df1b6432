// Shortcuts that work anywhere on the page. Single letters can be switched off.

const OFF = "single-keys-off";

export function keys(composer) {
  const box = document.getElementById("single-keys");
  box.checked = localStorage.getItem(OFF) !== "yes";
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });

  const single = {
    w: () => composer.focus("write"),
    d: () => composer.focus("direct"),
    m: () => document.querySelector("[data-into=map-dialog]").click(),
    "?": () => document.getElementById("keys-dialog").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && !document.querySelector("details[data-menu][open]")) {
      const left = !composer.stopWriting() && event.target === composer.entry;
      if (left) composer.path.last()?.focus();
      return;
    }
    const typing = event.target.closest?.("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !box.checked) return;
    const act = single[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
