// The leaves: a field and a slider each, and their boxes in the picture, to be dragged.
import { allDigits } from "./numbers.js";

const MOST_FIELDS = 400; // other leaves are changed in the picture

/** How far a leaf is moved by its slider, up and down. */
const reachOf = (graph, place) => Math.max(1, 2 * Math.abs(graph.start[place]));

export class Leaves {
  /** set(place, number) is called where the reader changes one. */
  constructor(list, graph, set) {
    this.fields = new Map();
    for (const place of graph.leaves.slice(0, MOST_FIELDS)) {
      const start = graph.start[place];
      const reach = reachOf(graph, place);
      const field = input("text", graph.names[place], { inputMode: "decimal" });
      const range = input("range", `${graph.names[place]}, slider`, {
        min: start - reach,
        max: start + reach,
        step: reach / 1000,
      });
      this.fields.set(place, { field, range });
      field.addEventListener("change", () => {
        const number = field.value.trim() === "" ? NaN : Number(field.value);
        field.setAttribute("aria-invalid", String(!Number.isFinite(number)));
        set(place, number);
      });
      range.addEventListener("input", () => set(place, Number(range.value)));
      const line = document.createElement("div");
      const label = document.createElement("span");
      label.textContent = graph.names[place];
      line.append(label, field, range);
      list.append(line);
    }
  }

  show(numbers) {
    for (const [place, { field, range }] of this.fields) {
      if (document.activeElement !== field) field.value = allDigits(numbers[place]);
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
    from = { x: event.clientX, number: numbers[place] };
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    if (from) set(place, from.number + ((event.clientX - from.x) * reach) / 200);
  });
  box.addEventListener("pointerup", () => (from = null));
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
