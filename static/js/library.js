// The shelf: asking before a delete, and notes that can wait.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-delete]");
  if (!button) return;
  const dialog = document.getElementById("delete-dialog");
  dialog.querySelector("form").action = button.dataset.delete;
  dialog.querySelector("[data-delete-title]").textContent = button.dataset.title;
  dialog.showModal();
});

for (const note of document.querySelectorAll("[data-later]")) {
  const key = `later:${note.dataset.later}`;
  note.hidden = localStorage.getItem(key) === "yes";
  note.querySelector("[data-later-close]").addEventListener("click", () => {
    localStorage.setItem(key, "yes");
    note.hidden = true;
  });
}

// A form that came back with an error is shown where it was filled in.
document.querySelector("dialog .errorlist")?.closest("dialog").showModal();
