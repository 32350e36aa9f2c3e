// The leaves: a field, a slider and a mark for training each, and their boxes in the picture.
import { make } from "./elements.js";
import { allDigits, format } from "./numbers.js";

const MOST_FIELDS = 400; // other leaves are changed in the picture
const DRAGGED = 4; // pixels: what moves less is a click
const HELD = 350; // milliseconds: a finger that rests so long drags the leaf, another one pans
const DIGITS_SEEN = 6; // of a leaf that is not being typed

export const EXPECTED = "write a number, such as 0.5 or -1e-3";

/** The number that was typed, with a point or a comma; NaN if it is not a number. */
export function typedNumber(text) {
  const written = text.trim().replace(",", ".").replace("\u2212", "-");
  return written === "" ? NaN : Number(written);
}

/** The distance by which a slider moves its leaf, up and down. */
const reachOf = (graph, place) => Math.max(1, 2 * Math.abs(graph.start[place]));

export class Leaves {
  /** set(place, number) is called where the reader changes one. moving: the set of places that
   * learn, which the marks change. */
  constructor(list, graph, moving, set, wrong) {
    this.fields = new Map();
    this.moving = moving;
    this.numbers = graph.start;
    for (const place of graph.byName(graph.leaves.slice(0, MOST_FIELDS))) {
      const name = graph.names[place];
      const start = graph.start[place];
      const reach = reachOf(graph, place);
      const field = make("input", { type: "text", inputMode: "decimal" }, name);
      const ends = { min: start - reach, max: start + reach, step: reach / 1000 };
      const range = make("input", { type: "range", ...ends }, `${name}, slider`);
      const learns = make("input", { type: "checkbox", checked: moving.has(place) }, `${name} learns`);
      this.fields.set(place, { field, range, learns });
      field.addEventListener("change", () => {
        const number = typedNumber(field.value);
        field.setAttribute("aria-invalid", String(!Number.isFinite(number)));
        wrong(Number.isFinite(number) ? "" : `${name}: ${EXPECTED}`);
        set(place, number);
      });
      field.addEventListener("focus", () => (field.value = allDigits(this.numbers[place])));
      field.addEventListener("blur", () => this.write(place));
      range.addEventListener("input", () => set(place, Number(range.value)));
      learns.addEventListener("change", () => moving[learns.checked ? "add" : "delete"](place));
      const line = make("div");
      const label = make("span", { textContent: name });
      const mark = make("label");
      mark.append(learns, " learns");
      line.append(label, field, range, mark);
      list.append(line);
    }
  }

  /** Write a leaf with few digits: all of them are seen while it is typed. */
  write(place) {
    const { field } = this.fields.get(place);
    if (field.getAttribute("aria-invalid") === "true") return;
    field.value = format(this.numbers[place], DIGITS_SEEN);
    field.title = allDigits(this.numbers[place]);
  }

  show(numbers) {
    this.numbers = numbers;
    for (const [place, { field, range, learns }] of this.fields) {
      learns.checked = this.moving.has(place);
      if (field.getRootNode().activeElement !== field) {
        field.removeAttribute("aria-invalid");
        this.write(place);
      }
      // Training may lead further than the slider did.
      if (numbers[place] < range.min) range.min = numbers[place];
      if (numbers[place] > range.max) range.max = numbers[place];
      range.value = numbers[place];
    }
  }
}

/** Let a leaf's box be dragged sideways, by a finger after it was held, and changed by keys. */
export function scrub(box, graph, place, numbers, set) {
  const reach = reachOf(graph, place);
  let from = null;
  let timer = 0;
  const start = (x) => {
    from = { x, number: numbers[place], moved: false };
    box.classList.add("held");
  };
  const end = () => {
    clearTimeout(timer);
    box.classList.toggle("dragged", from?.moved ?? false);
    box.classList.remove("held");
    from = null;
  };
  box.classList.add("leaf");
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse") {
      start(event.clientX);
      box.setPointerCapture(event.pointerId);
    } else {
      timer = setTimeout(start, HELD, event.clientX);
    }
  });
  box.addEventListener("pointermove", (event) => {
    if (!from || (!from.moved && Math.abs(event.clientX - from.x) < DRAGGED)) return;
    from.moved = true;
    set(place, from.number + ((event.clientX - from.x) * reach) / 200);
  });
  box.addEventListener("pointerup", end);
  box.addEventListener("pointercancel", end); // the browser scrolls
  // A leaf that is held does not scroll the picture: touch-action has no effect inside of an SVG.
  box.addEventListener("touchmove", (event) => from && event.preventDefault(), { passive: false });
  box.addEventListener("contextmenu", (event) => from && event.preventDefault());
  box.addEventListener("keydown", (event) => {
    const sign = { PageUp: 1, PageDown: -1 }[event.key];
    if (!sign) return;
    event.preventDefault();
    set(place, numbers[place] + (sign * reach) / 100);
  });
}
