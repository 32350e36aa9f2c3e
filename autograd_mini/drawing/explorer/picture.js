// The picture: the SVG that Python laid out, rewritten by ids as the numbers change.
import { format } from "./numbers.js";

const STATES = ["broken", "unknown", "zero", "positive", "negative"];
const HIDDEN = "?";

function kind(data, grad) {
  if (Number.isNaN(data) || Math.abs(data) === Infinity) return "broken";
  if (grad === null) return "unknown";
  if (!Number.isFinite(grad)) return "broken";
  return grad === 0 ? "zero" : grad > 0 ? "positive" : "negative";
}

export class Picture {
  constructor(svg, graph) {
    this.graph = graph;
    this.svg = svg;
    svg.setAttribute("role", "group"); // an image would hide the boxes inside from screen readers
    const find = (id) => svg.getElementById(id);
    this.boxes = graph.names.map((_, place) => {
      const box = find(`v${place + 1}`);
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      box.classList.toggle("unnamed", !(place in graph.data.symbols));
      return {
        box,
        data: box.querySelector(".data"),
        grad: box.querySelector(".number.grad"),
        rect: box.querySelector("rect"),
      };
    });
    this.edges = [];
    for (const place of graph.results) {
      graph.operands[place].forEach((operand, position) => {
        if (graph.isConstant(operand)) return;
        const wire = find(`e${place + 1}_${position}`);
        const note = find(`p${place + 1}_${position}`)?.querySelector("text") ?? null;
        this.edges.push({ place, position, wire, note });
      });
    }
  }

  /** How a value was made, in words: its circle and its operands. */
  made(place) {
    const { graph } = this;
    if (!graph.rows[place]) return "";
    const from = graph.operands[place].map((each) =>
      graph.isConstant(each) ? format(graph.start[each], graph.data.digits) : graph.names[each],
    );
    return `${this.svg.getElementById(`o${place + 1}`).textContent} of ${from.join(", ")}`;
  }

  /** adjoints: what is known of the gradients. known(place): whether its value is. now: the place
   * that is being worked. hides(kind, place, position): whether a number is asked in the quiz. */
  show(values, adjoints, known, now, hides) {
    const { data: settings, names } = this.graph;
    const sizes = Array.from(adjoints.of, Math.abs).filter(Number.isFinite);
    const largest = sizes.reduce((most, each) => Math.max(most, each), 0);
    this.boxes.forEach(({ box, data, grad, rect }, place) => {
      const askedValue = hides("values", place);
      const askedSlope = hides("gradients", place);
      const shown = known(place) && !askedValue ? values[place] : null;
      const slope = adjoints.reached[place] && !askedSlope ? adjoints.of[place] : null;
      const value = shown === null ? (askedValue ? HIDDEN : "") : format(shown, settings.digits);
      const written = slope === null ? (askedSlope ? HIDDEN : "-") : format(slope, settings.digits);
      write(data, value);
      write(grad, written);
      const wanted = kind(shown, slope);
      for (const each of STATES) box.classList.toggle(each, each === wanted);
      box.classList.toggle("now", place === now);
      const coloured = wanted === "positive" || wanted === "negative";
      const tint = coloured ? settings.strongest * Math.sqrt(Math.abs(slope) / largest) : 0;
      rect.setAttribute("fill-opacity", tint.toFixed(2));
      const said = `${names[place]}: data ${value || "not computed"}, gradient ${written}`;
      if (box.getAttribute("aria-label") !== said) box.setAttribute("aria-label", said);
    });
    for (const { place, position, wire, note } of this.edges) {
      if (note) {
        const asked = hides("partials", place, position);
        const partial = () => format(this.graph.partial(values, place, position), settings.digits);
        write(note, asked ? HIDDEN : known(place) ? partial() : "");
      }
      wire?.classList.toggle("now", place === now);
    }
  }

  /** Call point(place, position) where the pointer comes to an edge, which is wider than it looks,
   * or to its note, and leave() where it goes. */
  onEdges(point, leave) {
    for (const { place, position, wire, note } of this.edges) {
      const reach = wire?.cloneNode(false);
      if (reach) {
        reach.removeAttribute("id");
        reach.setAttribute("class", "reach");
        wire.after(reach);
      }
      for (const part of [reach, note]) {
        part?.addEventListener("pointerenter", () => point(place, position));
        part?.addEventListener("pointerleave", leave);
      }
    }
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
