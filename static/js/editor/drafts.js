// What is typed and not sent yet, kept in this browser. Each tab has its own, so that
// two tabs never lose each other's; a tab that is new begins with the last one typed.

export function read(place) {
  try {
    const own = sessionStorage.getItem(place) ?? localStorage.getItem(place);
    if (own !== null) sessionStorage.setItem(place, own);
    return JSON.parse(own);
  } catch {
    return null; // an unreadable draft is no draft
  }
}

/** Throws when the browser has no room for it. */
export function keep(place, draft) {
  const before = sessionStorage.getItem(place);
  const now = JSON.stringify(draft);
  sessionStorage.setItem(place, now);
  if (draft.text || localStorage.getItem(place) === before) localStorage.setItem(place, now);
}

export function drop(place) {
  const before = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (localStorage.getItem(place) === before) localStorage.removeItem(place);
}
