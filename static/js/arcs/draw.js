// Draw an arc: with a pointer anywhere in the field, or point by point with the keys.

const POINTS = 9;
const WIDTH = 480;
const HEIGHT = 200;
const EDGE = 14;
const SVG = "http://www.w3.org/2000/svg";
const STEPS = { ArrowUp: 0.1, ArrowDown: -0.1, PageUp: 0.3, PageDown: -0.3, Home: 2, End: -2 };

class Drawing {
  constructor(field) {
    this.field = field;
    this.area = field.querySelector("[data-area]");
    this.kept = field.querySelector("[name=points]");
    this.line = this.element("path", { class: "drawn" });
    this.area.append(
      this.element("line", { class: "zero", x1: 0, x2: WIDTH, y1: this.y(0), y2: this.y(0) }),
      this.line,
    );
    this.handles = Array.from({ length: POINTS }, (_, at) => this.handle(at));
    this.area.append(...this.handles);
    this.area.addEventListener("pointerdown", (event) => this.begin(event));
    this.area.addEventListener("pointermove", (event) => this.draw(event));
    this.area.addEventListener("pointerup", () => (this.last = null));
    this.area.addEventListener("pointercancel", () => (this.last = null));
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.set(JSON.parse(this.kept.value));
  }

  element(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  handle(at) {
    const label = interpolate(gettext("Point %s of %s, from the beginning to the end"), [at + 1, POINTS]);
    return this.element("circle", {
      class: "handle", r: 9, cx: this.x(at), tabindex: 0, role: "slider",
      "aria-orientation": "vertical", "aria-valuemin": -1, "aria-valuemax": 1, "aria-label": label,
    });
  }

  x(at) {
    return EDGE + (at / (POINTS - 1)) * (WIDTH - 2 * EDGE);
  }

  y(height) {
    return EDGE + ((1 - height) / 2) * (HEIGHT - 2 * EDGE);
  }

  /** Take a curve of any number of points. */
  set(points) {
    this.points = this.handles.map((_, at) => {
      const place = (at / (POINTS - 1)) * (points.length - 1);
      const left = Math.min(Math.floor(place), points.length - 2);
      return points[left] + (points[left + 1] - points[left]) * (place - left);
    });
    this.show();
  }

  show() {
    this.handles.forEach((handle, at) => {
      const height = this.points[at];
      handle.setAttribute("cy", this.y(height));
      handle.setAttribute("aria-valuenow", height.toFixed(2));
      handle.setAttribute("aria-valuetext", word(height));
    });
    const steps = this.points.map((height, at) => `${at ? "L" : "M"}${this.x(at)} ${this.y(height)}`);
    this.line.setAttribute("d", steps.join(" "));
    this.kept.value = JSON.stringify(this.points.map((height) => Number(height.toFixed(3))));
  }

  begin(event) {
    event.preventDefault();
    this.area.setPointerCapture(event.pointerId);
    const at = this.where(event).at;
    this.handles[Math.round(at)].focus({ preventScroll: true });
    this.last = this.where(event);
    this.draw(event);
  }

  where(event) {
    const box = this.area.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const y = ((event.clientY - box.top) / box.height) * HEIGHT;
    const at = ((x - EDGE) / (WIDTH - 2 * EDGE)) * (POINTS - 1);
    const height = 1 - ((y - EDGE) / (HEIGHT - 2 * EDGE)) * 2;
    return { at: clamp(at, 0, POINTS - 1), height: clamp(height, -1, 1) };
  }

  /** All points that the pointer passed on its way follow it. */
  draw(event) {
    if (!this.last) return;
    const now = this.where(event);
    const [from, to] = this.last.at <= now.at ? [this.last, now] : [now, this.last];
    for (let at = Math.round(from.at); at <= Math.round(to.at); at += 1) {
      const share = to.at > from.at ? clamp((at - from.at) / (to.at - from.at), 0, 1) : 1;
      this.points[at] = from.height + (to.height - from.height) * share;
    }
    this.points[Math.round(now.at)] = now.height;
    this.last = now;
    this.show();
  }

  key(event) {
    const at = this.handles.indexOf(event.target);
    if (at < 0) return;
    const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!aside && !(event.key in STEPS)) return;
    event.preventDefault();
    if (aside) {
      this.handles[at + aside]?.focus();
      return;
    }
    this.points[at] = clamp(this.points[at] + STEPS[event.key], -1, 1);
    this.show();
  }
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

function word(height) {
  if (Math.abs(height) < 0.15) return gettext("in the middle");
  if (height > 0) return height > 0.6 ? gettext("very bright") : gettext("rather bright");
  return height < -0.6 ? gettext("very dark") : gettext("rather dark");
}

// The sheet comes by htmx, and comes anew with every change.
document.addEventListener("htmx:afterSwap", () => {
  const field = document.querySelector("#arc-body [data-drawing]");
  if (!field || field.drawing) return;
  field.drawing = new Drawing(field);
  const plan = field.closest("form");
  const show = () => (field.hidden = plan.elements.shape.value !== "drawn");
  show();
  plan.addEventListener("change", (event) => {
    // What was chosen before is where one's own drawing begins.
    if (event.target.dataset.points) field.drawing.set(JSON.parse(event.target.dataset.points));
    show();
  });
});

// Refusals come with a sentence and are shown like any other answer.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "arc-body" && detail.xhr.status === 422) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});
