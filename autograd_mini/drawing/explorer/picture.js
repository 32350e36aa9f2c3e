// The picture: the SVG that Python laid out, rewritten by ids as the numbers change.
import { Groups } from "./groups.js";
import { format } from "./numbers.js";

const READABLE = 0.4; // of the full size
const KINDS = ["broken", "unknown", "zero", "positive", "negative", "mixed"];

function kind(data, grad) {
  if (data !== null && (!Number.isFinite(data) || (!Number.isNaN(grad) && !Number.isFinite(grad)))) {
    return "broken";
  }
  if (Number.isNaN(grad)) return "unknown";
  return grad === 0 ? "zero" : grad > 0 ? "positive" : "negative";
}

export class Picture {
  constructor(svg, graph) {
    this.graph = graph;
    this.boxes = []; // by places, of which those inside of closed groups have none
    this.notes = [];
    this.listeners = [];
    this.shown = null;
    svg.setAttribute("role", "group"); // an image would hide the boxes inside from screen readers
    this.groups = new Groups(svg, graph, (element) => {
      this.take(element);
      if (this.shown) this.show(...this.shown);
    });
    this.take(svg);
  }

  /** Call listen(box, place) for every box, also for those that come when a group is opened. */
  whenAdded(listen) {
    this.listeners.push(listen);
    this.boxes.forEach(({ box }, place) => listen(box, place));
  }

  /** Make the boxes of values inside of an element known. */
  take(element) {
    for (const box of element.querySelectorAll(".value")) {
      const place = Number(box.id.slice(1)) - 1;
      box.querySelector("title")?.remove(); // it would tell the numbers of the recording
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      this.boxes[place] = {
        box,
        data: box.querySelector(".data"),
        grad: box.querySelector(".number.grad"),
        rect: box.querySelector("rect"),
      };
      this.takeEdges(element, place);
      for (const listen of this.listeners) listen(box, place);
    }
  }

  takeEdges(element, place) {
    this.graph.operands[place].forEach((operand, position) => {
      const find = (letter) => element.querySelector(`#${letter}${place + 1}_${position}`);
      if (typeof operand === "string") {
        write(find("c").querySelector("text"), format(Number(operand), this.graph.data.digits));
        return;
      }
      const wire = find("e");
      wire?.querySelector("title")?.remove();
      const note = find("p")?.querySelector("text") ?? null;
      this.notes.push({ place, position, wire, note });
    });
  }

  /** values, adjoints: nan where nothing is known yet; now: the place that is being worked. */
  show(values, adjoints, known, now) {
    this.shown = [values, adjoints, known, now];
    const digits = this.graph.data.digits;
    const sums = this.groups.sums(values, adjoints, known, now);
    const sizes = [...adjoints, ...sums.map(({ norm }) => norm)].filter(Number.isFinite);
    const largest = sizes.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

    const paint = (box, wanted, size) => {
      for (const each of KINDS) box.classList.toggle(each, each === wanted);
      const share = largest > 0 ? Math.sqrt(Math.abs(size) / largest) : 0;
      const tinted = ["positive", "negative", "mixed"].includes(wanted);
      const tint = tinted ? this.graph.data.strongest * share : 0;
      box.querySelector("rect").setAttribute("fill-opacity", tint.toFixed(2));
    };
    this.boxes.forEach(({ box, data, grad }, place) => {
      const value = known(place) ? format(values[place], digits) : "";
      const slope = Number.isNaN(adjoints[place]) ? "-" : format(adjoints[place], digits);
      write(data, value);
      write(grad, slope);
      paint(box, kind(known(place) ? values[place] : null, adjoints[place]), adjoints[place]);
      box.classList.toggle("now", place === now);
      const said = `${this.graph.names[place]}: data ${value || "not computed"}, gradient ${slope}`;
      if (box.getAttribute("aria-label") !== said) box.setAttribute("aria-label", said);
    });
    this.groups.show(sums, paint);
    for (const { place, position, wire, note } of this.notes) {
      const partial = this.graph.partial(values, place, position);
      if (note) write(note, known(place) ? format(partial, digits) : "");
      wire?.classList.toggle("now", place === now);
    }
  }
}

/** Make the picture in `frame` larger or smaller by buttons and by the keys + - 0; it fits at first,
 * unless nothing could be read then. */
export function zoomable(frame, buttons) {
  const svg = frame.querySelector("svg");
  const width = () => svg.viewBox.baseVal.width; // which grows as groups are opened
  let scale = 1;

  function zoom(wanted) {
    const middle = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth;
    const centre = (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight;
    scale = Math.min(4, Math.max(0.05, wanted));
    svg.style.width = `${width() * scale}px`;
    svg.style.height = "auto";
    frame.scrollLeft = middle * frame.scrollWidth - frame.clientWidth / 2;
    frame.scrollTop = centre * frame.scrollHeight - frame.clientHeight / 2;
  }

  const fitting = () => Math.min(1, frame.clientWidth / width());
  const actions = {
    "+": () => zoom(scale * 1.25),
    "-": () => zoom(scale / 1.25),
    0: () => zoom(fitting()),
  };
  for (const [key, button] of Object.entries(buttons)) {
    button.addEventListener("click", actions[key]);
  }
  frame.addEventListener("keydown", (event) => actions[event.key]?.());
  zoom(Math.max(READABLE, fitting()));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
