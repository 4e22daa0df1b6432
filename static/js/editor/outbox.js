// What was asked and not yet answered. It lives in localStorage, so that neither a
// reload nor a lost connection loses it; the server acts on each key only once.

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID(); // absent on plain http
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export class Outbox {
  constructor(story) {
    this.place = `outbox:${story}`;
    this.fallback = []; // when storage is full or closed to us
  }

  all() {
    try {
      return [...JSON.parse(localStorage.getItem(this.place) ?? "[]"), ...this.fallback];
    } catch {
      return [...this.fallback];
    }
  }

  add(message) {
    const keyed = { ...message, key: uuid() };
    try {
      const kept = JSON.parse(localStorage.getItem(this.place) ?? "[]");
      localStorage.setItem(this.place, JSON.stringify([...kept, keyed]));
    } catch {
      this.fallback.push(keyed);
    }
    return keyed;
  }

  get(key) {
    return this.all().find((message) => message.key === key);
  }

  remove(key) {
    this.fallback = this.fallback.filter((message) => message.key !== key);
    try {
      const kept = JSON.parse(localStorage.getItem(this.place) ?? "[]");
      const rest = kept.filter((message) => message.key !== key);
      if (rest.length) localStorage.setItem(this.place, JSON.stringify(rest));
      else localStorage.removeItem(this.place);
    } catch {
      // nothing was kept there
    }
  }
}
