// The picture: the SVG that Python laid out, rewritten by ids as the numbers change.
import { format } from "./numbers.js";

const READABLE = 0.4; // of the full size
const KINDS = ["broken", "unknown", "zero", "positive", "negative"];

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
    svg.setAttribute("role", "group"); // an image would hide the boxes inside from screen readers
    const find = (id) => svg.getElementById(id);
    this.boxes = graph.names.map((_, place) => {
      const box = find(`v${place + 1}`);
      box.querySelector("title")?.remove(); // it would tell the numbers of the recording
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      return {
        box,
        data: box.querySelector(".data"),
        grad: box.querySelector(".number.grad"),
        rect: box.querySelector("rect"),
      };
    });
    this.notes = [];
    for (const place of graph.results) {
      graph.operands[place].forEach((operand, position) => {
        const wire = find(`e${place + 1}_${position}`);
        wire?.querySelector("title")?.remove();
        const note = find(`p${place + 1}_${position}`)?.querySelector("text") ?? null;
        if (typeof operand !== "string") this.notes.push({ place, position, wire, note });
      });
    }
  }

  /** values, adjoints: nan where nothing is known yet; now: the place that is being worked. */
  show(values, adjoints, known, now) {
    const digits = this.graph.data.digits;
    const finite = adjoints.filter(Number.isFinite);
    const largest = finite.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    this.boxes.forEach(({ box, data, grad, rect }, place) => {
      const value = known(place) ? format(values[place], digits) : "";
      const slope = Number.isNaN(adjoints[place]) ? "-" : format(adjoints[place], digits);
      write(data, value);
      write(grad, slope);
      const wanted = kind(known(place) ? values[place] : null, adjoints[place]);
      for (const each of KINDS) box.classList.toggle(each, each === wanted);
      box.classList.toggle("now", place === now);
      const share = largest > 0 ? Math.sqrt(Math.abs(adjoints[place]) / largest) : 0;
      const tint = wanted === "positive" || wanted === "negative" ? this.graph.data.strongest * share : 0;
      rect.setAttribute("fill-opacity", tint.toFixed(2));
      const said = `${this.graph.names[place]}: data ${value || "not computed"}, gradient ${slope}`;
      if (box.getAttribute("aria-label") !== said) box.setAttribute("aria-label", said);
    });
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
  const width = svg.viewBox.baseVal.width;
  let scale = 1;

  function zoom(wanted) {
    const middle = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth;
    const centre = (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight;
    scale = Math.min(4, Math.max(0.05, wanted));
    svg.style.width = `${width * scale}px`;
    svg.style.height = "auto";
    frame.scrollLeft = middle * frame.scrollWidth - frame.clientWidth / 2;
    frame.scrollTop = centre * frame.scrollHeight - frame.clientHeight / 2;
  }

  const fitting = () => Math.min(1, frame.clientWidth / width);
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
