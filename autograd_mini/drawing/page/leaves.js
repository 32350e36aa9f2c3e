// The leaves: a field, a slider and a mark for training each, and their boxes in the picture.
import { allDigits } from "./numbers.js";

const MOST_FIELDS = 400; // other leaves are changed in the picture
const DRAGGED = 4; // pixels: what moves less is a click

/** How far a leaf is moved by its slider, up and down. */
const reachOf = (graph, place) => Math.max(1, 2 * Math.abs(graph.start[place]));

export class Leaves {
  /** set(place, number) is called where the reader changes one. moving: the set of places that
   * learn, which the marks change. */
  constructor(list, graph, moving, set) {
    this.fields = new Map();
    const order = new Intl.Collator("en", { numeric: true }).compare;
    const byName = graph.leaves.slice(0, MOST_FIELDS).sort((a, b) => order(graph.names[a], graph.names[b]));
    for (const place of byName) {
      const name = graph.names[place];
      const start = graph.start[place];
      const reach = reachOf(graph, place);
      const field = input("text", name, { inputMode: "decimal" });
      const range = input("range", `${name}, slider`, {
        min: start - reach,
        max: start + reach,
        step: reach / 1000,
      });
      const learns = input("checkbox", `${name} learns`, { checked: moving.has(place) });
      this.fields.set(place, { field, range });
      field.addEventListener("change", () => {
        const number = field.value.trim() === "" ? NaN : Number(field.value);
        field.setAttribute("aria-invalid", String(!Number.isFinite(number)));
        set(place, number);
      });
      range.addEventListener("input", () => set(place, Number(range.value)));
      learns.addEventListener("change", () => moving[learns.checked ? "add" : "delete"](place));
      const line = document.createElement("div");
      const label = document.createElement("span");
      label.textContent = name;
      const mark = document.createElement("label");
      mark.append(learns, " learns");
      line.append(label, field, range, mark);
      list.append(line);
    }
  }

  show(numbers) {
    for (const [place, { field, range }] of this.fields) {
      if (field.getRootNode().activeElement !== field) {
        field.value = allDigits(numbers[place]);
        field.removeAttribute("aria-invalid");
      }
      // Training may lead further than the slider did.
      if (numbers[place] < range.min) range.min = numbers[place];
      if (numbers[place] > range.max) range.max = numbers[place];
      range.value = numbers[place];
    }
  }
}

/** Let a leaf's box be dragged sideways, and moved by the arrow keys up and down. */
export function scrub(box, graph, place, numbers, set) {
  const reach = reachOf(graph, place);
  let from = null;
  box.classList.add("leaf");
  box.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX, number: numbers[place], moved: false };
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    if (!from || (!from.moved && Math.abs(event.clientX - from.x) < DRAGGED)) return;
    from.moved = true;
    set(place, from.number + ((event.clientX - from.x) * reach) / 200);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    box.addEventListener(end, () => {
      box.classList.toggle("dragged", from?.moved ?? false);
      from = null;
    });
  }
  box.addEventListener("keydown", (event) => {
    const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!sign) return;
    event.preventDefault();
    set(place, numbers[place] + (sign * reach) / 100);
  });
}

function input(type, name, more) {
  const element = Object.assign(document.createElement("input"), { type, ...more });
  element.setAttribute("aria-label", name);
  return element;
}
