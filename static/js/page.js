// What every page needs: menus that close, and a word when the connection is gone.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    const inside = menu.contains(event.target);
    const chosen = event.target.closest(".menu-items a, .menu-items button");
    if (!inside || (chosen && !chosen.matches("[data-theme-switch]"))) menu.open = false;
  }
});

// A menu opens to where there is room.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.open || !menu.matches?.("details[data-menu]")) return;
  const items = menu.querySelector(".menu-items");
  items.classList.remove("above");
  const floor = document.getElementById("composer")?.getBoundingClientRect().top ?? innerHeight;
  const { bottom, height } = items.getBoundingClientRect();
  items.classList.toggle("above", bottom > floor && menu.getBoundingClientRect().top > height + 60);
  items.scrollIntoView({ block: "nearest" });
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.stopPropagation();
});

// A dialog is opened by data-open="its id" and closed by data-close inside it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
});

function showConnection() {
  for (const banner of document.querySelectorAll("[data-offline]")) {
    banner.hidden = navigator.onLine;
  }
}
addEventListener("online", showConnection);
addEventListener("offline", showConnection);
showConnection();

// A part of a page that leads to the log-in instead: the whole page goes there.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  const asked = new URL(requestConfig.path, location.href).pathname;
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname === asked) return;
  event.detail.shouldSwap = false;
  location.reload();
});

for (const trouble of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(trouble, ({ detail }) => {
    if (!detail.target?.matches(".sheet-body")) return;
    detail.target.textContent = gettext("This cannot be shown just now. Please try again.");
  });
}

// Where CSS cannot let a text field grow with its text, we do.
if (!CSS.supports("field-sizing: content")) {
  document.addEventListener("input", ({ target }) => {
    if (target.localName !== "textarea") return;
    target.style.height = "auto";
    target.style.height = `${target.scrollHeight + 2}px`;
  });
}
